// What the server says: to everybody one announcement at a time, which the broker keeps for who comes later and which carries the change
// of the last round; to single participants what only they need. In: what is asked for; out: messages on the line.
import type { RoundEvent } from '../federated/events.ts';
import { type Announcement, encodeAnnouncement } from './announcement.ts';
import type { ClassOptions } from './class-options.ts';
import { encodeRefusal } from './messages.ts';
import { type Topics, topicsOf } from './topics.ts';

/** β until validation has chosen one. */
const USUAL_MIX = 0.3;

export class Outbox {
  /** What everybody is asked now. */
  said: Announcement = {
    ...{ round: 0, purpose: 'wait', deadline: 0, mix: USUAL_MIX, mixes: [], partRound: 0 },
    ...{ modelRound: 0, previousModelRound: 0, step: new Uint8Array(0), attempt: 0 },
    ...{ tableRound: 0, order: null, orders: [] },
  };
  private readonly options: Pick<ClassOptions, 'link' | 'onEvent'>;
  private readonly topics: Topics;

  constructor(options: Pick<ClassOptions, 'run' | 'link' | 'onEvent'>) {
    this.options = options;
    this.topics = topicsOf(options.run);
  }

  /** What is true before anything is said, where an earlier process has left off. */
  begin(changes: Partial<Announcement>): void {
    this.said = { ...this.said, ...changes };
  }

  /** Asks everybody for something; what `changes` leave out is said as before. */
  async announce(changes: Partial<Announcement>): Promise<void> {
    const { link, onEvent } = this.options;
    this.said = { ...this.said, mixes: [], orders: [], ...changes };
    const { round, purpose, deadline } = this.said;
    onEvent?.({ type: 'asking', round, purpose, deadline });
    await link.publish(this.topics.round, encodeAnnouncement(this.said), { isRetained: true });
  }

  /** Asks again; who has answered answers again. */
  repeat(): void {
    const { link } = this.options;
    link.publish(this.topics.round, encodeAnnouncement(this.said), { isRetained: true }).catch(() => {});
  }

  /** Says something to one participant; one that is gone gets it anew when it is back. */
  async send(client: number, message: Uint8Array): Promise<void> {
    await this.options.link.publish(this.topics.mine(client), message).catch(() => {});
  }

  /** Tells a participant, and the dashboard, why what it sent does not count. */
  refuse(client: number, round: number, reason: string): void {
    this.options.onEvent?.({ type: 'refused', client, round, reason });
    void this.send(client, encodeRefusal({ client, round }, reason));
  }

  /** Takes over what a round tells everybody: the change of the model, and the weights that validation has chosen. */
  see(event: RoundEvent): void {
    if (event.type === 'broadcast-sent' && event.message) {
      const { modelRound: previousModelRound } = this.said;
      this.said = { ...this.said, previousModelRound, modelRound: event.round, step: event.message };
    } else if (event.type === 'evaluated' && !Number.isNaN(event.validation.ndcg10)) {
      this.said = { ...this.said, mix: event.mix, order: event.order };
    }
  }
}
