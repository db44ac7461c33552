import * as math from 'mathjs';
import test from 'tape';
import { chooseLoops } from '../../lib/fast/choose-loops.ts';
import { AttentionAggregator } from '../../lib/federated/attention-aggregator.ts';
import { Memory } from '../../lib/federated/memory.ts';
import { completeSettings, type Settings } from '../../lib/federated/settings.ts';
import type { Update } from '../../lib/federated/wire.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { closeTo } from '../reference.ts';

const items = 12;
const clients = 9;

/** Nine clients in two groups; client 8 never sends. Their tokens are the messages' last columns. */
function messages(): { tokens: number[][]; updates: Update[] } {
  const rng = randomStream(2, 'aggregator');
  const tokens = Array.from({ length: 8 }, (_, client) =>
    Array.from({ length: items }, (__, item) => rng.normal() + (item % 2 === client % 2 ? 1 : 0)),
  );
  const updates = tokens.map((token, client) => ({
    client,
    round: 1,
    rows: Uint32Array.from(token.keys()),
    rank: 1,
    dims: 3,
    left: Float32Array.from(token),
    right: client % 2 === 0 ? Float32Array.of(1, 0.1 * client, 1) : Float32Array.of(-1, 0.1 * client, 1),
    extra: new Float32Array(0),
  }));
  return { tokens, updates };
}

function aggregate(settings: Partial<Settings>, updates: Update[]) {
  const complete = completeSettings({ factors: 2, ...settings });
  const aggregator = new AttentionAggregator(clients, items, complete, new Memory(), chooseLoops('tiled'));
  for (const update of updates) aggregator.receive(update);
  const events = [...aggregator.refresh(1)];
  return { aggregator, events };
}

function partsOf(aggregator: AttentionAggregator, block: number[]): number[][] {
  const out = new Float32Array(block.length * items);
  aggregator.personalParts(Uint32Array.from(block), out);
  return block.map((_, row) => Array.from(out.subarray(row * items, (row + 1) * items)));
}

/** δ_u from its definition, with mathjs. */
function expectedPart(tokens: number[][], client: number, temperatures: number[]): number[] {
  const mean = math.mean(tokens, 0) as unknown as number[];
  const centred = tokens.map((token) => math.subtract(token, mean) as number[]);
  const cosine = (other: number) =>
    math.dot(centred[client]!, centred[other]!) /
    (Number(math.norm(centred[client]!)) * Number(math.norm(centred[other]!)));
  const others = tokens.map((_, other) => other).filter((other) => other !== client);
  const weights = math.mean(
    temperatures.map((tau) => {
      const exponentials = others.map((other) => Math.exp(cosine(other) / tau));
      return math.divide(exponentials, math.sum(exponentials)) as number[];
    }),
    0,
  ) as unknown as number[];
  const mixed = others.reduce(
    (sum, other, at) => math.add(sum, math.multiply(weights[at]!, centred[other]!)) as number[],
    new Array<number>(items).fill(0),
  );
  const rms = Math.sqrt(mixed.reduce((sum, value) => sum + value * value, 0) / items);
  return mixed.map((value) => value / rms);
}

test('the personal part is masked softmax attention over centred tokens, scaled to rms 1', (t) => {
  const { tokens, updates } = messages();
  const one = aggregate({ clusters: 1, temperature: 0.3 }, updates).aggregator;
  partsOf(one, [0, 1, 5]).forEach((part, row) => {
    closeTo(t, part, expectedPart(tokens, [0, 1, 5][row]!, [0.3]), 'one head', 1e-4);
  });
  const three = aggregate({ clusters: 1, temperature: 0.3, heads: 3 }, updates).aggregator;
  closeTo(t, partsOf(three, [4])[0]!, expectedPart(tokens, 4, [0.3, 0.6, 1.2]), 'three heads', 1e-4);
  t.end();
});

