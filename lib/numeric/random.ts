// Everything random, as the path fedtlrec/random has it: keyed streams, and what is drawn from them.
export * from './rng.ts';
export * from './sampling.ts';
