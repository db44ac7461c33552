// What the server makes of windows: how often two items stand in one window, T[x, y], against how often each stands in any,
// M = T / √((w_x + 1)(w_y + 1)) (Eq. 39). In: all windows; out: one row of M at a time, so that no array of items × items is
// held. The diagonal is 0: that an item stands beside itself says nothing.

/** Windows one after the other: each its length, then its items. */
export type WindowList = Uint32Array;

export class WindowCounts {
  /** w, the windows that hold an item [items]. */
  readonly windowsOf: Uint32Array;
  private readonly list: WindowList;
  private readonly offsets: Uint32Array; // where each item's windows begin [items + 1]
  private readonly startOf: Uint32Array; // where they begin in the list, item by item

  /** @param used how much of the list there is */
  constructor(list: WindowList, used: number, items: number) {
    this.list = list;
    this.windowsOf = new Uint32Array(items);
    forEachEntry(list, used, (item) => this.windowsOf[item]!++);
    this.offsets = new Uint32Array(items + 1);
    for (let item = 0; item < items; item++)
      this.offsets[item + 1] = this.offsets[item]! + this.windowsOf[item]!;
    this.startOf = new Uint32Array(this.offsets[items]!);
    const next = this.offsets.slice(0, items);
    forEachEntry(list, used, (item, start) => {
      this.startOf[next[item]!++] = start;
    });
  }

  /** Writes row x of T into `out` [items]. */
  together(item: number, out: Float32Array): void {
    const { list, startOf, offsets } = this;
    out.fill(0);
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) {
      const start = startOf[at]!;
      for (let place = start + 1; place <= start + list[start]!; place++) out[list[place]!]!++;
    }
    out[item] = 0;
  }

  /** Writes row x of M into `out` [items]. */
  nearness(item: number, out: Float32Array): void {
    const { windowsOf } = this;
    this.together(item, out);
    for (let other = 0; other < out.length; other++) {
      if (out[other]! > 0) out[other]! /= Math.sqrt((windowsOf[item]! + 1) * (windowsOf[other]! + 1));
    }
  }
}

function forEachEntry(list: WindowList, used: number, visit: (item: number, start: number) => void): void {
  for (let start = 0; start < used; start += 1 + list[start]!) {
    for (let place = start + 1; place <= start + list[start]!; place++) visit(list[place]!, start);
  }
}
