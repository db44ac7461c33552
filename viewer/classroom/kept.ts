// What a participant's browser keeps, so that a reload goes on and no round is trained twice: seat, ratings, private state and the last
// message, in IndexedDB of this origin. In: a record; out: the same after a reload.
import type { HomeRatings, HomeRecord } from '../../lib/classroom/home-record.ts';
import type { Seat } from '../../lib/classroom/join-class.ts';
import type { Scored } from './protocol.ts';

export interface Kept {
  readonly seat: Seat;
  readonly ratings: HomeRatings;
  readonly chosen: readonly number[];
  readonly givesFigures: boolean;
  readonly privateSeed: string | undefined;
  readonly record: HomeRecord | undefined;
  /** The best films before the first round. */
  readonly before?: readonly Scored[];
}

const store = 'homes';

/** What was kept of a run; null if nothing was, or the browser keeps nothing. */
export async function readKept(run: string): Promise<Kept | null> {
  return (await inStore('readonly', (homes) => homes.get(run)).catch(() => null)) ?? null;
}

/** Fulfilled once it is kept. */
export async function keep(run: string, kept: Kept): Promise<void> {
  await inStore('readwrite', (homes) => homes.put(kept, run));
}

export async function forget(run: string): Promise<void> {
  await inStore('readwrite', (homes) => homes.delete(run));
}

async function inStore<T>(
  mode: IDBTransactionMode,
  ask: (homes: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open('fedtlrec-class', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(store);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(store, mode, { durability: 'strict' });
      const asked = ask(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}
