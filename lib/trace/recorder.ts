// The recorder reads a run's events as they happen, asks the program what else it wants to know (lists, places in the
// plane, attention), and keeps the answers as a trace of bounded size. It changes nothing: the run ends in the same bits.
// In: an open run, its events; out: a `Trace`, and each round as soon as it is complete.

import { metricsOnly } from '../evaluation/metrics.ts';
import type { RoundEvent } from '../federated/events.ts';
import { expectKind, expectParts } from '../numeric/arguments.ts';
import type { OpenRun } from '../training/open-run.ts';
import { chooseClients, type TraceSizes } from './choose-clients.ts';
import { FollowedClients } from './followed-clients.ts';
import { measureFollowed } from './followed-figures.ts';
import { RoundDetails } from './round-details.ts';
import { keptWithin } from './thinning.ts';
import { TopLists } from './top-lists.ts';
import type { Trace, TraceAbout, TracedEvaluation, TraceRound } from './trace.ts';
import { describeRun, ratingsOf, type TraceNames, withItemIds } from './trace-beginning.ts';
import { traceAttention, traceClusters } from './traced-refresh.ts';

export interface TraceOptions extends TraceNames {
  readonly sizes?: Partial<TraceSizes>;
  /** Arrays may take this many bytes; beyond that, details of every second round are dropped. Default: 16 MB. */
  readonly budgetBytes?: number;
  /** Sees each round when it is complete. */
  readonly onRound?: (round: TraceRound) => void;
}

/** A round that is not complete. */
type Started = { -readonly [Key in keyof TraceRound]: TraceRound[Key] };

export class TraceRecorder {
  /** Clients whose events the recorder needs: `run.rounds({ watch })`. */
  readonly watch: readonly number[];
  readonly about: TraceAbout;
  private readonly run: OpenRun;
  private readonly options: TraceOptions;
  private readonly followed: FollowedClients;
  private readonly lists: TopLists;
  private readonly details: RoundDetails;
  private readonly start: Trace['start'];
  private rounds: TraceRound[] = [];
  private current: Started | null = null;
  private bytes = 0; // sent and received by one client since the start

  /** @throws RangeError if a size is no whole number of at least 1 */
  constructor(run: OpenRun, recipe: string, options: TraceOptions = {}) {
    expectParts('TraceRecorder', 'run', run, 'openRun(recipe, split)', {
      setup: 'object',
      program: 'object',
    });
    expectKind('TraceRecorder', 'recipe', recipe, 'text', "'fedtlrec'");
    expectKind('TraceRecorder', 'options', options, 'object', '{}');
    const { split } = run.setup;
    const chosen = chooseClients(split.train, options.sizes);
    this.run = run;
    this.options = options;
    this.followed = new FollowedClients(chosen);
    this.watch = this.followed.clients;
    this.about = describeRun(run, recipe, chosen, options);
    this.lists = new TopLists(run, this.followed.focus);
    this.details = new RoundDetails(run, this.followed, this.about.dims);
    this.start = {
      ...ratingsOf(split.train, this.followed.owners),
      itemGroups: options.truth?.items ?? new Uint8Array(0),
      heldOut: Int32Array.from(this.followed.focus, (client) => split.validation[client]!),
      top: this.lists.read(0),
      perClient: measureFollowed(run, this.followed, 0),
    };
  }

  /** What is recorded before the first round. */
  get beginning(): Pick<Trace, 'about' | 'start'> {
    return { about: this.aboutNow(), start: this.start };
  }

  /** Takes in one event; call it before the next one is asked for. */
  add(event: RoundEvent): void {
    if (event.type === 'round-started' || this.current === null) this.begin(event.round);
    const { run, followed, details } = this;
    const round = this.current!;
    switch (event.type) {
      case 'client-trained':
        details.addLoss(event.client, event.loss);
        break;
      case 'update-sent':
        details.addUpdate(event.client, event.update, event.bytes);
        break;
      case 'updates-merged':
        this.merge(round, event);
        if (event.clients === 0) round.details = details.complete(); // no broadcast will follow
        break;
      case 'broadcast-sent':
        round.bytesDown = event.bytesDown;
        round.cutOff = event.cutOff;
        this.bytes += event.bytesDown;
        round.details = details.complete();
        break;
      case 'clients-clustered':
        round.refresh = traceClusters(run, followed, event, details.plane);
        break;
      case 'windows-counted':
        this.bytes += event.bytesDown;
        break;
      case 'attention-computed':
        this.bytes += event.bytesDown;
        round.refresh = traceAttention(run, followed, event, round.refresh);
        break;
      case 'evaluated':
        round.evaluation = this.evaluate(event);
        break;
    }
  }

  /** Completes the last round and gives everything recorded so far. */
  finish(): Trace {
    this.end();
    return { about: this.aboutNow(), start: this.start, rounds: this.rounds };
  }

  private begin(round: number): void {
    this.end();
    this.details.begin();
    this.current = {
      ...{ round, trained: 0, clients: 0, rejected: 0, loss: Number.NaN, bytesUp: 0, fullBytesUp: 0 },
      ...{ bytesDown: 0, cutOff: 0, megabytes: 0, details: null, refresh: null, evaluation: null },
    };
  }

  private end(): void {
    if (this.current === null) return;
    this.current.megabytes = this.bytes / 1e6;
    const round: TraceRound = Object.freeze(this.current);
    this.current = null;
    this.rounds = keptWithin(this.options.budgetBytes ?? 16e6, [...this.rounds, round]);
    this.options.onRound?.(round);
  }

  private merge(round: Started, event: Extract<RoundEvent, { type: 'updates-merged' }>): void {
    const messages = event.clients + event.rejected;
    round.trained = event.trained;
    round.clients = event.clients;
    round.rejected = event.rejected;
    round.loss = event.loss;
    round.bytesUp = messages > 0 ? event.bytesUp / messages : 0;
    round.fullBytesUp = round.bytesUp * this.details.wholeRowRatio();
    this.bytes += round.bytesUp;
  }

  private evaluate(event: Extract<RoundEvent, { type: 'evaluated' }>): TracedEvaluation {
    return {
      mix: event.mix,
      validation: metricsOnly(event.validation),
      standardErrors: metricsOnly(event.validation.standardErrors),
      perClient: measureFollowed(this.run, this.followed, event.mix, event.order),
      top: this.lists.read(event.mix, event.order),
    };
  }

  /** The description with the ids of all items mentioned so far. */
  private aboutNow(): TraceAbout {
    const { start, rounds } = this;
    return withItemIds(this.about, { start, rounds }, this.options);
  }
}
