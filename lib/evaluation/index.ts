// biome-ignore-all assist/source/organizeImports: the order is the reading order
// Evaluation: ranks, what they are worth, and honest comparisons.
export * from './ranking.ts';
export * from './rank-worth.ts';
export * from './ranked-list.ts';
export * from './list-figures.ts';
export * from './metric-kinds.ts';
export * from './further-metrics.ts';
export * from './metrics.ts';
export * from './metric-choice.ts';
export * from './top-items.ts';
export * from './protocol.ts';
export * from './paired-difference.ts';
export * from './baselines.ts';
