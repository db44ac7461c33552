// One federation by many machines: an executor whose workers are processes of `fedtlrec worker`. Needs Node, a NATS server, and the
// packages that carry the messages.
export type { ChunkArrival } from './chunk-rounds.ts';
export { QueueError } from './queue-error.ts';
export { type QueueExecutorOptions, queueExecutor } from './queue-executor.ts';
