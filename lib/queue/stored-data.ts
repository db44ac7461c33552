// Data that jobs need and give, kept once under the checksum of their bytes. In: bytes or a file; out: a checksum, and back. The store
// cuts them into pieces, so that no message is large.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ObjectStore } from '@nats-io/obj';
import type { Connection } from './connection.ts';
import { sha256 } from './job.ts';
import { loadObjects } from './packages.ts';
import { type Patience, patiently } from './patience.ts';
import { QueueError } from './queue-error.ts';

const BUCKET = 'fedtlrec';

export class StoredData {
  private readonly store: ObjectStore;
  private readonly patience: Patience;

  private constructor(store: ObjectStore, patience: Patience) {
    this.store = store;
    this.patience = patience;
  }

  static async open({ client }: Connection, patience: Patience): Promise<StoredData> {
    const { Objm } = await loadObjects();
    const objects = new Objm(client);
    return new StoredData(
      await patiently('data cannot be stored', () => objects.create(BUCKET), patience),
      patience,
    );
  }

  /** Stores bytes, unless they are there already; their checksum. @throws QueueError if the server cannot keep them */
  async put(bytes: Uint8Array): Promise<string> {
    const name = sha256(bytes);
    await this.putOnce(name, () => this.store.putBlob({ name }, bytes));
    return name;
  }

  /** The same with a file, which is never in memory as a whole. */
  async putFile(path: string): Promise<string> {
    const hash = createHash('sha256');
    for await (const piece of createReadStream(path)) hash.update(piece);
    const name = hash.digest('hex');
    await this.putOnce(name, () => {
      const pieces = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
      return this.store.put({ name }, pieces);
    });
    return name;
  }

  /** @throws QueueError if there are no such data, or others */
  async get(name: string): Promise<Uint8Array> {
    const bytes = await patiently('data cannot be read', () => this.store.getBlob(name), this.patience);
    if (bytes === null) throw gone(name);
    if (sha256(bytes) !== name) throw damaged(name);
    return bytes;
  }

  /** Writes data into a new file. @throws QueueError as `get` does */
  async fetch(name: string, path: string): Promise<void> {
    const fetch = async () => {
      const found = await this.store.get(name);
      if (found === null) throw gone(name);
      const hash = createHash('sha256');
      const file = await open(path, 'w');
      try {
        for await (const piece of found.data as AsyncIterable<Uint8Array>) {
          hash.update(piece);
          await file.write(piece);
        }
      } finally {
        await file.close();
      }
      if (hash.digest('hex') !== name) throw damaged(name);
    };
    await patiently('data cannot be read', fetch, this.patience);
  }

  /** Removes data that nobody will ask for again. */
  async remove(name: string): Promise<void> {
    await patiently('data cannot be removed', () => this.store.delete(name), this.patience);
  }

  private async putOnce(name: string, put: () => Promise<unknown>): Promise<void> {
    const action = async () => {
      const known = await this.store.info(name);
      if (known === null || known.deleted) await put();
    };
    await patiently('data cannot be stored', action, this.patience);
  }
}

function gone(name: string): QueueError {
  return new QueueError(`the queue no longer has the data ${name}`);
}

function damaged(name: string): QueueError {
  return new QueueError(`the data ${name} are others than their checksum says`);
}
