// Clients of a run on their way to lesson 6: their ids and the cosines of their tokens, as words of an address. The lesson's
// stepper reads them back and shows its steps with these clients instead of its own.
import type { FlowFrame } from './flow-frame.ts';

export interface ChosenTokens {
  readonly clients: readonly string[];
  /** [clients, clients] */
  readonly cosines: readonly (readonly number[])[];
}

const COUNT = 5;

/** `?clients=…&cosines=…` of the phone in focus, the two most like it, and the two least; '' while there are no tokens. */
export function attentionLink({ tokens, phones, focus }: FlowFrame): string {
  if (!tokens) return '';
  const cosine = (u: number, v: number) => tokens[u * phones.length + v]!;
  const others = phones.map((_, phone) => phone).filter((phone) => phone !== focus);
  others.sort((a, b) => cosine(focus, b) - cosine(focus, a));
  const chosen = [focus, ...others.slice(0, 2), ...others.slice(2).slice(-2)];
  const pairs = chosen.flatMap((u, at) => chosen.slice(at + 1).map((v) => cosine(u, v)));
  const words = new URLSearchParams({
    clients: chosen.map((phone) => phones[phone]!.id).join('~'),
    cosines: pairs.join('~'),
  });
  return chosen.length === COUNT ? `?${words}` : '';
}

/** What such an address says; null where it says nothing that can be shown. */
export function readAttentionLink(search: string): ChosenTokens | null {
  const words = new URLSearchParams(search);
  const clients = (words.get('clients') ?? '').split('~').map((id) => id.slice(0, 12));
  const pairs = (words.get('cosines') ?? '').split('~').map(Number);
  const isWhole =
    clients.length === COUNT && new Set(clients).size === COUNT && pairs.length === (COUNT * (COUNT - 1)) / 2;
  if (!isWhole || !pairs.every((cosine) => Math.abs(cosine) <= 1)) return null;
  const cosines = clients.map(() => clients.map(() => 1));
  let at = 0;
  for (let u = 0; u < COUNT; u++) {
    for (let v = u + 1; v < COUNT; v++) {
      cosines[u]![v] = pairs[at]!;
      cosines[v]![u] = pairs[at++]!;
    }
  }
  return { clients, cosines };
}
