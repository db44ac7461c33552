// biome-ignore-all assist/source/organizeImports: the order is the reading order
// Prototyping: models on numbers of any kind, with a number as seed; converted once, then computed by lib/model.
export * from './kmeans.ts';
export * from './lora.ts';
export * from './attention.ts';
export * from './layers.ts';
