// The two sides of a federated program, for whoever runs them apart: homes that hold one client each, and a server that holds
// none. In between go messages as bytes. lib/classroom does it over a network; the simulator runs both in one place.
import type { RoundEvent } from './events.ts';
import type { SharedModel } from './local-model.ts';
import type { UpdateSum } from './update-sum.ts';
import type { ReceivedWindows } from './windows/windows-at-server.ts';
import type { Update } from './wire.ts';

/** A client's part in a round. */
export interface ClientTurn {
  /** The mean loss of its sample. */
  readonly loss: number;
  /** What leaves home; null if the model sends nothing. */
  readonly message: Uint8Array | null;
  /** What happened at home and what left it, for watched clients. */
  readonly events: readonly RoundEvent[];
}

/** What came of a chunk. */
export interface ReceivedChunk {
  readonly sum: UpdateSum;
  /** Bytes that clients sent besides their messages, to make the sum readable. */
  readonly bytes: number;
  /** Why none of the messages counts, or null. */
  readonly refusal: string | null;
}

/** What happens at home. */
export interface HomeSide {
  /**
   * One client's turn: sample, train, defend, encode; null if it is absent or has nothing to train on.
   *
   * @param place the client's row in the memory
   */
  takeTurn(place: number, round: number, isWatched: boolean): ClientTurn | null;
  /**
   * Applies what the server sent to everyone at the end of a round.
   *
   * @throws WireError if the message breaks a rule of the wire format
   */
  receiveStep(message: Uint8Array, round: number): void;
  /** The client's windows, once in a run, in a round in which it takes its turn; else null. Absent: it has none to send. */
  takeWindows?(place: number, round: number): Uint8Array | null;
  /** Takes in the table of what is near what. @throws WireError if the message breaks a rule */
  receiveTable?(message: Uint8Array, round: number): void;
}

/** What happens at the server; the rest of its turn is the program's `finishRound` and `refresh`. */
export interface ReceivingSide {
  /** Begins a chunk of clients that may send. */
  beginChunk(round: number, members: readonly number[]): void;
  /** Takes in one message; returns why it is rejected, or null. */
  receive(message: Uint8Array, client: number, round: number): string | null;
  /** What the chunk's messages add up to. */
  finishChunk(): ReceivedChunk;
  /** Takes in a client's windows. Absent: nobody sends any. */
  receiveWindows?(message: Uint8Array, client: number, round: number): ReceivedWindows;
  /** The table of what is near what, for everybody; null as long as there is none. */
  wholeTable?(round: number): Uint8Array | null;
}

/** The client's side of secure sums. */
export interface MessageSealer {
  /** Masks an update, so that the server learns nothing from this message alone. */
  seal(update: Update): Uint8Array;
  /** Part of the noise's scale that each client adds. */
  readonly noiseShare: number;
}

/** Takes in the messages of one chunk of clients at a time. */
export interface Reception {
  /** Begins a chunk whose clients, `members`, may each send one message. */
  begin(round: number, members: readonly number[]): void;
  /** @throws WireError if the message breaks a rule; the client then counts as one that did not come through */
  receive(message: Uint8Array, client: number, round: number): void;
  finish(): ReceivedChunk;
}

/** Both, and what everybody has. */
export interface Sides {
  /** Columns of a message's rows. */
  readonly messageDims: number;
  readonly shared: SharedModel;
  readonly home: HomeSide;
  readonly server: ReceivingSide;
  /** What masks messages at home and adds them up at the server, for recipes with secure sums. */
  readonly secureSum?: MessageSealer & Reception;
}
