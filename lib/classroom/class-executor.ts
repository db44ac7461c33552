// Does the work of a round by asking others: announces it, waits for messages, hands them to the server's side in client order.
// In: what comes over the line; out: chunk results, as every executor gives them. Late, repeated and hostile messages end here.

import { metrics } from '../evaluation/metrics.ts';
import { emptyPerUser, type PerUser } from '../evaluation/protocol.ts';
import { isPresent } from '../federated/client-side.ts';
import type { RoundEvent } from '../federated/events.ts';
import type { Memory } from '../federated/memory.ts';
import type { ChunkResult, Program } from '../federated/recipe.ts';
import type { Sides } from '../federated/sides.ts';
import { readHeader } from '../federated/wire/header.ts';
import { WireError } from '../federated/wire.ts';
import type { CohortSum } from '../privacy/cohort-sum.ts';
import { type EvaluationTask, variantsOf } from '../training/evaluate.ts';
import type { Executor } from '../training/executor.ts';
import type { ClassEvent, ClassOptions, RoundRecord } from './class-options.ts';
import { Desk } from './desk.ts';
import { type MaskedFloor, MaskedRounds } from './masked-rounds.ts';
import { mergeMessages } from './merge.ts';
import {
  type Announcement,
  decodeFigures,
  decodePresence,
  encodeAnnouncement,
  encodeModel,
  encodeRefusal,
} from './messages.ts';
import { personalMessages } from './personal-messages.ts';
import { clientOfTopic, type Topics, topicsOf } from './topics.ts';
import { cohortSumOf, unmaskingSide } from './unmask.ts';
import { Waiting } from './waiting.ts';

const noStep = new Uint8Array(0);
/** β until validation has chosen one. */
const USUAL_MIX = 0.3;

export class ClassExecutor implements Executor {
  readonly workers = 0;
  readonly desk: Desk;
  private readonly options: ClassOptions;
  private readonly topics: Topics;
  private readonly program: Program;
  private readonly sides: Sides;
  private readonly memory: Memory;
  private readonly losses = new Map<number, number>();
  private readonly figures = new Map<number, Float64Array>();
  private readonly windows = new Map<number, Uint8Array>();
  private readonly late = new Set<number>();
  private readonly dropped = new Set<number>();
  private readonly waiting = new Waiting();
  private readonly masked: MaskedRounds | null;
  private parts = new Map<number, Uint8Array>(); // personal parts of the last refresh, as messages
  private said: Announcement = {
    ...{ round: 0, purpose: 'wait', deadline: 0, mix: USUAL_MIX, mixes: [], partRound: 0 },
    ...{ modelRound: 0, previousModelRound: 0, step: noStep, attempt: 0 },
    ...{ tableRound: 0, order: null, orders: [] },
  };
  private unkept: RoundRecord | null = null;
  private table: Uint8Array | null = null; // of what is near what, as a message
  private unsentTable = 0; // the round of a table that nobody has yet
  private unsentParts = 0; // the round of a refresh whose parts nobody has yet
  private isPaused = false;
  private isHurried = false;

  constructor(options: ClassOptions, program: Program, sides: Sides, memory: Memory) {
    this.options = options;
    this.program = program;
    this.sides = sides;
    this.memory = memory;
    this.topics = topicsOf(options.run);
    this.desk = new Desk(options.quorum);
    const cohortSum = cohortSumOf(sides);
    this.masked = cohortSum && new MaskedRounds(this.maskedFloor(cohortSum), options.pendingMasks ?? null);
  }

  /** Listens to participants, and tells them to wait. */
  async listen(modelRound: number, round: number): Promise<void> {
    const { link, run, signal } = this.options;
    this.table = this.sides.server.wholeTable?.(round) ?? null;
    const tableRound = this.table ? round : 0;
    this.said = { ...this.said, round, modelRound, previousModelRound: modelRound, tableRound };
    const topics = ['up', 'here'].map((what) => `fed/${run}/${what}/+`);
    await link.subscribe(topics, (topic, message) => this.hear(topic, message));
    signal?.addEventListener('abort', () => this.waiting.changed());
    await this.announce({});
    link.onOpen(() => this.repeat()); // what was sent over a line that broke, or to a broker that was started anew, may be lost
  }

