// A training whose messages a curious server reads: how well a client's items are told from those it only drew, by client.
import { itemsOf, leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import type { Update } from '../../lib/federated/wire.ts';
import { areaUnderCurve, itemScores, recoverUserVector } from '../../lib/privacy/attack.ts';
import { train } from '../../lib/training/train.ts';
import { type Plugged, pluggedOf } from './plugged.ts';

export async function plug(): Promise<Plugged> {
  const { ratings } = syntheticRatings({ users: 60, items: 80, meanRatings: 12, seed: 4 });
  const split = leaveOneOut(ratings);
  const { items, users } = split.train;
  const areas = new Map<number, number[]>();
  const vectors: string[] = [];
  const settings = { rounds: 3, evaluateEvery: 1, factors: 6, clusters: 3, heads: 2 };
  const run = await train(fedtlrec, split, {
    settings,
    loops: plainLoops,
    watch: Array.from({ length: users }, (_, user) => user),
    onEvent: (event) => {
      if (event.type !== 'update-sent') return;
      const list = areas.get(event.round) ?? [];
      list.push(areaOf(event.client, event.update));
      areas.set(event.round, list);
      vectors.push(String(recoverUserVector(event.update)));
    },
  });

  function areaOf(client: number, update: Update): number {
    const touched = new Uint8Array(items);
    for (const item of itemsOf(split.train, client)) touched[item] = 1;
    return areaUnderCurve(itemScores(update, items, 'last-column'), touched, update.rows);
  }

  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    ...pluggedOf(run),
    measure: 'area under the curve of the attack',
    curve: [...areas].map(([round, values]) => ({ round, value: mean(values) })),
    perUser: [...areas.values()].at(-1) ?? [],
    digest: `${run.digest}-${fingerprint(JSON.stringify([[...areas], vectors]))}`,
  };
}

/** FNV-1a of a text, 32 bits. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
