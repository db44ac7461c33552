// A participant's line as the broker sees it: a stream of MQTT packets over a WebSocket. In: frames, of which only what the gate lets
// through goes on; out: packets, each in one frame, because every frame costs a call of the operating system at both ends.
import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { concatenate } from '../training/digest.ts';
import { Gate, type GateOptions } from './gate.ts';

type Done = (error?: Error | null) => void;

export class ParticipantLine extends Duplex {
  private readonly socket: WebSocket;
  private readonly gate: Gate;
  private readonly onEnd: (error: Error | null) => void;

  /** @param onEnd told once, with the reason if something was wrong */
  constructor(socket: WebSocket, options: GateOptions, onEnd: (error: Error | null) => void) {
    super();
    this.socket = socket;
    this.onEnd = onEnd;
    this.gate = new Gate(options, (error) => this.destroy(error));
    socket.on('message', (bytes: Buffer) => this.takeIn(bytes));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  override _read(): void {
    if (this.socket.isPaused) this.socket.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.socket.send(bytes, done);
  }

  /** What the broker writes of a packet, in several pieces. */
  override _writev(pieces: { chunk: unknown }[], done: Done): void {
    this.socket.send(concatenate(pieces.map(({ chunk }) => chunk as Buffer)), done);
  }

  override _final(done: Done): void {
    this.socket.close();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.gate.stopTimer();
    this.socket.terminate();
    this.onEnd(error);
    done(error);
  }

  private takeIn(bytes: Buffer): void {
    if (this.destroyed) return;
    try {
      for (const packet of this.gate.packetsWith(bytes)) {
        if (!this.push(packet)) this.socket.pause(); // the broker reads no faster
      }
    } catch (error) {
      this.destroy(error as Error);
    }
  }
}
