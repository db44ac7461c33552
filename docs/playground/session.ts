// One or two runs that go on together, each in a worker of its own. In: a configuration; out: traces that grow, round by
// round in lockstep, so that both can be compared at every moment.
import type { Trace, TraceRound } from '../../lib/trace/trace.ts';
import type { LiveRun, Run } from '../../viewer/index.ts';
import type { Configuration, Variant } from './configuration.ts';
import type { FromWorker, GpuNews, ToWorker } from './protocol.ts';
import type { Workers } from './workers.ts';

export interface SessionEvents {
  /** All runs are ready; nothing has been trained. */
  onBegun(session: Session): void;
  /** A round of all runs is complete, or everything has ended. */
  onRound(session: Session): void;
  onFailed(reason: string, isInput: boolean): void;
  /** Something about the GPU; of the run with this label. */
  onGpu(news: GpuNews, label: string): void;
}

interface Member {
  readonly label: string;
  readonly worker: Worker;
  begun: Extract<FromWorker, { type: 'begun' }> | null;
  readonly rounds: TraceRound[];
  isIdle: boolean;
  isFinished: boolean;
}

export class Session implements LiveRun {
  isRunning = false;
  private readonly members: readonly Member[];
  private readonly events: SessionEvents;
  private readonly workers: Workers;
  private readonly listening = new AbortController();
  /** A worker that has asked for a graphics processor is not used again: what it holds there is freed with it. */
  private readonly usesGpu: boolean;
  private hasEnded = false;
  private untilRound = 0;

  constructor(configuration: Configuration, file: File | null, workers: Workers, events: SessionEvents) {
    this.events = events;
    this.workers = workers;
    this.usesGpu = configuration.compute !== 'processor';
    const { signal } = this.listening;
    const variants = [configuration.a, configuration.b].filter(
      (variant): variant is Variant => variant !== null,
    );
    this.members = variants.map((variant, at) => {
      const name = variants.length > 1 ? `${'AB'[at]}: ${variant.recipe}` : variant.recipe;
      const member: Member = {
        ...{ label: name, worker: workers.take(), begun: null, rounds: [] },
        ...{ isIdle: false, isFinished: false },
      };
      const hear = ({ data }: MessageEvent<FromWorker>) => this.hear(member, data);
      const fail = (event: ErrorEvent) =>
        this.fail(event.message || 'the worker could not start; is the page still online?', false);
      member.worker.addEventListener('message', hear, { signal });
      member.worker.addEventListener('error', fail, { signal });
      const begin: ToWorker = { type: 'begin', configuration, variant, file, asksForGpu: at === 0 };
      member.worker.postMessage(begin);
      return member;
    });
  }

  /** Whether there is something to show. */
  get hasBegun(): boolean {
    return this.members.every(({ begun }) => begun);
  }

  get isFinished(): boolean {
    return this.members.every(({ isFinished }) => isFinished);
  }

  /** The runs as far as they have come. */
  get runs(): Run[] {
    return this.members.map(({ label, begun, rounds }) => {
      const { about, start } = begun!;
      const trace: Trace = { about, start, rounds };
      return { label, trace };
    });
  }

  /** Fingerprints of the weights before the first round. */
  get weights(): string[] {
    return this.members.map(({ begun }) => begun!.weights);
  }

  /** Which client in focus is looked at first. */
  get focus(): number {
    return this.members[0]!.begun!.focus;
  }

  get note(): string {
    return this.members[0]!.begun!.note;
  }

  run(): void {
    this.isRunning = true;
    this.untilRound = Infinity;
    this.allowNext();
  }

  /** Goes on until a round is done, e.g. the one that an address names. */
  runUntil(round: number): void {
    this.isRunning = true;
    this.untilRound = round;
    this.allowNext();
  }

  pause(): void {
    this.isRunning = false;
  }

  step(): void {
    if (!this.isRunning) this.allowNext();
  }

  /** Nothing is heard of the workers any more. Those that are at work are stopped, the others wait for the next session. */
  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.isRunning = false;
    this.listening.abort();
    for (const { worker, isIdle } of this.members) {
      if (isIdle && !this.usesGpu) this.workers.giveBack(worker);
      else worker.terminate();
    }
  }

  private allowNext(): void {
    const waiting = this.members.filter(({ isIdle, isFinished }) => isIdle && !isFinished);
    if (waiting.length < this.members.filter(({ isFinished }) => !isFinished).length) return; // one is still at work
    for (const member of waiting) {
      member.isIdle = false;
      member.worker.postMessage({ type: 'allow', rounds: 1 });
    }
  }

  private hear(member: Member, message: FromWorker): void {
    if (this.hasEnded) return;
    if (message.type === 'failed') {
      this.fail(message.reason, message.isInput);
    } else if (message.type === 'round') {
      member.rounds.push(message.round);
    } else if (message.type === 'begun') {
      member.begun = message;
      member.isIdle = true;
      if (this.hasBegun) this.events.onBegun(this);
    } else if (message.type !== 'idle') {
      this.events.onGpu(message, member.label);
    } else {
      member.isIdle = true;
      member.isFinished = message.isFinished;
      this.afterRound();
    }
  }

  private afterRound(): void {
    if (!this.members.every(({ isIdle }) => isIdle)) return;
    const reached = Math.max(...this.members.map(({ rounds }) => rounds.at(-1)?.round ?? 0));
    if (this.isFinished || reached >= this.untilRound) this.isRunning = false;
    this.events.onRound(this);
    if (this.isRunning) this.allowNext();
  }

  private fail(reason: string, isInput: boolean): void {
    if (this.hasEnded) return;
    this.end();
    this.events.onFailed(reason, isInput);
  }
}
