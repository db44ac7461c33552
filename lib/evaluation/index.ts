// Ranks, what they are worth, and honest comparisons: the package's `fedtlrec/evaluation`.
export * from './metrics.ts';
export * from './protocol.ts';
export * from './ranking.ts';
