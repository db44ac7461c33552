// The named arrays that a run's future depends on: model, client states, tokens, moments. One place allocates them,
// so that threads can share them, a checkpoint can hold them and a digest can cover them.

export type StateArray = Float32Array | Float64Array | Uint32Array | Int32Array | Uint8Array;
export type StateArrays = Record<string, StateArray>;

const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint8: Uint8Array,
} as const;

/** Names of notes begin with this. */
export const NOTE = 'note.';

type TypeName = keyof typeof constructors;

/**
 * Hands out named arrays of zeros; the second caller of a name gets the same array.
 *
 * An array with one row per client is declared as such (`rows`), so that a chunk of clients can be undone.
 */
export class Memory {
  /** All arrays handed out so far, by name. */
  readonly arrays: StateArrays;
  /** Numbers per client of the arrays that have one row per client, by name. */
  readonly clientRows = new Map<string, number>();
  /** Those of them that hold what only the client itself has, by name: no server would. */
  readonly atHome = new Set<string>();
  /** Names of arrays that only the server reads: whoever trains a chunk of clients elsewhere needs none of them. */
  readonly atServer = new Set<string>();
  /** Arrays that follow from the others, by name: threads share them, but no checkpoint or digest has them. */
  readonly derived: StateArrays;
  readonly isShared: boolean;

  /**
   * @param isShared whether threads will share the arrays (SharedArrayBuffer)
   * @param arrays existing arrays, in a thread that joins a run
   * @param derived existing derived arrays, to be used instead of fresh ones
   */
  constructor(isShared = false, arrays: StateArrays = {}, derived: StateArrays = {}) {
    this.isShared = isShared;
    this.arrays = arrays;
    this.derived = derived;
  }

  /** Whether anything derived is kept. */
  get hasDerived(): boolean {
    return Object.keys(this.derived).length > 0;
  }

  derivedFloat32(name: string, length: number): Float32Array {
    return this.get(name, 'float32', length, this.derived) as Float32Array;
  }

  derivedUint32(name: string, length: number): Uint32Array {
    return this.get(name, 'uint32', length, this.derived) as Uint32Array;
  }

  float32(name: string, length: number): Float32Array {
    return this.get(name, 'float32', length) as Float32Array;
  }

  uint32(name: string, length: number): Uint32Array {
    return this.get(name, 'uint32', length) as Uint32Array;
  }

  /** An array that only the server reads. */
  float32AtServer(name: string, length: number): Float32Array {
    this.atServer.add(name);
    return this.float32(name, length);
  }

  /** The same of whole numbers. */
  uint32AtServer(name: string, length: number): Uint32Array {
    this.atServer.add(name);
    return this.uint32(name, length);
  }

  int32(name: string, length: number): Int32Array {
    return this.get(name, 'int32', length) as Int32Array;
  }

  uint8(name: string, length: number): Uint8Array {
    return this.get(name, 'uint8', length) as Uint8Array;
  }

  /** A number that says when something was made, [1]: kept and restored like the others, but no parameter, so no digest has it. */
  note(name: string): Uint32Array {
    return this.uint32(`${NOTE}${name}`, 1);
  }

  /** An array [clients, width] in which a client's row changes only while that client takes part in a round. */
  rows<T extends 'float32' | 'uint32' | 'uint8'>(type: T, name: string, clients: number, width: number) {
    this.clientRows.set(name, width);
    return this.get(name, type, clients * width) as InstanceType<(typeof constructors)[T]>;
  }

  /** The same for what stays at home. */
  rowsAtHome<T extends 'float32' | 'uint32' | 'uint8'>(
    type: T,
    name: string,
    clients: number,
    width: number,
  ) {
    this.atHome.add(name);
    return this.rows(type, name, clients, width);
  }

  private get(name: string, type: TypeName, length: number, among = this.arrays): StateArray {
    const known = among[name];
    if (known) {
      if (known.length !== length || !(known instanceof constructors[type])) {
        throw new RangeError(
          `Memory: array ${name} must be ${type} [${length}], got ${known.constructor.name} [${known.length}]`,
        );
      }
      return known;
    }
    const bytes = length * constructors[type].BYTES_PER_ELEMENT;
    const buffer = this.isShared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
    const created = new constructors[type](buffer as ArrayBuffer);
    among[name] = created;
    return created;
  }
}

/** A copy of all arrays, e.g. of the best round so far. */
export function snapshotOf(arrays: StateArrays): StateArrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, values.slice()]));
}

/** Writes a snapshot back into the arrays it was taken from. */
export function restore(arrays: StateArrays, snapshot: StateArrays): void {
  for (const [name, values] of Object.entries(snapshot)) arrays[name]!.set(values);
}
