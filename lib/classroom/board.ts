// What the teacher's dashboard shows: who is here and what each has sent, the figures of each round, what was refused and why.
// In: the class's events; out: what has changed since somebody last asked, and all of it at once for a page that comes later.
import type { ClassFacts } from './class-facts.ts';
import type { ClassEvent } from './class-options.ts';
import type { WhoHearsWhom } from './who-hears-whom.ts';

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
  /** Who listens to whom, as the server knows it; null before the first refresh. */
  attention: WhoHearsWhom | null;
  asking: { readonly round: number; readonly purpose: string; readonly deadline: number };
  waiting: string;
  /** Whether no further round begins until the teacher goes on. */
  isPaused: boolean;
}

/** Refusals that are remembered. */
const MOST_REFUSED = 50;

const newSeat: SeatView = {
  ...{ isHere: false, isDropped: false, hasAnswered: false, rounds: 0, bytesUp: 0, cluster: -1 },
};

export class Board {
  private readonly view: BoardView;
  private readonly changedSeats = new Set<number>();
  private readonly changed = new Set<keyof BoardView>(); // other parts

  constructor({ run, recipe, settings, items, seats }: ClassFacts, round: number) {
    this.view = {
      about: { run, recipe, rounds: settings.rounds, items: items.length, seats },
      ...{ seats: {}, rounds: [], refused: [], waiting: '', isPaused: false, attention: null },
      asking: { round, purpose: 'wait', deadline: 0 },
    };
  }

  snapshot(): BoardView {
    return this.view;
  }

  /** What has changed since this was asked last; null if nothing has. */
  changes(): Partial<BoardView> | null {
    const { view, changed, changedSeats } = this;
    if (changed.size === 0 && changedSeats.size === 0) return null;
    const seats = Object.fromEntries(Array.from(changedSeats, (client) => [client, view.seats[client]!]));
    const parts = Object.fromEntries(Array.from(changed, (part) => [part, view[part]]));
    changed.clear();
    changedSeats.clear();
    return { ...parts, seats };
  }

  /** Takes in an event. */
  add(event: ClassEvent): void {
    const { view } = this;
    switch (event.type) {
      case 'entered':
      case 'left':
      case 'dropped':
      case 'answered':
        this.seat(event.client, event);
        break;
      case 'asking':
        view.asking = { round: event.round, purpose: event.purpose, deadline: event.deadline };
        view.waiting = '';
        this.changed.add('asking').add('waiting');
        if (event.purpose !== 'wait' && event.purpose !== 'end')
          this.everySeat((seat) => {
            seat.hasAnswered = false;
          });
        break;
      case 'paused':
        view.isPaused = event.isPaused;
        this.changed.add('isPaused');
        break;
      case 'waiting':
        view.waiting = event.reason;
        this.changed.add('waiting');
        break;
      case 'refused':
      case 'late':
      case 'message-rejected': {
        const reason = event.type === 'late' ? 'the round was over' : event.reason;
        view.refused.push({ client: event.client, round: event.round, reason });
        if (view.refused.length > MOST_REFUSED) view.refused.shift();
        this.changed.add('refused');
        break;
      }
      case 'clients-clustered':
        this.everySeat((seat, client) => {
          seat.cluster = event.labels[client]!;
        });
        break;
      default:
        this.figures(event);
    }
  }

  /** Takes in who listens to whom. */
  attend(attention: WhoHearsWhom | null): void {
    this.view.attention = attention;
    this.changed.add('attention');
  }

  /** The participants that are here, by number. */
  get here(): number[] {
    const { seats } = this.view;
    return Object.keys(seats)
      .map(Number)
      .filter((client) => seats[client]!.isHere);
  }

  private everySeat(change: (seat: SeatView, client: number) => void): void {
    for (const [name, seat] of Object.entries(this.view.seats)) {
      change(seat, Number(name));
      this.changedSeats.add(Number(name));
    }
  }

  private seat(client: number, event: Extract<ClassEvent, { client: number }>): void {
    const { seats } = this.view;
    const seat = seats[client] ?? { ...newSeat };
    seats[client] = seat;
    this.changedSeats.add(client);
    if (event.type === 'entered') seat.isHere = true;
    else if (event.type === 'left' || event.type === 'dropped') seat.isHere = false;
    else if (event.type === 'answered') {
      seat.isHere = true;
      seat.hasAnswered = true;
      seat.rounds++;
      seat.bytesUp += event.bytes ?? 0;
    }
    if (event.type === 'dropped') seat.isDropped = true;
  }

  private figures(event: ClassEvent): void {
    const { rounds } = this.view;
    const last = rounds.at(-1);
    if (event.type === 'updates-merged') {
      const { round, clients: merged, rejected, bytesUp } = event;
      const loss = Number.isNaN(event.loss) ? null : event.loss;
      rounds.push({ ...{ round, merged, rejected, loss, bytesUp }, bytesDown: 0, hr10: null, measured: 0 });
    } else if (!last) return;
    else if (event.type === 'broadcast-sent' || event.type === 'attention-computed')
      last.bytesDown += event.bytesDown;
    else if (event.type === 'evaluated') {
      last.measured = event.validation.users;
      last.hr10 = Number.isNaN(event.validation.hr10) ? null : event.validation.hr10;
    } else return;
    this.changed.add('rounds');
  }
}