  async train(round: number): Promise<ChunkResult[]> {
    const { settings, deadline, seats } = this.options;
    await this.settle();
    if (!this.masked?.goesOnWith(round)) await this.mayBegin();
    this.losses.clear();
    this.late.clear();
    this.windows.clear();
    this.isHurried = false;
    if (this.masked) return this.trainMasked(this.masked, round);
    this.desk.open(round, (client) => !this.dropped.has(client) && isPresent(client, round, settings));
    await this.announce({ round, purpose: 'train', deadline });
    await this.until(deadline, (isTimeUp) => this.desk.isComplete(isTimeUp || this.isHurried));
    this.desk.close();
    const messages = this.desk.inOrder();
    const answered = new Map(messages);
    const windows = [...this.windows].filter(([client]) => answered.has(client)).sort(([a], [b]) => a - b);
    this.unkept = { round, messages, windows, late: [...this.late], modelRound: this.said.modelRound };
    return mergeMessages(this.sides.server, seats, round, answered, this.losses, new Map(windows));
  }

  /** With secure sums: several phases, and of the messages only what they add up to. */
  private async trainMasked(masked: MaskedRounds, round: number): Promise<ChunkResult[]> {
    const { messages, masks, bytesUp } = await masked.run(round);
    this.unkept = { round, messages, late: [...this.late], modelRound: this.said.modelRound, masks };
    const server = await unmaskingSide(this.sides, cohortSumOf(this.sides)!, masks);
    const results = mergeMessages(server, this.options.seats, round, new Map(messages), this.losses);
    const counted = results.reduce((sum, result) => sum + result.bytesUp, 0);
    return results.map((result, at) =>
      at === 0 ? { ...result, bytesUp: result.bytesUp + bytesUp - counted } : result,
    );
  }

  private maskedFloor({ length }: CohortSum): MaskedFloor {
    const { desk, options, dropped } = this;
    const { seats, quorum, deadline, settings } = options;
    return {
      ...{ desk, seats, quorum, length },
      mayTakePart: (client) => !dropped.has(client),
      sends: (client, round) => isPresent(client, round, settings),
      announce: (round, purpose, attempt) => this.announce({ round, purpose, deadline, attempt }),
      until: (holds) => this.until(deadline, (isTimeUp) => holds(isTimeUp || this.isHurried)),
      send: (client, message) => this.send(client, message),
      keep: async (pending) => options.keepMasks?.(pending),
      refuse: (client, reason) => this.refuse(client, reason),
    };
  }

  async evaluate(task: EvaluationTask): Promise<PerUser[]> {
    const { seats, deadline } = this.options;
    await this.settle();
    const results = variantsOf(task).map(() => emptyPerUser(seats));
    this.figures.clear();
    const asked = () => [...this.desk.present.values()].filter(({ givesFigures }) => givesFigures);
    if (asked().length === 0) return results;
    this.isHurried = false;
    const { part, mixes, orders = [null] } = task;
    await this.announce({ purpose: part, deadline, mixes, orders });
    const haveAll = () => asked().every(({ client }) => this.figures.has(client));
    await this.until(deadline, (isTimeUp) => isTimeUp || this.isHurried || haveAll());
    for (const [client, values] of this.figures) scatterFigures(client, values, results);
    return results;
  }

  /** Lists stay at home. */
  countRecommended(): Promise<never> {
    return Promise.reject(new RangeError('class: participants do not tell their lists'));
  }

  async close(): Promise<void> {}

