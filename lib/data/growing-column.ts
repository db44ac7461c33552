// A column of numbers that grows while lines are read: pieces of a fixed length, so that growing copies nothing.

const PIECE = 1 << 18;

type Numbers = Uint32Array | Float64Array;

export class GrowingColumn<T extends Numbers> {
  length = 0;
  private readonly make: (length: number) => T;
  private readonly pieces: T[] = [];

  constructor(make: (length: number) => T) {
    this.make = make;
  }

  push(value: number): void {
    const place = this.length % PIECE;
    if (place === 0) this.pieces.push(this.make(PIECE));
    this.pieces[this.pieces.length - 1]![place] = value;
    this.length++;
  }

  at(place: number): number {
    return this.pieces[Math.floor(place / PIECE)]![place % PIECE]!;
  }

  /** The numbers at these places, in their order; the column is empty afterwards, so that both need not be kept. */
  takeOut(places: Uint32Array): T {
    const out = this.make(places.length);
    for (let index = 0; index < places.length; index++) out[index] = this.at(places[index]!);
    this.clear();
    return out;
  }

  clear(): void {
    this.pieces.length = 0;
    this.length = 0;
  }
}
