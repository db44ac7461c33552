// What holds memory of the GPU until it is released, and how to find it in a result.

export interface Releasable {
  readonly isReleasable: true;
  release(): void;
}

/** Everything releasable in a value: the value itself, or the elements of arrays and plain objects. */
export function releasablesIn(value: unknown): Releasable[] {
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return [];
  if ('isReleasable' in value) return [value as Releasable];
  return Object.values(value).flatMap(releasablesIn);
}
