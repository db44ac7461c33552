// What participants get beside announcements: the whole model, for who cannot follow the last change; the personal part that a refresh
// has made for each; the table of what is near what. In: what the rounds have made, who is here; out: messages for single participants.
import type { RoundEvent } from '../federated/events.ts';
import type { Program } from '../federated/recipe.ts';
import type { Sides } from '../federated/sides.ts';
import type { ClassOptions } from './class-options.ts';
import { encodeModel, type Presence } from './messages.ts';
import type { Outbox } from './outbox.ts';
import { personalMessages } from './personal-messages.ts';

export class Supplies {
  private readonly options: Pick<ClassOptions, 'items' | 'settings'>;
  private readonly program: Program;
  private readonly sides: Sides;
  private readonly outbox: Outbox;
  private parts = new Map<number, Uint8Array>(); // of the last refresh, as messages
  private table: Uint8Array | null = null; // as a message
  private unsentParts = 0; // the round of a refresh whose parts nobody has yet
  private unsentTable = 0; // the round of a table that nobody has yet

  constructor(
    options: Pick<ClassOptions, 'items' | 'settings'>,
    program: Program,
    sides: Sides,
    outbox: Outbox,
  ) {
    this.options = options;
    this.program = program;
    this.sides = sides;
    this.outbox = outbox;
  }

  /** Begins with what an earlier process has left behind after a round. @returns the round of its table; 0 if it has none */
  begin(round: number): number {
    this.table = this.sides.server.wholeTable?.(round) ?? null;
    return this.table ? round : 0;
  }

  /** Notes what a round has made for single participants. */
  see(event: RoundEvent): void {
    if (event.type === 'attention-computed') this.unsentParts = event.round;
    else if (event.type === 'windows-counted') this.unsentTable = event.round;
  }

  /** Between two rounds: whoever is here gets what was made since the last time, and later announcements say so. */
  async hand(present: Iterable<number>): Promise<void> {
    const { outbox, unsentParts, unsentTable } = this;
    const clients = [...present];
    if (unsentTable > 0) {
      this.unsentTable = 0;
      outbox.said = { ...outbox.said, tableRound: unsentTable };
      this.table = this.sides.server.wholeTable?.(unsentTable) ?? null; // who had an older one replaces it
      await Promise.all(clients.map((client) => this.send(client, this.table)));
    }
    if (unsentParts > 0) {
      this.unsentParts = 0;
      outbox.said = { ...outbox.said, partRound: unsentParts };
      const { items, settings } = this.options;
      this.parts = personalMessages(this.program, items, settings, unsentParts);
      await Promise.all(clients.map((client) => this.send(client, this.parts.get(client))));
    }
  }

  /** Gives one who says that it is here what it lacks. */
  giveTo({ client, modelRound, tableRound }: Presence): void {
    const { said } = this.outbox;
    const canFollow =
      modelRound === said.modelRound || (modelRound === said.previousModelRound && said.step.length > 0);
    if (!canFollow) this.send(client, encodeModel({ ...this.sides.shared, round: said.modelRound }));
    if (said.partRound > 0) this.send(client, this.parts.get(client));
    if (tableRound !== said.tableRound) this.send(client, this.table);
  }

  private async send(client: number, message: Uint8Array | null | undefined): Promise<void> {
    if (message) await this.outbox.send(client, message);
  }
}
