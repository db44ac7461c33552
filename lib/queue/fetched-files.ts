// The files of a worker: data that its jobs need, fetched when they are first needed and kept for the next job. In: checksums; out: paths.
// What no job uses makes room for what others need, the longest unused first: a federation has new data in every round.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredData } from './stored-data.ts';

/** Files that are kept although no job uses them. */
const MOST_UNUSED = 8;

interface Fetched {
  readonly path: string;
  readonly ready: Promise<void>;
  /** Jobs that read it. */
  users: number;
}

export class FetchedFiles {
  private readonly data: StoredData;
  private readonly folder: string;
  /** By checksum; the longest unused first. */
  private readonly files = new Map<string, Fetched>();

  constructor(data: StoredData, folder: string) {
    this.data = data;
    this.folder = folder;
  }

  /**
   * The files with these data; they stay until `done`.
   *
   * @throws QueueError if the queue does not have them
   */
  async use(names: readonly string[]): Promise<{ readonly paths: string[]; done(): Promise<void> }> {
    const used = names.map((name) => this.take(name));
    const done = async () => {
      for (const file of used) file.users--;
      await this.makeRoom();
    };
    try {
      await Promise.all(used.map(({ ready }) => ready));
    } catch (error) {
      await done();
      throw error;
    }
    return { paths: used.map(({ path }) => path), done };
  }

  private take(name: string): Fetched {
    const file = this.files.get(name) ?? this.fetch(name);
    this.files.delete(name);
    this.files.set(name, file); // as the latest
    file.users++;
    return file;
  }

  private fetch(name: string): Fetched {
    const path = join(this.folder, name);
    const ready = mkdir(this.folder, { recursive: true }).then(() => this.data.fetch(name, path));
    ready.catch(() => this.files.delete(name));
    return { path, ready, users: 0 };
  }

  private async makeRoom(): Promise<void> {
    const unused = [...this.files].filter(([, { users }]) => users === 0);
    for (const [name, { path }] of unused.slice(0, Math.max(0, unused.length - MOST_UNUSED))) {
      this.files.delete(name);
      await rm(path, { force: true });
    }
  }
}
