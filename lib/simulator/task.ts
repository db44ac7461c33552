// What the pool's threads receive: once, everything they need to build the same program over the same memory; then
// one small task at a time. Data and state are in shared buffers; only task words and results are copied.
import type { Split } from '../data/split.ts';
import type { Memory, StateArrays } from '../federated/memory.ts';
import type { Recipe } from '../federated/recipe.ts';
import type { Settings } from '../federated/settings.ts';
import type { EvaluationTask } from '../training/evaluate.ts';
import type { ListTask } from '../training/recommend-block.ts';

/** What every thread gets when it starts. */
interface AnySetup {
  readonly settings: Settings;
  readonly arrays: StateArrays;
  readonly derived: StateArrays;
  /** Their name. */
  readonly loops: string;
  /** Room for the clients' rows of one chunk, one for each thread, so that a chunk can be undone. */
  readonly undo: readonly SharedArrayBuffer[];
}

/** For a recipe. */
export interface RecipeThreadSetup extends AnySetup {
  readonly recipe: Pick<Recipe, 'name' | 'module'>;
  readonly split: Split;
}

/** For any other task, which each thread imports from its module. */
export interface TaskThreadSetup extends AnySetup {
  readonly task: { readonly name: string; readonly module: string };
  readonly rank: number | null;
}

export type ThreadSetup = RecipeThreadSetup | TaskThreadSetup;

export type ThreadTask =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'train';
      readonly round: number;
      readonly from: number;
      readonly to: number;
      readonly watched: readonly number[];
      /** Which undo buffer to use. */
      readonly slot: number;
    }
  | { readonly kind: 'evaluate'; readonly block: Uint32Array; readonly task: EvaluationTask }
  | { readonly kind: 'recommend'; readonly block: Uint32Array; readonly task: ListTask };

/** Bytes before the rows in an undo buffer: a flag, 1 while the chunk's rows may be half changed. */
const FLAG_BYTES = 8;

/** Bytes that the rows of `clients` clients take in an undo buffer. */
export function undoBytes(memory: Memory, clients: number): number {
  let bytes = FLAG_BYTES;
  for (const [name, width] of memory.clientRows) {
    bytes += clients * width * memory.arrays[name]!.BYTES_PER_ELEMENT;
  }
  return bytes;
}

/** Keeps the rows of clients from..to; from then on `undo` puts them back, until `forget`. */
export function remember(memory: Memory, from: number, to: number, buffer: SharedArrayBuffer): void {
  copyRows(memory, from, to, buffer, (rows, kept) => kept.set(rows));
  new Int32Array(buffer, 0, 1)[0] = 1;
}

export function forget(buffer: SharedArrayBuffer): void {
  new Int32Array(buffer, 0, 1)[0] = 0;
}

/** Puts remembered rows back, if the chunk had begun to change them. */
export function undo(memory: Memory, from: number, to: number, buffer: SharedArrayBuffer): void {
  if (new Int32Array(buffer, 0, 1)[0] === 0) return;
  copyRows(memory, from, to, buffer, (rows, kept) => rows.set(kept));
  forget(buffer);
}

function copyRows(
  memory: Memory,
  from: number,
  to: number,
  buffer: SharedArrayBuffer,
  copy: (rows: Uint8Array, kept: Uint8Array) => void,
): void {
  let at = FLAG_BYTES;
  for (const [name, width] of memory.clientRows) {
    const values = memory.arrays[name]!;
    const rowBytes = width * values.BYTES_PER_ELEMENT;
    const length = (to - from) * rowBytes;
    copy(
      new Uint8Array(values.buffer, values.byteOffset + from * rowBytes, length),
      new Uint8Array(buffer, at, length),
    );
    at += length;
  }
}
