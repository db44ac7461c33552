// What the teacher's dashboard shows: who is here and what each has sent, the figures of each round, what was refused and why.
// In: the class's events; out: short messages for the page, and all of it at once for a page that comes later.
import type { ClassFacts } from './class-facts.ts';
import type { ClassEvent } from './class-options.ts';

/** What the page knows of a participant. */
export interface SeatView {
  isHere: boolean;
  isDropped: boolean;
  hasAnswered: boolean;
  rounds: number;
  bytesUp: number;
  cluster: number;
}

/** What the page knows of a round. */
export interface RoundView {
  readonly round: number;
  merged: number;
  rejected: number;
  /** null where nobody tells it. */
  loss: number | null;
  bytesUp: number;
  bytesDown: number;
  hr10: number | null;
  measured: number;
}

/** All that the page shows. */
export interface BoardView {
  readonly about: {
    readonly run: string;
    readonly recipe: string;
    readonly rounds: number;
    readonly items: number;
    readonly seats: number;
  };
  seats: Record<number, SeatView>;
  rounds: RoundView[];
  /** The newest last. */
  refused: { readonly client: number; readonly round: number; readonly reason: string }[];
  asking: { readonly round: number; readonly purpose: string; readonly deadline: number };
  waiting: string;
}

/** Refusals that are remembered. */
const MOST_REFUSED = 50;

const newSeat: SeatView = {
  ...{ isHere: false, isDropped: false, hasAnswered: false, rounds: 0, bytesUp: 0, cluster: -1 },
};

export class Board {
  private readonly view: BoardView;

  constructor({ run, recipe, settings, items, seats }: ClassFacts, round: number) {
    this.view = {
      about: { run, recipe, rounds: settings.rounds, items: items.length, seats },
      ...{ seats: {}, rounds: [], refused: [], waiting: '' },
      asking: { round, purpose: 'wait', deadline: 0 },
    };
  }

  snapshot(): BoardView {
    return this.view;
  }

  /** Takes in an event. @returns the parts of the view that it has changed, or null */
  add(event: ClassEvent): Partial<BoardView> | null {
    const { view } = this;
    switch (event.type) {
      case 'entered':
      case 'left':
      case 'dropped':
      case 'answered':
        return { seats: { [event.client]: this.seat(event.client, event) } };
      case 'asking':
        view.asking = { round: event.round, purpose: event.purpose, deadline: event.deadline };
        view.waiting = '';
        if (event.purpose === 'wait' || event.purpose === 'end') return { asking: view.asking, waiting: '' };
        for (const seat of Object.values(view.seats)) seat.hasAnswered = false;
        return { asking: view.asking, waiting: '', seats: view.seats };
      case 'waiting':
        view.waiting = event.reason;
        return { waiting: event.reason };
      case 'refused':
      case 'late':
      case 'message-rejected': {
        const reason = event.type === 'late' ? 'the round was over' : event.reason;
        view.refused = [...view.refused, { client: event.client, round: event.round, reason }].slice(
          -MOST_REFUSED,
        );
        return { refused: view.refused };
      }
      case 'clients-clustered':
        event.labels.forEach((cluster, client) => {
          const seat = view.seats[client];
          if (seat) seat.cluster = cluster;
        });
        return { seats: view.seats };
      default:
        return this.figures(event);
    }
  }

  private seat(client: number, event: Extract<ClassEvent, { client: number }>): SeatView {
    const { seats } = this.view;
    const seat = seats[client] ?? { ...newSeat };
    seats[client] = seat;
    if (event.type === 'entered') seat.isHere = true;
    else if (event.type === 'left' || event.type === 'dropped') seat.isHere = false;
    else if (event.type === 'answered') {
      seat.isHere = true;
      seat.hasAnswered = true;
      seat.rounds++;
      seat.bytesUp += event.bytes ?? 0;
    }
    if (event.type === 'dropped') seat.isDropped = true;
    return seat;
  }

  private figures(event: ClassEvent): Partial<BoardView> | null {
    const { rounds } = this.view;
    if (event.type === 'updates-merged') {
      const { round, clients: merged, rejected, bytesUp } = event;
      const loss = Number.isNaN(event.loss) ? null : event.loss;
      rounds.push({ ...{ round, merged, rejected, loss, bytesUp }, bytesDown: 0, hr10: null, measured: 0 });
      return { rounds };
    }
    const last = rounds.at(-1);
    if (!last) return null;
    if (event.type === 'broadcast-sent' || event.type === 'attention-computed')
      last.bytesDown += event.bytesDown;
    else if (event.type === 'evaluated') {
      last.measured = event.validation.users;
      last.hr10 = Number.isNaN(event.validation.hr10) ? null : event.validation.hr10;
    } else return null;
    return { rounds };
  }
}
