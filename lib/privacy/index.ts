// biome-ignore-all assist/source/organizeImports: the order is the reading order
// Privacy: what a message tells, and what hides it: clipping, noise, decoys, masks, and the accounting of ε.
export * from './attack.ts';
export * from './clipping.ts';
export * from './noise.ts';
export * from './padding.ts';
export * from './accounting.ts';
export * from './defence.ts';
export * from './secure-sum.ts';
export * from './cohort-sum.ts';
export * from './shamir.ts';
export * from './key-agreement.ts';
export * from './derive-key.ts';
export * from './key-stream.ts';
export * from './sealed-box.ts';