  /** What the rounds tell: the change for everybody, and when personal parts were made. */
  see(event: RoundEvent): void {
    if (event.type === 'broadcast-sent' && event.message) {
      const { modelRound } = this.said;
      this.said = {
        ...this.said,
        previousModelRound: modelRound,
        modelRound: event.round,
        step: event.message,
      };
      if (this.unkept) this.unkept = { ...this.unkept, modelRound: event.round };
    } else if (event.type === 'attention-computed') {
      this.unsentParts = event.round;
    } else if (event.type === 'windows-counted') {
      this.unsentTable = event.round;
    } else if (event.type === 'evaluated' && !Number.isNaN(event.validation.ndcg10)) {
      this.said = { ...this.said, mix: event.mix, order: event.order };
    }
  }

  /** Keeps the last round and tells everybody that the run is over. */
  async end(): Promise<void> {
    await this.settle();
    await this.announce({ purpose: 'end', deadline: 0 });
  }

  /** No round begins until it goes on. */
  pause(isPaused: boolean): void {
    this.isPaused = isPaused;
    this.waiting.changed();
  }

  /** Closes the open round now, if anybody has answered, or begins the first. */
  hurry(): void {
    this.isHurried = true;
    this.waiting.changed();
  }

  /** Takes a participant out of the class: nothing that it sends counts from now on. */
  drop(client: number): void {
    this.dropped.add(client);
    this.desk.leave(client);
    this.tell({ type: 'dropped', client });
    this.waiting.changed();
  }

  /** Between two rounds: what is finished is kept first, then everybody gets its part. */
  private async settle(): Promise<void> {
    const { unkept } = this;
    this.unkept = null;
    if (unkept) await this.options.keep?.(unkept, this.memory);
    await this.sendTables();
    if (this.unsentParts === 0) return;
    this.said = { ...this.said, partRound: this.unsentParts };
    this.unsentParts = 0;
    const { items, settings } = this.options;
    this.parts = personalMessages(this.program, items, settings, this.said.partRound);
    await Promise.all([...this.desk.present.keys()].map((client) => this.sendPart(client)));
  }

  /** Everybody gets the table of what is near what, whole: who had an older one replaces it. */
  private async sendTables(): Promise<void> {
    if (this.unsentTable === 0) return;
    this.said = { ...this.said, tableRound: this.unsentTable };
    this.unsentTable = 0;
    this.table = this.sides.server.wholeTable?.(this.said.tableRound) ?? null;
    await Promise.all([...this.desk.present.keys()].map((client) => this.sendTable(client)));
  }

  /** Waits for the first participants, and while the teacher pauses. */
  private async mayBegin(): Promise<void> {
    const { startWith } = this.options;
    const isReady = () =>
      !this.isPaused && (this.isHurried || this.desk.round > 0 ? 1 : startWith) <= this.desk.present.size;
    if (isReady()) return;
    await this.announce({ purpose: 'wait', deadline: 0 });
    const reason = this.isPaused
      ? 'paused'
      : `${this.desk.present.size} of ${startWith} participants are here`;
    this.tell({ type: 'waiting', reason });
    await this.until(Number.POSITIVE_INFINITY, isReady);
  }

  private until(milliseconds: number, holds: (isTimeUp: boolean) => boolean): Promise<void> {
    const onOverdue = () => {
      const { answers, needed } = this.desk;
      this.tell({ type: 'waiting', reason: `${answers.size} of ${needed} answers needed` });
    };
    return this.waiting.until(milliseconds, holds, onOverdue, this.options.signal);
  }

  private async announce(changes: Partial<Announcement>): Promise<void> {
    this.said = { ...this.said, mixes: [], orders: [], ...changes };
    const { round, purpose, deadline } = this.said;
    this.tell({ type: 'asking', round, purpose, deadline });
    await this.options.link.publish(this.topics.round, encodeAnnouncement(this.said), { isRetained: true });
  }

  /** Asks again; who has answered answers again. */
  private repeat(): void {
    const { link } = this.options;
    link.publish(this.topics.round, encodeAnnouncement(this.said), { isRetained: true }).catch(() => {});
  }

