// Keyed random streams: every random decision has its own stream, found from (seed, purpose, round, client, …).
// In: a seed and a key; out: numbers that do not depend on who drew before, so any number of workers, in any
// order, sees the same draws. Generator: xoshiro128** (Blackman & Vigna, 2018), 128 bits of state; the state is
// the MurmurHash3 mix of the key (Appleby, 2011).

/** One part of a stream's key: a purpose such as `'negatives'`, or a number such as the round or the client. */
export type KeyPart = string | number;

/** A source of random numbers. Every random function of this library takes one; none has a hidden one. */
export interface RandomStream {
  /** 32 random bits, as an integer in [0, 2³²). */
  nextUint32(): number;
  /** A number in [0, 1) with 53 random bits. */
  uniform(): number;
  /** An integer in [0, bound), without bias. */
  integer(bound: number): number;
  /** Fills `out` with what `out.length` calls of `integer(bound)` would give, faster. */
  integers(bound: number, out: Uint32Array): void;
  /** A standard normal number, N(0, 1). */
  normal(): number;
  /** A Laplace number with mean 0 and the given scale b (variance 2b²). */
  laplace(scale: number): number;
}

/**
 * Opens the stream that belongs to a seed and a key. The same arguments always give the same stream.
 *
 * @param seed the run's seed, a whole number of at least 0 and below 2⁵³
 * @param key what the draws are for: words and whole numbers, e.g. `'negatives', round, client`
 * @throws RangeError if the seed or a number of the key is not a whole number in that range
 * @example
 * randomStream(1, 'draws').integer(6) < 6; // true
 * randomStream(1, 'a').uniform() === randomStream(1, 'a').uniform(); // true
 */
export function randomStream(seed: number, ...key: KeyPart[]): RandomStream {
  return new Xoshiro128(hashKey([seed, ...key]));
}

/**
 * The generator itself, started from its 128 bits of state, for comparison with its published outputs.
 *
 * @internal
 */
export function xoshiro128(state: readonly [number, number, number, number]): RandomStream {
  return new Xoshiro128(state);
}

class Xoshiro128 implements RandomStream {
  private s0: number;
  private s1: number;
  private s2: number;
  private s3: number;
  /** The second half of the last Box–Muller pair, or NaN. */
  private spareNormal = Number.NaN;

  constructor(state: ArrayLike<number>) {
    this.s0 = state[0]! | 0;
    this.s1 = state[1]! | 0;
    this.s2 = state[2]! | 0;
    this.s3 = state[3]! | 0;
  }

  nextUint32(): number {
    const scrambled = Math.imul(this.s1, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = this.s1 << 9;
    this.s2 ^= this.s0;
    this.s3 ^= this.s1;
    this.s1 ^= this.s2;
    this.s0 ^= this.s3;
    this.s2 ^= shifted;
    this.s3 = (this.s3 << 11) | (this.s3 >>> 21);
    return result;
  }

  uniform(): number {
    const high = this.nextUint32() >>> 5; // 27 bits
    const low = this.nextUint32() >>> 6; // 26 bits
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  integer(bound: number): number {
    if (bound > 0x200000) return Math.floor(this.uniform() * bound);
    // Lemire (2019): the high word of random × bound, with the few draws that would favour some results rejected.
    // The product is below 2⁵³, so it is exact.
    let product = this.nextUint32() * bound;
    if (product >>> 0 < bound) {
      const threshold = 0x100000000 % bound;
      while (product >>> 0 < threshold) product = this.nextUint32() * bound;
    }
    return Math.floor(product / 0x100000000);
  }

  integers(bound: number, out: Uint32Array): void {
    if (bound > 0x200000) {
      for (let at = 0; at < out.length; at++) out[at] = this.integer(bound);
      return;
    }
    const threshold = 0x100000000 % bound;
    let { s0, s1, s2, s3 } = this; // in registers, and out of the object
    for (let at = 0; at < out.length; ) {
      // One step of nextUint32(), and of integer(): a number that is rejected is written over by the next.
      const scrambled = Math.imul(s1, 5);
      const random = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
      const shifted = s1 << 9;
      s2 ^= s0;
      s3 ^= s1;
      s1 ^= s2;
      s0 ^= s3;
      s2 ^= shifted;
      s3 = (s3 << 11) | (s3 >>> 21);
      const product = random * bound;
      out[at] = product / 0x100000000;
      if (product >>> 0 >= threshold) at++;
    }
    [this.s0, this.s1, this.s2, this.s3] = [s0, s1, s2, s3];
  }

  normal(): number {
    if (!Number.isNaN(this.spareNormal)) {
      const spare = this.spareNormal;
      this.spareNormal = Number.NaN;
      return spare;
    }
    // Box & Muller (1958); 1 - u lies in (0, 1], so the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  laplace(scale: number): number {
    const centred = this.uniform() - 0.5;
    return -scale * Math.sign(centred) * Math.log(1 - 2 * Math.abs(centred));
  }
}

/** Turns a key into 128 bits. Each part is preceded by its kind and length, so ('a', 'b') differs from ('ab'). */
function hashKey(parts: readonly KeyPart[]): number[] {
  const state: number[] = [0x9e3779b9 | 0, 0x243f6a88, 0xb7e15162 | 0, 0x6a09e667]; // 32-bit integers
  for (const part of parts) {
    if (typeof part === 'string') {
      absorb(state, 0x53000000 ^ part.length);
      for (let index = 0; index < part.length; index++) absorb(state, part.charCodeAt(index));
    } else {
      if (!Number.isSafeInteger(part) || part < 0) {
        throw new RangeError(
          `randomStream: seed and key numbers must be whole numbers of at least 0, got ${part}`,
        );
      }
      absorb(state, 0x4e000000);
      absorb(state, part >>> 0);
      absorb(state, Math.floor(part / 0x100000000));
    }
  }
  for (let lane = 0; lane < 4; lane++) absorb(state, lane); // spreads the last part over all lanes
  if ((state[0]! | state[1]! | state[2]! | state[3]!) === 0) state[0] = 1; // xoshiro must not start at zero
  return state;
}

function absorb(state: number[], word: number): void {
  let carried = word | 0;
  for (let lane = 0; lane < 4; lane++) {
    const mixed = Math.imul((state[lane]! ^ carried) | 0, 0xcc9e2d51);
    carried = avalanche((((mixed << 15) | (mixed >>> 17)) + 0xe6546b64 * (lane + 1)) | 0);
    state[lane] = carried;
  }
}

/** MurmurHash3's finaliser: every input bit changes every output bit with probability about one half. */
function avalanche(word: number): number {
  let bits = word;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