test('K-means on the directions of the user vectors finds the groups, and attention stays inside them', (t) => {
  const { updates } = messages();
  const { aggregator, events } = aggregate({ clusters: 2, probes: 1 }, updates);
  const clustered = events[0];
  if (clustered?.type !== 'clients-clustered') throw new Error('clients-clustered must come first');
  const groups = Array.from(clustered.labels.subarray(0, 8), (label) => label === clustered.labels[0]);
  t.deepEqual(groups, [true, false, true, false, true, false, true, false]);
  const before = partsOf(aggregator, [0])[0]!;
  const changed = updates.map((update) =>
    update.client === 3 ? { ...update, left: update.left.map((v) => -v) } : update,
  );
  const inside = partsOf(aggregate({ clusters: 2, probes: 1 }, changed).aggregator, [0])[0]!;
  const everyone = partsOf(aggregate({ clusters: 2, probes: 2 }, changed).aggregator, [0])[0]!;
  const distance = (a: number[], b: number[]) => Math.hypot(...a.map((value, at) => value - b[at]!));
  t.ok(distance(everyone, before) > 0.1, 'with both clusters probed, client 3 of the other group counts');
  t.ok(distance(inside, before) < distance(everyone, before), 'inside its own cluster it counts less');
  t.end();
});

test('probing every cluster is attention between all clients', (t) => {
  const { updates } = messages();
  const parts = (settings: Partial<Settings>) => partsOf(aggregate(settings, updates).aggregator, [0, 3, 7]);
  const expected = parts({ clusters: 1 });
  parts({ clusters: 3, probes: 3 }).forEach((part, row) => {
    closeTo(t, part, expected[row]!, 'three clusters, all probed', 1e-5);
  });
  t.end();
});

test('nobody attends to itself, or to a client that was never heard', (t) => {
  const { updates } = messages();
  const part = (changed: Update[]) => partsOf(aggregate({ clusters: 1 }, changed).aggregator, [0, 8]);
  const alone = part(updates.slice(0, 1));
  t.deepEqual(alone[0], new Array(items).fill(0), 'the only client has nobody to attend to');
  t.deepEqual(part(updates)[1], new Array(items).fill(0), 'an unknown client gets zeros, not NaN');
  t.deepEqual(
    part(updates)[0],
    partsOf(aggregate({ clusters: 1 }, updates).aggregator, [0])[0],
    'whoever asks with it',
  );
  t.end();
});

test('a token that outgrows what it was at the refresh keeps its sign', (t) => {
  const { updates } = messages();
  const { aggregator } = aggregate({ clusters: 1 }, updates.slice(0, 2));
  const left = new Float32Array(items);
  left[3] = 1000;
  aggregator.receive({ ...updates[0]!, left });
  const part = partsOf(aggregator, [1])[0]!;
  t.ok(part[3]! > 2, `client 1 has only client 0 to attend to, which wants item 3: ${part[3]}`);
  t.ok(part.every(Number.isFinite));
  t.end();
});

test('the order of messages does not change the result', (t) => {
  const { updates } = messages();
  const forwards = partsOf(aggregate({ clusters: 2 }, updates).aggregator, [0, 2]);
  const backwards = partsOf(aggregate({ clusters: 2 }, [...updates].reverse()).aggregator, [0, 2]);
  t.deepEqual(backwards, forwards);
  t.end();
});

test('blocks hold every client once and never mix clusters', (t) => {
  const { aggregator, events } = aggregate({ clusters: 2 }, messages().updates);
  const labels = events[0]?.type === 'clients-clustered' ? events[0].labels : new Int32Array(0);
  const blocks = aggregator.blocks(3);
  t.deepEqual(
    blocks.flatMap((block) => Array.from(block)).sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
  );
  for (const block of blocks) t.equal(new Set(Array.from(block, (client) => labels[client])).size, 1);
  t.end();
});

test('in a large federation the centroids come from a sample, and every client is assigned to its nearest one', (t) => {
  const [many, few] = [21_000, 4];
  const complete = completeSettings({ factors: 2 });
  const aggregator = new AttentionAggregator(many, few, complete, new Memory(), chooseLoops());
  for (let client = 0; client < many; client++) {
    const angle = (client % 7000) / 1000; // three clients each look the same way
    aggregator.receive({
      ...{
        client,
        round: 1,
        rows: Uint32Array.of(client % few),
        rank: 1,
        dims: 3,
        extra: new Float32Array(0),
      },
      left: Float32Array.of(1),
      right: Float32Array.of(Math.cos(angle), Math.sin(angle), 1),
    });
  }
  const [clustered] = [...aggregator.refresh(1)];
  if (clustered?.type !== 'clients-clustered') throw new Error('clients-clustered must come first');
  const { labels } = clustered;
  t.equal(clustered.clusters, 42, 'one cluster per 500 clients');
  t.equal(new Set(labels).size, 42, 'every cluster has members, every client a cluster');
  t.ok(
    labels.every((label, client) => client < 7000 || label === labels[client - 7000]),
    'alike means together',
  );
  t.end();
});
