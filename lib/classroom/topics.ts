// Who may say what to whom: the topics of a run. Every participant publishes to two of its own and listens to two; none has a
// wildcard. In: the run and a client's number; out: names for the broker.

/** The name by which the broker knows a participant, and the last part of its topics. */
export function clientName(client: number): string {
  return `client-${client}`;
}

/** The server's name at the broker; no participant can have it. */
export const serverName = 'server';

/** The topics of a run. */
export interface Topics {
  /** The server to everybody, retained: what is asked for now. */
  readonly round: string;
  /** A participant to the server: updates and figures. */
  up(client: number): string;
  /** The server to one participant: its personal part, the whole model, refusals. */
  mine(client: number): string;
  /** A participant to the server, retained, and said for it by the broker when the line breaks: who is here. */
  here(client: number): string;
  /** What the server listens to: everything that participants publish. */
  readonly ofAll: readonly string[];
}

export function topicsOf(run: string): Topics {
  const topic = (what: string) => (client: number) => `fed/${run}/${what}/${clientName(client)}`;
  return {
    round: `fed/${run}/round`,
    up: topic('up'),
    mine: topic('mine'),
    here: topic('here'),
    ofAll: [`fed/${run}/up/+`, `fed/${run}/here/+`],
  };
}

/** The client's number that a topic such as `fed/RUN/up/client-7` ends with. */
export function clientOfTopic(topic: string): number {
  return Number(/\/client-(\d{1,9})$/.exec(topic)?.[1] ?? Number.NaN);
}

/** What a participant may publish to. */
export function mayPublish(run: string, client: number): readonly string[] {
  const { up, here } = topicsOf(run);
  return [up(client), here(client)];
}

/** What a participant may subscribe to. */
export function maySubscribe(run: string, client: number): readonly string[] {
  const { round, mine } = topicsOf(run);
  return [round, mine(client)];
}
