// What holds memory of the GPU until it is released, and scopes, which release what nobody needs any more.

export interface Releasable {
  readonly isReleasable: true;
  release(): void;
}

/** Scopes inside scopes: what is made belongs to the innermost one. */
export class Scopes {
  private readonly made: Set<Releasable>[] = [];

  /** Runs `body` and releases what was made inside, except what is in its result: that belongs to the scope around. */
  run<T>(body: () => T): T {
    const made = new Set<Releasable>();
    this.made.push(made);
    try {
      const result = body();
      for (const kept of releasablesIn(result)) {
        if (made.delete(kept)) this.made.at(-2)?.add(kept);
      }
      return result;
    } finally {
      this.made.pop();
      for (const matrix of made) matrix.release();
    }
  }

  remember(matrix: Releasable): void {
    this.made.at(-1)?.add(matrix);
  }
}

/** Everything releasable in a value: the value itself, or the elements of arrays and plain objects. */
function releasablesIn(value: unknown): Releasable[] {
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return [];
  if ('isReleasable' in value) return [value as Releasable];
  return Object.values(value).flatMap(releasablesIn);
}
