// Blocks of clients, measured and shown lists: against scores that a small program makes up, so that all can be worked out by hand.
import { createHash } from 'node:crypto';
import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { forEachMetric, metrics, metricsOf } from '../../lib/evaluation/metrics.ts';
import { rankOf } from '../../lib/evaluation/ranking.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import type { Program } from '../../lib/federated/recipe.ts';
import { completeSettings } from '../../lib/federated/settings.ts';
import { mentionedItems } from '../../lib/trace/mentioned-items.ts';
import { concatenate, digestOf } from '../../lib/training/digest.ts';
import {
  blockSizeFor,
  type EvaluationTask,
  evaluateBlock,
  scatter,
  variantsOf,
} from '../../lib/training/evaluate.ts';
import { countItems, recommendBlock } from '../../lib/training/recommend-block.ts';
import { recommendItems, scoresFor } from '../../lib/training/recommend-items.ts';
import { bestScoring, mixesToTry } from '../../lib/training/rounds.ts';

const items = 14;
/** Users 0 and 2 have five items each, user 1 one. */
const split = leaveOneOut({
  ...{ name: 'toy', users: ['a', 'b', 'c'], items: Array.from({ length: items }, (_, item) => `i${item}`) },
  ...{ offsets: Uint32Array.of(0, 5, 6, 11), itemOf: Uint32Array.of(0, 1, 2, 3, 4, 5, 9, 8, 7, 6, 5) },
  ...{ values: new Float64Array(11).fill(1), times: Float64Array.from({ length: 11 }, (_, at) => at) },
});

const baseOf = (client: number, item: number) => ((item * 5 + client * 3) % 13) / 4;
const partOf = (client: number, item: number) => ((item * 7 + client) % 11) / 8;

/** A program of made-up scores; what comes next adds weight times span to item 13. */
const program = {
  hasPersonalParts: true,
  score(client: number, _: number | null, out: Float32Array) {
    for (let item = 0; item < items; item++) out[item] = baseOf(client, item);
  },
  personalParts(block: Uint32Array, out: Float32Array) {
    block.forEach((client, row) => {
      for (let item = 0; item < items; item++) out[row * items + item] = partOf(client, item);
    });
  },
  whatComesNext: {
    add(_: number, { weight, span }: { weight: number; span: number }, out: Float32Array) {
      out[13]! += weight * span;
    },
  },
} as unknown as Program;

const order = { weight: 2, span: 0.75 };
const scoresBy = (client: number, mix: number, isOrdered: boolean) =>
  Float32Array.from({ length: items }, (_, item) =>
    Math.fround(
      Math.fround(baseOf(client, item) + (isOrdered && item === 13 ? 1.5 : 0)) +
        Math.fround(Math.fround(mix) * partOf(client, item)),
    ),
  );

test('a block is measured for every weight and every way of order, row by row', (t) => {
  const block = Uint32Array.of(2, 1, 0);
  for (const part of ['test', 'validation'] as const) {
    const task = { part, recency: null, mixes: [0, 0.5, 1], orders: [null, order] };
    const variants = variantsOf(task);
    t.deepEqual(variants.map(({ mix, order: own }) => [mix, own !== null]), [[0, false], [0.5, false], [1, false], [0, true], [0.5, true], [1, true]]); // biome-ignore format: one line
    const measured = evaluateBlock(program, { split, loops: plainLoops }, block, task);
    t.equal(measured.length, 6 * 3 * metrics.length);
    variants.forEach(({ mix, order: own }, variant) => {
      const figures = Object.fromEntries(metrics.map(({ name }) => [name, new Float64Array(3).fill(-1)])) as never as Record<string, Float64Array>; // biome-ignore format: one line
      scatter(measured, block, variant, figures as never);
      for (const client of [0, 2]) {
        const trained = split.train.itemOf.subarray(
          split.train.offsets[client],
          split.train.offsets[client + 1],
        );
        const also = part === 'test' ? split.validation[client]! : -1;
        const wanted = metricsOf(
          rankOf(scoresBy(client, mix, own !== null), split[part][client]!, trained, also),
        );
        for (const { name } of metrics) t.equal(figures[name]![client], wanted[name], `${part}, ${variant}, ${client}, ${name}`); // biome-ignore format: one line
      }
      t.ok(Number.isNaN(figures.hr10![1]!), 'nothing of the second user is held out');
    });
  }
  t.end();
});

test('lists hold the ten best unseen items by the mixed scores, and items are counted over clients', (t) => {
  for (const [mix, own] of [
    [0, null],
    [0.5, null],
    [0.5, order],
  ] as const) {
    // biome-ignore format: one line
    for (const part of ['test', 'validation'] as const) {
      const lists = recommendBlock(program, { split } as never, Uint32Array.of(0, 1, 2), { part, recency: null, mix, order: own }); // biome-ignore format: one line
      const wanted = [0, 1, 2].flatMap((client) => {
        const scores = scoresBy(client, mix, own !== null);
        const { offsets, itemOf } = split.train;
        const known = [...itemOf.subarray(offsets[client], offsets[client + 1])];
        if (part === 'test' && split.validation[client]! >= 0) known.push(split.validation[client]!);
        const unseen = Array.from(scores.keys()).filter((item) => !known.includes(item));
        return unseen.sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, 10);
      });
      t.deepEqual([...lists], wanted, `${part}, ${mix}`);
      const counts = new Uint32Array(items);
      countItems(lists, counts);
      t.deepEqual([...counts], Array.from({ length: items }, (_, item) => wanted.filter((one) => one === item).length)); // biome-ignore format: one line
    }
  }
  t.end();
});

