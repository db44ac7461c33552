// Does the work of a round by asking others: announces it (outbox.ts), waits for messages (inbox.ts), hands them to the server's side in
// client order. In: rounds to train and figures to ask for; out: chunk results and figures by user, as every executor gives them.
import type { PerUser } from '../evaluation/protocol.ts';
import { isPresent } from '../federated/client-side.ts';
import type { RoundEvent } from '../federated/events.ts';
import type { Memory } from '../federated/memory.ts';
import type { ChunkResult, Program } from '../federated/recipe.ts';
import type { Sides } from '../federated/sides.ts';
import type { CohortSum } from '../privacy/cohort-sum.ts';
import type { EvaluationTask } from '../training/evaluate.ts';
import type { Executor } from '../training/executor.ts';
import type { ClassOptions, RoundRecord } from './class-options.ts';
import { Inbox } from './inbox.ts';
import { type MaskedFloor, MaskedRounds } from './masked-rounds.ts';
import { mergeMessages } from './merge.ts';
import { mergeFigures } from './merge-figures.ts';
import { Outbox } from './outbox.ts';
import { Supplies } from './supplies.ts';
import { topicsOf } from './topics.ts';
import { cohortSumOf, unmaskingSide } from './unmask.ts';
import { Waiting } from './waiting.ts';

export class ClassExecutor implements Executor {
  readonly workers = 0;
  private readonly options: ClassOptions;
  private readonly sides: Sides;
  private readonly memory: Memory;
  private readonly outbox: Outbox;
  private readonly inbox: Inbox;
  private readonly supplies: Supplies;
  private readonly waiting = new Waiting();
  private readonly masked: MaskedRounds | null;
  private unkept: Omit<RoundRecord, 'modelRound'> | null = null;
  private isPaused = false;
  private isHurried = false;

  constructor(options: ClassOptions, program: Program, sides: Sides, memory: Memory) {
    this.options = options;
    this.sides = sides;
    this.memory = memory;
    this.outbox = new Outbox(options);
    this.supplies = new Supplies(options, program, sides, this.outbox);
    this.inbox = new Inbox({
      ...{ run: options.run, seats: options.seats, quorum: options.quorum, onEvent: options.onEvent },
      outbox: this.outbox,
      onChange: () => this.waiting.changed(),
      onHere: (presence) => {
        this.supplies.giveTo(presence);
        this.masked?.resend(presence.client);
      },
      isPast: (message) => this.masked?.isPast(message) ?? false,
    });
    const cohortSum = cohortSumOf(sides);
    this.masked = cohortSum && new MaskedRounds(this.maskedFloor(cohortSum), options.pendingMasks ?? null);
  }

  /** Listens to participants, and tells them to wait. */
  async listen(modelRound: number, round: number): Promise<void> {
    const { link, run, signal } = this.options;
    const tableRound = this.supplies.begin(round);
    // First, because who is here already is heard at once, and gets what it lacks.
    this.outbox.begin({ round, modelRound, previousModelRound: modelRound, tableRound });
    await link.subscribe(topicsOf(run).ofAll, (topic, message) => this.inbox.hear(topic, message));
    signal?.addEventListener('abort', () => this.waiting.changed());
    await this.outbox.announce({});
    link.onOpen(() => this.outbox.repeat()); // what was sent over a line that broke, or to a broker that was started anew, may be lost
  }

  /** Takes over what the rounds tell everybody. */
  see(event: RoundEvent): void {
    this.outbox.see(event);
    this.supplies.see(event);
  }

  async train(round: number): Promise<ChunkResult[]> {
    const { settings, deadline, seats } = this.options;
    const { desk, losses } = this.inbox;
    await this.settle();
    if (!this.masked?.goesOnWith(round)) await this.mayBegin();
    this.inbox.clear();
    this.isHurried = false;
    if (this.masked) return this.trainMasked(this.masked, round);
    desk.open(round, (client) => this.inbox.isWelcome(client) && isPresent(client, round, settings));
    await this.outbox.announce({ round, purpose: 'train', deadline });
    await this.until(deadline, (isTimeUp) => desk.isComplete(isTimeUp || this.isHurried));
    desk.close();
    const messages = desk.inOrder();
    const answered = new Map(messages);
    const windows = [...this.inbox.windows]
      .filter(([client]) => answered.has(client))
      .sort(([a], [b]) => a - b);
    this.unkept = { round, messages, windows, late: [...this.inbox.late] };
    return mergeMessages(this.sides.server, seats, round, answered, losses, new Map(windows));
  }

