// biome-ignore-all assist/source/organizeImports: the order is the reading order
// Liars: clients that lie, and servers that withstand some of them. A server strategy is a function of a round's updates.
export * from '../federated/combine.ts';
export * from './kept-updates.ts';
export * from './inner-products.ts';
export type { Untouched } from './coordinatewise.ts';
export * from './coordinate-median.ts';
export * from './trimmed-mean.ts';
export * from './krum.ts';
export * from './norm-bound.ts';
export * from './attacks.ts';
export * from './exposure.ts';
export * from './named.ts';
