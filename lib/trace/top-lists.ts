// What a few clients would be shown: their ten best unseen items, and where the held-out one stands.
// In: a run's program; out: lists with the two parts of every score, the client's own and the personal part (Eq. 14).
import { itemsOf } from '../data/split.ts';
import { rankOf } from '../evaluation/ranking.ts';
import type { Order } from '../federated/windows/what-comes-next.ts';
import { bestUnseen } from '../model/best-unseen.ts';
import type { OpenRun } from '../training/open-run.ts';
import { scoresFor } from '../training/recommend-items.ts';
import { TOP, type TracedTop } from './trace.ts';

export class TopLists {
  private readonly run: OpenRun;
  private readonly clients: readonly number[];

  constructor(run: OpenRun, clients: readonly number[]) {
    this.run = run;
    this.clients = clients;
  }

  /**
   * @param mix β, 0 for lists without the personal part
   * @param order how much what tends to come next counts. Default: not at all
   */
  read(mix: number, order: Order | null = null): TracedTop {
    const { program, settings, setup } = this.run;
    const { split } = setup;
    const count = this.clients.length;
    const items = new Int32Array(count * TOP).fill(-1);
    const base = new Float32Array(count * TOP);
    const personal = new Float32Array(count * TOP);
    const ranks = new Uint32Array(count);
    this.clients.forEach((client, row) => {
      const ownParts = { recency: settings.recency, mix: 0, order };
      const own = scoresFor(program, split.train.items, client, ownParts);
      const part = new Float32Array(split.train.items); // δ
      if (program.hasPersonalParts && mix !== 0) program.personalParts(Uint32Array.of(client), part);
      const scores = own.map((score, item) => score + mix * part[item]!);
      const trained = itemsOf(split.train, client);
      bestUnseen(scores, trained, TOP).forEach(({ item }, place) => {
        items[row * TOP + place] = item;
        base[row * TOP + place] = own[item]!;
        personal[row * TOP + place] = part[item]!;
      });
      const target = split.validation[client]!;
      if (target < 0) return;
      ranks[row] = rankOf(scores, target, trained).rank;
    });
    return { items, base, personal, ranks };
  }
}
