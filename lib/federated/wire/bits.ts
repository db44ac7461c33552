// Bits: whole numbers of any width, packed one after the other; what every codec writes to and reads from.
// In: numbers of 1 to 32 bits; out: bytes, filled from the lowest bit. Reading checks that enough is left, so a short or
// hostile message ends in a `WireError`, never in a number made up.

/** A message that breaks a rule of the wire format; `message` says which. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** @throws WireError always */
export function reject(reason: string): never {
  throw new WireError(`wire: message rejected: ${reason}`);
}

export class BitWriter {
  private bytes: Uint8Array;
  private at = 0; // of the next bit

  /** @param capacity bytes to make room for at once; it grows if they are too few */
  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Appends a whole number of `width` bits, 1 to 32. */
  write(value: number, width: number): void {
    if (width > 16) {
      this.writeLong(value, width);
      return;
    }
    const { at } = this;
    const byte = at >>> 3;
    if (byte + 3 > this.bytes.length) this.makeRoom(byte + 3);
    const { bytes } = this;
    const shifted = value << (at & 7);
    bytes[byte] = bytes[byte]! | shifted;
    bytes[byte + 1] = shifted >>> 8;
    bytes[byte + 2] = shifted >>> 16;
    this.at = at + width;
  }

  private writeLong(value: number, width: number): void {
    this.write(value & 0xffff, 16);
    this.write(value >>> 16, width - 16);
  }

  /** Goes on at the next byte; the bits before it are 0. */
  align(): void {
    this.at = (this.at + 7) & ~7;
  }

  /** Appends whole bytes, from the next byte on. */
  writeBytes(values: Uint8Array): void {
    this.align();
    this.makeRoom(this.at / 8 + values.length);
    this.bytes.set(values, this.at / 8);
    this.at += 8 * values.length;
  }

  /** Appends a whole number below 2³² in as few bytes as it needs: seven bits each, the eighth says that more follow. */
  writeVarint(value: number): void {
    let rest = value >>> 0;
    for (; rest > 127; rest >>>= 7) this.write((rest & 127) | 128, 8);
    this.write(rest, 8);
  }

  /** All bytes so far, as a view; the last one is filled up with zero bits. */
  finish(): Uint8Array {
    this.align();
    return this.bytes.subarray(0, this.at / 8);
  }

  private makeRoom(length: number): void {
    if (length <= this.bytes.length) return;
    const larger = new Uint8Array(2 * length);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

export class BitReader {
  private readonly bytes: Uint8Array;
  private readonly length: number; // in bits
  private at = 0; // of the next bit

  /** @param length how many of the bytes are read; two more must follow, since numbers are cut out of three bytes */
  constructor(bytes: Uint8Array, length: number) {
    this.bytes = bytes;
    this.length = 8 * length;
  }

  /** Rejects the message unless this many bits are left: ask before making room for what they stand for. */
  expectBits(count: number, what: string): void {
    const left = this.length - this.at;
    if (count > left) reject(`${left} bits are left, too few for ${what}`);
  }

  /** The next whole number of `width` bits, 1 to 32. */
  read(width: number): number {
    if (width > 16) {
      const low = this.read(16);
      return (low | (this.read(width - 16) << 16)) >>> 0;
    }
    if (this.at + width > this.length) reject('it ends too early');
    const value = this.next16() & ((1 << width) - 1);
    this.at += width;
    return value;
  }

  /** How many ones come before the next 0, which is read, too; more than `most` are rejected. */
  readOnes(most: number): number {
    let ones = 0;
    while (true) {
      const bits = this.next16() | 0x10000;
      const run = Math.min(16, 31 - Math.clz32(~bits & (bits + 1)));
      ones += run;
      this.at += run;
      if (ones > most) reject(`${ones} ones in a row are more than ${most}`);
      if (run < 16) break;
    }
    if (this.at >= this.length) reject('it ends too early');
    this.at++;
    return ones;
  }

  /** Goes on at the next byte; the bits before it must be 0. */
  align(): void {
    const bits = -this.at & 7;
    if (bits > 0 && this.read(bits) !== 0) reject('bits that fill up a byte are not 0');
  }

  /** The next number of 64 bits, from the next byte on. */
  readFloat64(what: string): number {
    this.align();
    this.expectBits(64, what);
    const { buffer, byteOffset } = this.bytes;
    const value = new DataView(buffer, byteOffset).getFloat64(this.at / 8, true);
    this.at += 64;
    return value;
  }

  /** Fills an array with the next whole bytes, from the next byte on. */
  readBytes(into: Float32Array | Uint32Array | Uint16Array | Uint8Array, what: string): void {
    this.align();
    this.expectBits(8 * into.byteLength, what);
    const from = this.at / 8;
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    bytes.set(this.bytes.subarray(from, from + bytes.length));
    this.at += 8 * bytes.length;
  }

  readVarint(what: string): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.read(8);
      value += (byte & 127) * 2 ** shift;
      if (byte > 127) continue;
      if (byte === 0 && shift > 0) reject(`${what} takes more bytes than it needs`);
      if (value < 2 ** 32) return value;
    }
    return reject(`${what} is not below 2³²`);
  }

  /** The message must end here. */
  finish(): void {
    this.align();
    if (this.at < this.length) reject(`${(this.length - this.at) / 8} bytes are left over`);
  }

  /** The next 16 bits or more, zeros beyond the end. */
  private next16(): number {
    const byte = this.at >>> 3;
    const { bytes } = this;
    return (bytes[byte]! | (bytes[byte + 1]! << 8) | (bytes[byte + 2]! << 16)) >>> (this.at & 7);
  }
}
