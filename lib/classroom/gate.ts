// The gate in front of a broker: bytes from a participant, cut into MQTT packets of bounded length, each checked before any broker
// parses it. In: bytes of a line whose token was checked, so that it can only be one client; out: the same packets, or why the line ends.
// MQTT 3.1.1, OASIS standard, sections 2 and 3: a packet is type and flags in a byte, its length as a varint, and that many bytes.
import { clientName, mayPublish, maySubscribe, topicsOf } from './topics.ts';

/** Milliseconds that a packet may take to arrive once it has begun. */
const PACKET_LIMIT = 15_000;
/** Packets that may come at once, and how many a second are added to what may come. */
const BURST = 200;
const PER_SECOND = 50;
/** What a broker says for a participant is a few bytes. */
const LONGEST_WILL = 64;

const types = {
  connect: 1,
  publish: 3,
  puback: 4,
  subscribe: 8,
  unsubscribe: 10,
  pingreq: 12,
  disconnect: 14,
};
const known = new Set(Object.values(types));

export interface GateOptions {
  readonly run: string;
  readonly client: number;
  /** The longest packet that may pass, in bytes. */
  readonly longest: number;
  /** Milliseconds that a packet may take. Default: 15,000 */
  readonly patience?: number;
}

/** Lets packets through; the first that breaks a rule is an error that names the rule, and nothing passes after it. */
export class Gate {
  private readonly options: GateOptions;
  private readonly onSlow: (error: Error) => void;
  private readonly publishes: readonly string[];
  private readonly listens: readonly string[];
  private readonly here: string;
  private pending: Buffer[] = [];
  private length = 0; // of what is pending
  private isConnected = false;
  private allowed = BURST;
  private countedAt = performance.now();
  private timer: NodeJS.Timeout | undefined;

  /** @param onSlow told when a packet that has begun does not come to its end */
  constructor(options: GateOptions, onSlow: (error: Error) => void) {
    const { run, client } = options;
    this.options = options;
    this.onSlow = onSlow;
    this.publishes = mayPublish(run, client);
    this.listens = maySubscribe(run, client);
    this.here = topicsOf(run).here(client);
  }

  /**
   * Takes in what has come, and gives out the packets that are whole with it.
   *
   * @throws Error naming the rule that a packet breaks
   */
  packetsWith(bytes: Buffer): Buffer[] {
    this.pending.push(bytes);
    this.length += bytes.length;
    const { longest, patience = PACKET_LIMIT } = this.options;
    const packets: Buffer[] = [];
    for (let needed = this.nextLength(); needed !== null; needed = this.nextLength()) {
      if (needed > longest) throw new Error(`a packet of ${needed} bytes is longer than ${longest}`);
      if (this.length < needed) break;
      const all = this.pending.length === 1 ? this.pending[0]! : Buffer.concat(this.pending);
      const packet = all.subarray(0, needed);
      this.pending = all.length > needed ? [all.subarray(needed)] : [];
      this.length = all.length - needed;
      this.check(packet);
      packets.push(packet);
      this.stopTimer();
    }
    if (this.length > 0 && !this.timer) {
      const late = () => this.onSlow(new Error(`a packet took longer than ${patience} ms`));
      this.timer = setTimeout(late, patience);
    }
    return packets;
  }

  /** The line has ended: nothing is waited for any more. */
  stopTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** The length of the next packet with its head; null while that has not come. */
  private nextLength(): number | null {
    let at = 0;
    let length = 0;
    for (const bytes of this.pending) {
      for (const byte of bytes) {
        if (at > 0) {
          length += (byte & 127) * 128 ** (at - 1);
          if (byte < 128) return at + 1 + length;
          if (at === 4) throw new Error('the length of a packet takes more than four bytes');
        }
        at++;
      }
    }
    return null;
  }

  private check(packet: Buffer): void {
    this.count();
    const type = packet[0]! >> 4;
    if (!known.has(type)) throw new Error(`packets of type ${type} are not for participants`);
    const isConnect = type === types.connect;
    if (isConnect === this.isConnected) throw new Error('a line says once, and first, who it is');
    const reader = new FieldReader(packet);
    if (isConnect) this.checkConnect(reader);
    else if (type === types.publish) this.checkPublish(packet[0]!, reader);
    else if (type === types.subscribe) this.checkSubscribe(reader);
  }

  private checkConnect(reader: FieldReader): void {
    const { client } = this.options;
    if (reader.text() !== 'MQTT' || reader.byte() !== 4) throw new Error('the protocol must be MQTT 3.1.1');
    const flags = reader.byte();
    reader.skip(2);
    const name = reader.text();
    if (name !== clientName(client)) throw new Error(`${clientName(client)} says that it is ${name}`);
    if ((flags & 4) !== 0) {
      const topic = reader.text();
      if (topic !== this.here) throw new Error(`a last will may not go to ${topic}`);
      if (reader.text().length > LONGEST_WILL) throw new Error('a last will is too long');
    }
    this.isConnected = true;
  }

  private checkPublish(head: number, reader: FieldReader): void {
    const topic = reader.text();
    if (!this.publishes.includes(topic)) throw new Error(`may not publish to ${topic}`);
    if ((head & 6) > 2) throw new Error('quality of service must be 0 or 1');
    const isRetained = (head & 1) === 1;
    if (isRetained && topic !== this.here) throw new Error(`may not leave a message at ${topic}`);
  }

  private checkSubscribe(reader: FieldReader): void {
    reader.skip(2);
    while (!reader.isAtEnd) {
      const topic = reader.text();
      if (!this.listens.includes(topic)) throw new Error(`may not listen to ${topic}`);
      reader.skip(1);
    }
  }

  private count(): void {
    const now = performance.now();
    this.allowed = Math.min(BURST, this.allowed + ((now - this.countedAt) / 1000) * PER_SECOND);
    this.countedAt = now;
    if (--this.allowed < 0) throw new Error(`more than ${PER_SECOND} packets a second`);
  }
}

/** Reads the fields of a packet, behind its head. */
class FieldReader {
  private readonly packet: Buffer;
  private at = 1;

  constructor(packet: Buffer) {
    this.packet = packet;
    while (this.byte() > 127); // its length, which is known
  }

  get isAtEnd(): boolean {
    return this.at >= this.packet.length;
  }

  byte(): number {
    const value = this.packet[this.at++];
    if (value === undefined) throw new Error('a packet ends too early');
    return value;
  }

  skip(count: number): void {
    this.at += count;
  }

  text(): string {
    const length = this.byte() * 256 + this.byte();
    const end = this.at + length;
    if (end > this.packet.length) throw new Error('a packet ends too early');
    const text = this.packet.toString('utf8', this.at, end);
    this.at = end;
    return text;
  }
}
