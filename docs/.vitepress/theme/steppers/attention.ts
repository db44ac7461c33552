// Lesson 6: attention between five clients in its single steps. The tokens and the result are those of
// examples/05-attention.ts.
import { clients, items, tokens } from '../../../../examples/clients.ts';
import { attentionMask, scaledDotProductAttention } from '../../../../lib/model/attention.ts';
import { softmaxRows } from '../../../../lib/model/softmax.ts';
import { matmul } from '../../../../lib/numeric/matmul.ts';
import { fromRows, toRows, transpose } from '../../../../lib/numeric/matrix.ts';
import type { ChosenTokens } from '../../../../viewer/flow/attention-link.ts';
import { flagInput, numberInput } from './inputs.ts';
import { fixed } from './words.ts';

export { clients, items };

export const inputs = {
  temperature: numberInput('Temperature τ', [0.1, 0.25, 0.5, 1, 2], 0.5),
  ben: flagInput('Ben is there', 'yes'),
};
const wants = toRows(tokens);

/** Somebody else's clients have no Ben. */
export const inputsOfRun = { temperature: inputs.temperature };

export interface AttentionStep {
  readonly title: string;
  readonly caption: string;
  readonly columns: readonly string[];
  /** null where a client may not look. */
  readonly values: readonly (readonly (number | null)[])[];
  readonly full: number;
}

/**
 * What happens between tokens and personal parts.
 *
 * @param temperature τ
 * @param benIsThere whether the server has ever heard of Ben
 */
export function attentionSteps(temperature: number, benIsThere: boolean): AttentionStep[] {
  const heard = Uint8Array.of(1, benIsThere ? 1 : 0, 1, 1, 1);
  const mask = attentionMask(clients.length, { noSelf: true, keyMask: heard })!;
  const mean = items.map((_, item) => wants.reduce((sum, row) => sum + row[item]!, 0) / wants.length);
  const centred = wants.map((row) => row.map((value, item) => value - mean[item]!));
  const directions = fromRows(centred.map((row) => row.map((value) => value / Math.hypot(...row))));
  const cosines = toRows(matmul(directions, transpose(directions)));
  const { weights, output } = scaledDotProductAttention({
    queries: directions,
    keys: directions,
    values: fromRows(centred),
    scale: 1 / temperature,
    mask,
  });
  const masked = (rows: readonly (readonly number[])[]) =>
    rows.map((row, u) => row.map((value, v) => (mask[u * clients.length + v] === 1 ? value : null)));
  const share = weights.get(0, 1);
  return [
    {
      title: 'Tokens T',
      caption: 'Each client has a token: which items it wants more, or less, than the shared model gives it.',
      columns: items,
      values: wants,
      full: 1,
    },
    {
      title: 'T − mean',
      caption: 'The mean token is taken off: what everybody wants says nothing about who is similar.',
      columns: items,
      values: centred,
      full: 1,
    },
    {
      title: 'Cosines',
      caption: `The cosine of two such rows says how similar two clients are: 1 the same, −1 the opposite. Ann and Ben: ${fixed(cosines[0]![1]!, 2)}.`,
      columns: clients,
      values: cosines,
      full: 1,
    },
    {
      title: 'Cosines / τ, masked',
      caption: `Divided by the temperature τ = ${temperature}. A dot is forbidden: oneself${benIsThere ? '' : ', and Ben, of whom the server has never heard'}.`,
      columns: clients,
      values: masked(cosines.map((row) => row.map((value) => value / temperature))),
      full: 1 / temperature,
    },
    {
      title: 'Weights α',
      caption: `The softmax makes shares of them; each row adds up to 1. Ann gives ${(100 * share).toFixed(0)} % of her attention to Ben.`,
      columns: clients,
      values: masked(toRows(weights)),
      full: 1,
    },
    {
      title: 'Personal part',
      caption: `Each client receives what the others want, in these shares. For Comet, Ann gets ${fixed(output.get(0, 2), 2)}; her own token said ${fixed(wants[0]![2]!, 1)}.`,
      columns: items,
      values: toRows(output),
      full: 1,
    },
  ];
}

/**
 * The same steps for clients of a run, of which an address brings the cosines: without their tokens, it begins there.
 *
 * @param temperature τ
 */
export function attentionOfRun(
  { clients: ids, cosines }: ChosenTokens,
  temperature: number,
): AttentionStep[] {
  const scores = cosines.map((row) => row.map((value) => value / temperature));
  const weights = scores.map((row, u) => {
    const [shares] = toRows(softmaxRows(fromRows([row.filter((_, v) => v !== u)])));
    return row.map((_, v) => (v === u ? null : shares![v < u ? v : v - 1]!));
  });
  const [own] = ids;
  const shares = weights[0]!.map((share) => share ?? 0);
  const strongest = shares.indexOf(Math.max(...shares));
  return [
    {
      title: 'Cosines',
      caption: `Five clients of the run that you come from. The cosine of two tokens says how similar two clients are: ${own} and ${ids[1]} have ${fixed(cosines[0]![1]!, 2)}.`,
      columns: ids,
      values: cosines,
      full: 1,
    },
    {
      title: 'Cosines / τ, masked',
      caption: `Divided by the temperature τ = ${temperature}. A dot is forbidden: nobody listens to oneself.`,
      columns: ids,
      values: scores.map((row, u) => row.map((value, v) => (v === u ? null : value))),
      full: 1 / temperature,
    },
    {
      title: 'Weights α',
      caption: `The softmax makes shares of them; each row adds up to 1. ${own} gives ${fixed(100 * shares[strongest]!, 0)} % of its attention to ${ids[strongest]}. In the run the same shares are spread over all clients, so each is smaller there.`,
      columns: ids,
      values: weights,
      full: 1,
    },
  ];
}
