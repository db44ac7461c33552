// biome-ignore-all assist/source/organizeImports: the order is the reading order
// Evaluation: ranks, what they are worth, and honest comparisons.
export * from './ranking.ts';
export * from './metrics.ts';
export * from './protocol.ts';
export * from './paired-difference.ts';
export * from './baselines.ts';