test('each item of a list has its personal part, the first and the last as well', (t) => {
  for (const item of [0, items - 1]) {
    const personalParts = (block: Uint32Array, out: Float32Array) => {
      out.fill(0);
      block.forEach((_, row) => {
        out[row * items + item] = 1000;
      });
    };
    const lists = recommendBlock({ ...program, hasPersonalParts: true, personalParts } as Program, { split } as never, Uint32Array.of(2), { part: 'test', recency: null, mix: 1, order: null }); // biome-ignore format: one line
    t.equal(lists[0], item);
  }
  t.end();
});

test('one client’s scores are those of its device, and its best items those it has not trained on', (t) => {
  const rounded = (scores: Float32Array) => Array.from(scores, (score) => Math.round(score * 1e5));
  for (const [mix, own] of [[0, null], [0.5, null], [0.5, order]] as const) // biome-ignore format: one line
    t.deepEqual(rounded(scoresFor(program, items, 2, { recency: null, mix, order: own })), rounded(scoresBy(2, mix, own !== null))); // biome-ignore format: one line
  const best = recommendItems(program, split, 2, { recency: null, mix: 0.5, order, count: 2 });
  const scores = scoresBy(2, 0.5, true);
  const unseen = Array.from(scores.keys()).filter((item) => ![9, 8, 7].includes(item));
  t.deepEqual(best.map(({ item }) => item), unseen.sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, 2)); // biome-ignore format: one line
  t.equal(
    recommendItems(program, split, 2, { recency: null, mix: 0, count: 99 }).length,
    11,
    'all that there are',
  );
  const without = { ...program, hasPersonalParts: false } as Program;
  t.deepEqual(scoresFor(without, items, 2, { recency: null, mix: 9 }), scoresBy(2, 0, false));
  t.end();
});

test('blocks have from 128 to 256 clients, an eighth of all in between', (t) => {
  t.deepEqual([1, 1024, 1025, 2041, 2048, 1e6].map(blockSizeFor), [128, 128, 129, 256, 256, 256]);
  t.end();
});

test('a digest is SHA-256 over names and arrays in the order of names, without notes', async (t) => {
  const hash = (...parts: (string | Uint8Array)[]) => {
    const made = createHash('sha256');
    for (const part of parts) made.update(part);
    return made.digest();
  };
  const [a, b] = [Float32Array.of(1, 2), Uint8Array.of(3)];
  const wanted = hash('a\n', hash(new Uint8Array(a.buffer)), 'b\n', hash(b)).toString('hex');
  t.equal(await digestOf({ b, a }), wanted);
  t.equal(await digestOf({ b, a: new Float32Array([9, 1, 2, 9]).subarray(1, 3) }), wanted, 'a view of more');
  t.notEqual(await digestOf({ b, c: a }), wanted);
  t.deepEqual(
    concatenate([Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)]),
    Uint8Array.of(1, 2, 3),
  );
  t.equal(concatenate([]).length, 0);
});

test('of several ways to score the best is chosen, one with order only if it is ahead by more than its error', async (t) => {
  const choose = async (quality: (variant: number) => number[], changed = {}, hasParts = true) => {
    const settings = completeSettings(changed);
    const executor = {
      evaluate: async (task: EvaluationTask) =>
        variantsOf(task).map((_, variant) => forEachMetric(() => Float64Array.from(quality(variant)))),
    };
    const { mix, order: own, validation } = await bestScoring({ hasPersonalParts: hasParts } as Program, settings, executor as never, [null, order]); // biome-ignore format: one line
    return [mix, own !== null, validation.ndcg10];
  };
  const count = mixesToTry.length;
  t.deepEqual(
    await choose((variant) => [variant % count === 2 ? 0.5 : 0.25, 0.5]),
    [mixesToTry[2], false, 0.5],
    'the best β',
  );
  t.deepEqual(await choose(() => [0.5, 0.25]), [0, false, 0.375], 'the first of equals');
  t.deepEqual(await choose((variant) => (variant === count + 1 ? [0.75, 0.5] : [0.5, 0.25])), [mixesToTry[1], true, 0.625], 'alike ahead for all'); // biome-ignore format: one line
  t.deepEqual(await choose((variant) => (variant < count ? [0.5, 0.25] : [1, 0])), [0, false, 0.375], 'ahead for one, behind for the other'); // biome-ignore format: one line
  t.deepEqual(await choose((variant) => (variant < 1 ? [0.5, 0.25] : [0.75, 0.5]), { mix: 0.2 }), [0.2, true, 0.625], 'a β that was told'); // biome-ignore format: one line
  t.deepEqual(await choose(() => [0.5, 0.25], {}, false), [0, false, 0.375], 'no personal part');
});

test('items that a trace mentions are in its lists, updates and steps', (t) => {
  const list = (...items: number[]) => Int32Array.from(items);
  const trace = {
    start: { heldOut: list(7, -1), top: { items: list(9, 0, -1) } },
    rounds: [
      { details: null, evaluation: null },
      { details: { updates: [{ rows: list(4, 7) }, { rows: list(1) }], step: { rows: list(12) } }, evaluation: { top: null } }, // biome-ignore format: one line
      { details: { updates: [], step: null }, evaluation: { top: { items: list(3, -1) } } },
    ],
  };
  t.deepEqual(mentionedItems(trace as never), [0, 1, 3, 4, 7, 9, 12]);
  t.end();
});
