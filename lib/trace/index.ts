// Traces: runs recorded, written, read and stepped through afterwards. Browsers and Node alike.
export * from './agreement.ts';
export * from './choose-clients.ts';
export * from './mentioned-items.ts';
export * from './moments.ts';
export * from './recorder.ts';
export * from './trace.ts';
export type { TraceNames } from './trace-beginning.ts';
export * from './trace-file.ts';
