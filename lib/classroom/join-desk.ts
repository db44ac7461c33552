// Who gets a seat: whoever knows the class's code. In: a code, and where it was said; out: a client's number with a token that only
// this server can have made, or why not. Tokens are HMACs of run and number, so that a server that was killed still knows them.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Wrong codes that may come from one address at once, and from all together; one is forgiven in so many milliseconds. */
const WRONG_FROM_ONE = { burst: 10, every: 6000 };
const WRONG_FROM_ALL = { burst: 200, every: 300 };
/** Addresses that are remembered. */
const MOST_ADDRESSES = 10_000;

export type Admission =
  | { readonly client: number; readonly token: string }
  | { readonly status: 403 | 409 | 429; readonly reason: string };

export interface JoinDeskOptions {
  readonly run: string;
  readonly code: string;
  readonly secret: Uint8Array;
  readonly seats: number;
  /** Seats that an earlier process has given away. */
  readonly taken?: number;
  /** Keeps that a seat is taken, before anybody is told. */
  readonly onSeat?: (client: number) => Promise<void>;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

export class JoinDesk {
  private readonly options: JoinDeskOptions;
  private readonly now: () => number;
  private readonly fromOne = new Map<string, Allowance>();
  private readonly fromAll: Allowance;
  private taken: number;

  constructor(options: JoinDeskOptions) {
    this.options = options;
    this.now = options.now ?? (() => performance.now());
    this.fromAll = new Allowance(WRONG_FROM_ALL, this.now());
    this.taken = options.taken ?? 0;
  }

  /** Gives a seat to who says the code. */
  async join(code: string, address: string): Promise<Admission> {
    const { seats, onSeat } = this.options;
    const mine = this.allowanceOf(address);
    const now = this.now();
    if (!mine.isLeft(now) || !this.fromAll.isLeft(now))
      return { status: 429, reason: 'too many wrong codes; wait a minute, then try again' };
    if (!isSame(code, this.options.code)) {
      mine.use();
      this.fromAll.use();
      return { status: 403, reason: 'this is not the code of the class; it stands where the address stands' };
    }
    if (this.taken >= seats) return { status: 409, reason: `all ${seats} seats are taken` };
    const client = this.taken++;
    await onSeat?.(client);
    return { client, token: this.tokenOf(client) };
  }

  /** The client's number, if the token is its own; null if it is not, or nobody has that seat. */
  check(client: string | null, token: string | null): number | null {
    if (client === null || token === null || !/^\d{1,9}$/.test(client)) return null;
    const number = Number(client);
    return number < this.taken && isSame(token, this.tokenOf(number)) ? number : null;
  }

  private tokenOf(client: number): string {
    const { secret, run } = this.options;
    return createHmac('sha256', secret).update(`${run}/${client}`).digest('base64url');
  }

  private allowanceOf(address: string): Allowance {
    const known = this.fromOne.get(address);
    if (known) return known;
    if (this.fromOne.size >= MOST_ADDRESSES) this.fromOne.clear();
    const fresh = new Allowance(WRONG_FROM_ONE, this.now());
    this.fromOne.set(address, fresh);
    return fresh;
  }
}

/** Something of which a few may be used at once, and which grows back. */
class Allowance {
  private readonly rule: { readonly burst: number; readonly every: number };
  private left: number;
  private at: number;

  constructor(rule: { burst: number; every: number }, now: number) {
    this.rule = rule;
    this.left = rule.burst;
    this.at = now;
  }

  isLeft(now: number): boolean {
    this.left = Math.min(this.rule.burst, this.left + (now - this.at) / this.rule.every);
    this.at = now;
    return this.left >= 1;
  }

  use(): void {
    this.left--;
  }
}

/** Whether two texts are the same, in a time that does not tell how much of them is. */
export function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