  /** With secure sums: several phases, and of the messages only what they add up to. */
  private async trainMasked(masked: MaskedRounds, round: number): Promise<ChunkResult[]> {
    const { messages, masks, bytesUp } = await masked.run(round);
    this.unkept = { round, messages, late: [...this.inbox.late], masks };
    const server = await unmaskingSide(this.sides, cohortSumOf(this.sides)!, masks);
    const results = mergeMessages(server, this.options.seats, round, new Map(messages), this.inbox.losses);
    const counted = results.reduce((sum, result) => sum + result.bytesUp, 0);
    return results.map((result, at) =>
      at === 0 ? { ...result, bytesUp: result.bytesUp + bytesUp - counted } : result,
    );
  }

  private maskedFloor({ length }: CohortSum): MaskedFloor {
    const { options, inbox, outbox } = this;
    const { seats, quorum, deadline, settings } = options;
    return {
      ...{ desk: inbox.desk, seats, quorum, length },
      mayTakePart: (client) => inbox.isWelcome(client),
      sends: (client, round) => isPresent(client, round, settings),
      announce: (round, purpose, attempt) => outbox.announce({ round, purpose, deadline, attempt }),
      until: (holds) => this.until(deadline, (isTimeUp) => holds(isTimeUp || this.isHurried)),
      send: (client, message) => void outbox.send(client, message),
      keep: async (pending) => options.keepMasks?.(pending),
      refuse: (client, reason) => outbox.refuse(client, inbox.desk.round, reason),
    };
  }

  /** Homes measure; who gives no figures, or is not here, has none. */
  async evaluate(task: EvaluationTask): Promise<PerUser[]> {
    const { seats, deadline } = this.options;
    const { desk, figures } = this.inbox;
    await this.settle();
    figures.clear();
    const asked = () => [...desk.present.values()].filter(({ givesFigures }) => givesFigures);
    if (asked().length === 0) return mergeFigures(figures, task, seats);
    this.isHurried = false;
    const { part, mixes, orders = [null] } = task;
    await this.outbox.announce({ purpose: part, deadline, mixes, orders });
    const haveAll = () => asked().every(({ client }) => figures.has(client));
    await this.until(deadline, (isTimeUp) => isTimeUp || this.isHurried || haveAll());
    return mergeFigures(figures, task, seats);
  }

  /** Lists stay at home. */
  countRecommended(): Promise<never> {
    return Promise.reject(new RangeError('class: participants do not tell their lists'));
  }

  async close(): Promise<void> {}

  /** Keeps the last round and tells everybody that the run is over. */
  async end(): Promise<void> {
    await this.settle();
    await this.outbox.announce({ purpose: 'end', deadline: 0 });
  }

  /** No round begins until it goes on. */
  pause(isPaused: boolean): void {
    this.isPaused = isPaused;
    this.options.onEvent?.({ type: 'paused', isPaused });
    this.waiting.changed();
  }

  /** Closes the open round now, if anybody has answered, or begins the first. */
  hurry(): void {
    this.isHurried = true;
    this.waiting.changed();
  }

  /** Takes a participant out of the class: nothing that it sends counts from now on. */
  drop(client: number): void {
    this.inbox.drop(client);
  }

  /** Between two rounds: what is finished is kept first, then everybody gets its part. */
  private async settle(): Promise<void> {
    const { unkept, options } = this;
    this.unkept = null;
    if (unkept) await options.keep?.({ ...unkept, modelRound: this.outbox.said.modelRound }, this.memory);
    await this.supplies.hand(this.inbox.desk.present.keys());
  }

  /** Waits for the first participants, and while the teacher pauses. */
  private async mayBegin(): Promise<void> {
    const { startWith, onEvent } = this.options;
    const { desk } = this.inbox;
    const isReady = () =>
      !this.isPaused && (this.isHurried || desk.round > 0 ? 1 : startWith) <= desk.present.size;
    if (isReady()) return;
    await this.outbox.announce({ purpose: 'wait', deadline: 0 });
    let told = '';
    const isReadyOrTold = () => {
      if (isReady()) return true;
      const reason = this.isPaused ? 'paused' : `${desk.present.size} of ${startWith} participants are here`;
      if (reason !== told) onEvent?.({ type: 'waiting', reason, isKnown: told !== '' && !this.isPaused });
      told = reason;
      return false;
    };
    await this.until(Number.POSITIVE_INFINITY, isReadyOrTold);
  }

  private until(milliseconds: number, holds: (isTimeUp: boolean) => boolean): Promise<void> {
    const onOverdue = () => {
      const { answers, needed } = this.inbox.desk;
      this.options.onEvent?.({ type: 'waiting', reason: `${answers.size} of ${needed} answers needed` });
    };
    return this.waiting.until(milliseconds, holds, onOverdue, this.options.signal);
  }
}
