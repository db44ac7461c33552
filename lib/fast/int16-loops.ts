// What int16-rows.ts asks of loops over 16-bit integers, plain or SIMD. Types only.

/** The integers, and the loops over them. */
export interface Int16Loops {
  /** B [rows, width]; integers after the last column must be 0. */
  readonly right: Int16Array;
  readonly width: number;
  /** A [count, leftWidth], where `leftWidth` is at least `width` and the number of rows of B. */
  readonly left: Int16Array;
  readonly leftWidth: number;
  /** Writes A·Bᵀ [count, rows]; A's rows lie `width` apart. */
  timesTransposed(count: number, out: Float32Array): void;
  /** Writes A·B [count, columns]; A's rows lie `leftWidth` apart. */
  times(count: number, out: Float32Array): void;
}

/** Makes loops over arrays of other lengths in the same memory. This invalidates loops made earlier. */
export interface ReservesLoops {
  /** Null if there is not as much memory. */
  reserve(rows: number): Int16Loops | null;
}
