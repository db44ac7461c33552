// The timeline of a trace: every round in its phases, and K-means in its single steps. In: a trace; out: moments, and
// for each moment what was known then. Going back is looking at an earlier moment, so it shows exactly the same numbers.
import { expectParts } from '../numeric/arguments.ts';
import type { Trace, TracedDetails, TracedEvaluation, TracedRefresh, TraceRound } from './trace.ts';

/** The parts of a round, in order. */
export const phases = ['train', 'send', 'broadcast', 'cluster', 'attend', 'evaluate'] as const;
export type Phase = (typeof phases)[number];

/** One place on the timeline. */
export interface Moment {
  /** Place in `trace.rounds`; -1 before the first. */
  readonly place: number;
  readonly round: number;
  /** Null at the very start. */
  readonly phase: Phase | null;
  /** Which of Lloyd's iterations, from 0, in the phase `cluster`. */
  readonly step: number;
}

/** The start, then all phases of all rounds. */
export function momentsOf(trace: Pick<Trace, 'rounds'>): Moment[] {
  expectParts('momentsOf', 'trace', trace, 'decodeTrace(bytes)', { rounds: 'list' });
  const moments: Moment[] = [{ place: -1, round: 0, phase: null, step: 0 }];
  trace.rounds.forEach((round, place) => {
    for (const phase of phasesOf(round)) {
      const steps = phase === 'cluster' ? Math.max(1, round.refresh!.steps.length) : 1;
      for (let step = 0; step < steps; step++) moments.push({ place, round: round.round, phase, step });
    }
  });
  return moments;
}

function phasesOf(round: TraceRound): Phase[] {
  const has: Record<Phase, boolean> = {
    train: round.trained > 0,
    send: round.clients + round.rejected > 0,
    broadcast: round.bytesDown > 0,
    cluster: round.refresh !== null && round.refresh.clusters > 0,
    attend: round.refresh !== null && round.refresh.peers > 0,
    evaluate: round.evaluation !== null,
  };
  return phases.filter((phase) => has[phase]);
}

/** A round, and what it tells of single clients. */
export interface KnownDetails {
  readonly round: TraceRound;
  readonly details: TracedDetails;
}

/** What was known at a moment. */
export interface Known {
  readonly moment: Moment;
  /** The latest round with details: who trained, and with what loss. */
  readonly details: KnownDetails | null;
  /** The latest one whose messages have come: what single clients sent, and where the server sees all of them. */
  readonly sent: KnownDetails | null;
  /** The latest one whose messages have been added up: the server's step. */
  readonly merged: KnownDetails | null;
  /** The latest refresh; with the step of K-means that is on screen, or its end. */
  readonly refresh: {
    readonly round: TraceRound;
    readonly refresh: TracedRefresh;
    readonly step: number;
  } | null;
  /** The latest refresh whose attention is known. */
  readonly attention: { readonly round: TraceRound; readonly refresh: TracedRefresh } | null;
  readonly evaluation: { readonly round: TraceRound; readonly evaluation: TracedEvaluation } | null;
  /** The latest evaluation that has lists. */
  readonly lists: { readonly round: TraceRound; readonly evaluation: TracedEvaluation } | null;
  /** How many of `trace.rounds` have come as far as a phase up to now: trained, sent, been merged, been evaluated. */
  readonly trainedRounds: number;
  readonly sentRounds: number;
  readonly mergedRounds: number;
  readonly evaluatedRounds: number;
}

/** Whether a phase of a moment's round has been reached. */
function hasReached(moment: Moment, phase: Phase): boolean {
  return moment.phase !== null && phases.indexOf(moment.phase) >= phases.indexOf(phase);
}

/** What was known at a moment: the latest of everything. */
export function knownAt(trace: Pick<Trace, 'rounds'>, moment: Moment): Known {
  expectParts('knownAt', 'trace', trace, 'decodeTrace(bytes)', { rounds: 'list' });
  expectParts('knownAt', 'moment', moment, 'momentsOf(trace)[0]', { place: 'number' });
  const upTo = (phase: Phase) => Math.max(0, moment.place + (hasReached(moment, phase) ? 1 : 0));
  const detailed = (phase: Phase) => {
    const found = latest(trace, upTo(phase), (round) => round.details);
    return found && { round: found[0], details: found[1] };
  };
  const clustered = latest(trace, upTo('cluster'), (round) =>
    round.refresh?.clusters ? round.refresh : null,
  );
  const attended = latest(trace, upTo('attend'), (round) =>
    round.refresh?.attention ? round.refresh : null,
  );
  const evaluated = latest(trace, upTo('evaluate'), (round) => round.evaluation);
  const listed = latest(trace, upTo('evaluate'), (round) =>
    round.evaluation?.top ? round.evaluation : null,
  );
  const isClustering = moment.phase === 'cluster' && clustered?.[0] === trace.rounds[moment.place];
  return {
    moment,
    details: detailed('train'),
    sent: detailed('send'),
    merged: detailed('broadcast'),
    refresh: clustered && {
      round: clustered[0],
      refresh: clustered[1],
      step: isClustering ? moment.step : clustered[1].steps.length - 1,
    },
    attention: attended && { round: attended[0], refresh: attended[1] },
    evaluation: evaluated && { round: evaluated[0], evaluation: evaluated[1] },
    lists: listed && { round: listed[0], evaluation: listed[1] },
    trainedRounds: upTo('train'),
    sentRounds: upTo('send'),
    mergedRounds: upTo('broadcast'),
    evaluatedRounds: upTo('evaluate'),
  };
}

function latest<T>(
  trace: Pick<Trace, 'rounds'>,
  end: number,
  read: (round: TraceRound) => T | null,
): [TraceRound, T] | null {
  for (let place = Math.min(end, trace.rounds.length) - 1; place >= 0; place--) {
    const found = read(trace.rounds[place]!);
    if (found !== null) return [trace.rounds[place]!, found];
  }
  return null;
}