  private hear(topic: string, message: Uint8Array): void {
    const client = clientOfTopic(topic);
    if (!(client < this.options.seats) || this.dropped.has(client)) return;
    try {
      const { kind } = readHeader(message);
      if (topic === this.topics.here(client)) this.hearPresence(client, message);
      else if (kind === 'figures') this.hearFigures(client, message);
      else if (kind === 'windows') this.hearWindows(client, message);
      else this.hearUpdate(client, message);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.refuse(client, error.message);
    }
    this.waiting.changed();
  }

  private hearPresence(client: number, message: Uint8Array): void {
    const presence = decodePresence(message, client);
    if (!presence.isHere) {
      const known = this.desk.present.get(client);
      if (known?.session !== presence.session) return; // of an earlier page
      this.tell({ type: 'left', client });
      this.desk.leave(client);
      return;
    }
    if (!this.desk.present.has(client)) this.tell({ type: 'entered', client });
    this.desk.enter(presence);
    const { modelRound, previousModelRound, step, partRound, tableRound } = this.said;
    const canFollow =
      presence.modelRound === modelRound || (presence.modelRound === previousModelRound && step.length > 0);
    if (!canFollow) this.send(client, encodeModel({ ...this.sides.shared, round: modelRound }));
    if (partRound > 0) void this.sendPart(client);
    if (presence.tableRound !== tableRound) void this.sendTable(client);
    this.masked?.resend(client);
  }

  private hearUpdate(client: number, message: Uint8Array): void {
    if (this.masked?.isPast(message)) return; // said again after a reload or a broken line
    const taken = this.desk.take(client, message);
    if (taken.as === 'answer') this.tell({ type: 'answered', client, bytes: message.length });
    else if (taken.as === 'refused') this.refuse(client, taken.reason);
    else if (taken.as === 'late') {
      const { round } = taken;
      if (round === this.desk.round) this.late.add(client);
      this.tell({ type: 'late', client, round });
      this.send(client, encodeRefusal({ client, round }, `round ${round} was over when the message came`));
    }
  }

  /** Kept beside the update that follows them; the server's side reads them when it merges. */
  private hearWindows(client: number, message: Uint8Array): void {
    const { round } = readHeader(message);
    if (round === this.desk.round && this.desk.isAsked(client) && !this.windows.has(client))
      this.windows.set(client, message);
  }

  private hearFigures(client: number, message: Uint8Array): void {
    const { round } = this.said;
    const { of, values } = decodeFigures(message, { client, round });
    if (of === 'loss' && this.said.purpose === 'train' && values.length === 1)
      this.losses.set(client, values[0]!);
    else if (of === this.said.purpose && !this.figures.has(client)) this.figures.set(client, values);
  }

  private refuse(client: number, reason: string): void {
    const { round } = this.desk;
    this.tell({ type: 'refused', client, round, reason });
    this.send(client, encodeRefusal({ client, round }, reason));
  }

  /** Messages for one participant; one that is gone gets them anew when it is back. */
  private send(client: number, message: Uint8Array): void {
    this.options.link.publish(this.topics.mine(client), message).catch(() => {});
  }

  private async sendPart(client: number): Promise<void> {
    const message = this.parts.get(client);
    if (message) await this.options.link.publish(this.topics.mine(client), message).catch(() => {});
  }

  private async sendTable(client: number): Promise<void> {
    if (this.table) await this.options.link.publish(this.topics.mine(client), this.table).catch(() => {});
  }

  private tell(event: ClassEvent): void {
    this.options.onEvent?.(event);
  }
}

/** Writes a client's figures, [variants, metrics], where they belong; what has another length, or is no share, is left out. */
function scatterFigures(client: number, values: Float64Array, results: readonly PerUser[]): void {
  if (values.length !== results.length * metrics.length) return;
  if (values.some((value) => value < 0 || value > 1)) return;
  results.forEach((into, variant) => {
    metrics.forEach(({ name }, column) => {
      into[name][client] = values[variant * metrics.length + column]!;
    });
  });
}
