// Differences client by client: figures by hand, and words that follow from the numbers at every extreme.
import test from 'tape';
import type { Trace } from '../../lib/trace/trace.ts';
import { pairedFigures, pairedText } from '../../viewer/paired.ts';
import type { View } from '../../viewer/view.ts';

const trace = (ids: string[], metrics = ['hr10', 'ndcg10']) =>
  ({ about: { ids, clients: ids.map((_, at) => at), metrics } }) as unknown as Trace;
const ids = ['a', 'b', 'c', 'd'];

/** NDCG@10 of each client; HR@10 is 1. */
const figures = (values: number[]) => Float32Array.from(values.flatMap((value) => [1, value]));

function textOf(a: number[], b: number[]): string {
  const runs = [
    { label: 'A', trace: trace(ids) },
    { label: 'B', trace: trace(ids) },
  ];
  const knownOf = [a, b].map((values) => ({ evaluation: { evaluation: { perClient: figures(values) } } }));
  return pairedText({ runs, knownOf, run: 0, metric: 'ndcg10' } as unknown as View);
}

test('the difference is a mean over clients with its standard error; clients without a figure are left out', (t) => {
  const of = (values: number[]) => [trace(ids), figures(values)] as const;
  // differences 1, 0, 1, 0: mean 1/2, standard deviation √(1/3), by √4
  const found = pairedFigures(of([1, 0, 1, 0]), of([0, 0, 0, 0]), 'ndcg10')!;
  t.equal(found.mean, 0.5);
  t.ok(Math.abs(found.standardError - Math.sqrt(1 / 3) / 2) < 1e-12);
  const fewer = pairedFigures(of([1, 0, Number.NaN, 0]), of([0, 0, 0, 0]), 'ndcg10')!;
  t.equal(fewer.clients, 3);
  t.equal(
    pairedFigures(of([1, Number.NaN, Number.NaN, 0]), of([0, 0, 0, Number.NaN]), 'ndcg10'),
    null,
    'one client',
  );
  t.end();
});

test('runs over other clients, or without the metric, are not compared', (t) => {
  const a = [trace(ids), figures([1, 1, 1, 1])] as const;
  t.equal(pairedFigures(a, [trace(['a', 'b', 'c', 'e']), figures([0, 0, 0, 0])], 'ndcg10'), null);
  t.equal(pairedFigures(a, [trace(['a', 'b', 'c']), figures([0, 0, 0])], 'ndcg10'), null);
  t.equal(pairedFigures(a, [trace(ids, ['hr10', 'hr10']), figures([0, 0, 0, 0])], 'ndcg10'), null);
  t.equal(pairedFigures(a, [trace(ids), new Float32Array(0)], 'ndcg10'), null, 'figures were dropped');
  t.end();
});

test('the words follow from the numbers', (t) => {
  t.match(textOf([1, 0, 1, 0], [0, 1, 0, 1]), /A − B = \+\.000 ± \.577 over 4 clients, no more than chance/);
  t.match(
    textOf([0.5, 0.5, 0.5, 0.5], [0, 0, 0, 0]),
    /\+\.500 ± \.000 over 4 clients, more than chance gives/,
  );
  t.match(textOf([0, 0, 0, 0], [0.5, 0.5, 0.5, 0.5]), /−\.500 ± \.000 .* more than chance gives/);
  t.match(textOf([1, 0, 1, 0], [0, 0, 0, 0]), /\+\.500 ± \.289 .* which may be chance/);
  t.match(textOf([0, 0, 0, 0], [0, 0, 0, 0]), /\+\.000 ± \.000 .* no more than chance gives/);
  t.end();
});
