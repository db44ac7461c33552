// What stands in the way of a queue: a server that is not there, a package that is not installed, a job that failed five times, a result
// that cannot be stored, a worker of another version. `message` says which, and the way out.

export class QueueError extends Error {
  override readonly name = 'QueueError';
}

/** This worker can do no job at all; another one may. */
export class BrokenWorker extends QueueError {}
