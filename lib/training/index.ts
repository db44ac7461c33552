// biome-ignore-all assist/source/organizeImports: the order is the reading order
// Training: recipes by name, rounds as a stream of events, runs and evaluation from end to end.
export * from './recipes.ts';
export * from './parts.ts';
export * from './executor.ts';
export * from './rounds.ts';
export * from './open-run.ts';
export * from './digest.ts';
export * from './run-result.ts';
export * from './train.ts';
export * from './recommend-items.ts';
export * from './evaluate.ts';
