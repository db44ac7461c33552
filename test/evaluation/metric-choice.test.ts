import test from 'tape';
import { chooseMetrics, metricWords } from '../../lib/evaluation/metric-choice.ts';
import { everyMetric, metrics } from '../../lib/evaluation/metrics.ts';

const labelsOf = (words: string) => chooseMetrics(words).shown.map(({ label }) => label);

test('metrics are chosen by name, with or without the 10, and shown in the order of the list', (t) => {
  t.deepEqual(
    labelsOf('usual'),
    metrics.map(({ label }) => label),
  );
  t.deepEqual(
    labelsOf('all'),
    everyMetric.map(({ label }) => label),
  );
  t.deepEqual(labelsOf('gini, map10,hr'), ['HR@10', 'MAP@10', 'Gini@10']);
  t.deepEqual(labelsOf('coverage10,usual').length, metrics.length + 1);
  t.deepEqual(chooseMetrics('hr,map,gini').further, ['map10'], 'what every run measures is not asked for');
  t.deepEqual(chooseMetrics('hr,map,gini').lists, ['gini10']);
  for (const word of metricWords) t.ok(chooseMetrics(word).shown.length > 0, word);
  t.end();
});

test('all metrics have names and labels of their own, and their groups tell how they are measured', (t) => {
  t.equal(new Set(everyMetric.map(({ name }) => name)).size, everyMetric.length);
  t.equal(new Set(everyMetric.map(({ label }) => label)).size, everyMetric.length);
  for (const { name, label, candidates } of everyMetric)
    t.equal(label.startsWith('full '), candidates === 'all', name);
  const brief = everyMetric.filter((metric) => 'isBrief' in metric && metric.isBrief);
  t.deepEqual(
    brief.map(({ name }) => name),
    ['hr10', 'ndcg10', 'mrr10', 'fullHr10'],
    'what narrow tables show',
  );
  t.end();
});
