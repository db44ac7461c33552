// biome-ignore-all assist/source/organizeImports: the order is the reading order
// Numbers: keyed random streams, matrices on ndarrays, their products and decompositions.
export * from './random.ts';
export * from './matrix.ts';
export * from './squares.ts';
export * from './matmul.ts';
export type { EigenPairs, EigenSolver } from './eigen.ts';
export * from './cholesky.ts';
export { gramMatrix, type SvdOptions, type TruncatedSvd, truncatedSvd } from './svd.ts';
