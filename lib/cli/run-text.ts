// The sentences and headings that the tables of several commands share. Every table says under which protocol its
// figures were measured, and a protocol that leaks is called so.
import { chooseMetrics } from '../evaluation/metric-choice.ts';
import { type AnyMetric, type Metrics, metrics } from '../evaluation/metrics.ts';
import { SAMPLED_NEGATIVES } from '../evaluation/rank-worth.ts';
import { defaultSettings, type Protocol, type Settings } from '../federated/settings.ts';
import type { PrivacySpent } from '../privacy/defence.ts';
import type { Baselines, DatasetFacts } from './dataset.ts';
import { bytesText, counted, share, shareWithError } from './figures.ts';
import type { MeasuredRun } from './measured-run.ts';

/** For tables with little room, where no metrics were chosen. */
export const briefMetrics = metrics.filter(({ isBrief }) => isBrief);

/** The metrics that tables show. */
export function metricsShown(settings: Pick<Settings, 'metrics'>): readonly AnyMetric[] {
  return chooseMetrics(settings.metrics).shown;
}

/** Those that are measured user by user, of which differences can be taken. */
export function perUserAmong(shown: readonly AnyMetric[]): readonly AnyMetric[] {
  return shown.filter(({ candidates }) => candidates !== 'lists');
}

/** Headings of metrics. */
export function metricTitles(shown: readonly AnyMetric[] = metrics): string[] {
  return shown.map(({ label }) => label);
}

/** Figures with their standard errors, as cells; those of the lists of all users have none. */
export function metricCells(
  means: Metrics,
  errors: Metrics,
  write: (value: number, error: number) => string = shareWithError,
  shown: readonly AnyMetric[] = metrics,
): string[] {
  return shown.map(({ name }) => {
    const [mean = Number.NaN, error] = [means[name], errors[name]];
    return error === undefined ? share(mean) : write(mean, error);
  });
}

/** Rows of what guessing and popularity get, without errors: nothing in them is drawn at random. */
export function baselineRows(
  { guessing, popularity }: Baselines,
  shown: readonly AnyMetric[] = metrics,
): string[][] {
  const row = (label: string, figures: Metrics) => [label, ...metricCells(figures, figures, share, shown)];
  return [row('guessing', guessing), row('popularity', popularity)];
}

/** The same, but for a recipe that is compared anyway. */
export function missingBaselines(
  comparison: Baselines & { readonly recipes: readonly { readonly recipe: string }[] },
  shown: readonly AnyMetric[] = metrics,
): string[][] {
  const present = comparison.recipes.map(({ recipe }) => recipe);
  return baselineRows(comparison, shown).filter(([label]) => !present.includes(label!));
}

/** The protocol in a few words, for the heading of a table. */
export function protocolName(protocol: Protocol): string {
  return protocol === 'released'
    ? 'protocol released: IT LEAKS, these figures measure no recommendation'
    : 'protocol leak-free';
}

/** What the figures mean, as labelled facts. */
export function protocolFacts(
  protocol: Protocol,
  { evaluatedUsers, split, columns, candidates }: DatasetFacts,
  shown: readonly AnyMetric[] = metrics,
): [label: string, text: string][] {
  const titlesOf = (kind: AnyMetric['candidates']) =>
    metricTitles(shown.filter(({ candidates }) => candidates === kind)).join(', ');
  const meanings = [
    ['sampled', `${titlesOf('sampled')}: expected among ${othersText(candidates)}`],
    ['all', 'full: among all unseen items'],
    ['lists', `${titlesOf('lists')}: of the best 10 unseen items of every user`],
  ].flatMap(([kind, text]) => (shown.some(({ candidates }) => candidates === kind) ? [text] : []));
  const held =
    split === 'latest'
      ? "each user's latest item is the test, the one before it the validation"
      : `two random items of each user are test and validation (${columns?.isTold ? 'no column of times was named' : 'the data have no times'})`;
  const facts: [string, string][] = [
    ['Protocol', `${protocol}: ${held}; ${counted(evaluatedUsers, 'user')}`],
    ['', meanings.join('; ')],
  ];
  if (protocol === 'released') {
    facts.push([
      '',
      'THIS LEAKS: held-out items are never drawn as negatives, so the model learns which ones they are',
    ]);
  }
  return facts;
}

/** The other candidates of sampled figures, where there are as many as the field wants, or as there are. */
function othersText({ fewest, most }: DatasetFacts['candidates']): string {
  if (fewest > SAMPLED_NEGATIVES) return `${SAMPLED_NEGATIVES} random unseen items`;
  if (most > SAMPLED_NEGATIVES) return `up to ${SAMPLED_NEGATIVES} random unseen items`;
  return `all unseen items, which are fewer than ${SAMPLED_NEGATIVES + 1}`;
}

/** The settings that matter most, in one line. */
export function settingsLine(
  settings: Settings,
  backend: string,
  isRefitted: boolean,
  isOrdered: boolean,
): string {
  const parts = [`${settings.rounds} rounds`, `d ${settings.factors}`, `rank ${settings.rank}`];
  const cannot = settings.recency !== null && !isRefitted;
  parts.push(
    `recency ${settings.recency ?? 'off'}${cannot ? ' (not used: it needs times and a user vector)' : ''}`,
  );
  if (settings.windows === 'off') parts.push('windows off');
  else if (!isOrdered) parts.push('windows off (the data have no times)');
  else if (settings.epsilon !== null || settings.padding > 0)
    parts.push('windows off (they would tell what is to be hidden)');
  if (settings.clientOptimizer !== defaultSettings.clientOptimizer)
    parts.push(`${settings.clientOptimizer} at home`);
  if (settings.serverOptimizer !== 'auto') parts.push(`${settings.serverOptimizer} at the server`);
  if (settings.proximal > 0) parts.push(`pulled back with μ ${settings.proximal}`);
  if (settings.fraction < 1) parts.push(`fraction ${settings.fraction}`);
  if (settings.dropout > 0) parts.push(`dropout ${settings.dropout}`);
  if (settings.silentShare > 0)
    parts.push(`${settings.silentShare} silent after round ${settings.silentAfter}`);
  if (settings.codec !== defaultSettings.codec) parts.push(`codec ${settings.codec}`);
  if (settings.epsilon !== null) parts.push(`ε ${settings.epsilon}`);
  if (settings.clip !== null) parts.push(`clip ${settings.clip}`);
  if (settings.padding > 0) parts.push(`padding ${settings.padding}`);
  if (settings.combine !== 'sum') parts.push(`combine ${settings.combine}`);
  if (settings.attack !== 'none')
    parts.push(
      `${settings.liars} of the clients lie (${settings.attack}, strength ${settings.attackStrength})`,
    );
  return [...parts, `backend ${backend}`].join(', ');
}

/** What the server's strategy costs in memory, as a labelled fact; nothing where it keeps no update. */
export function keptFacts({ rows }: Pick<MeasuredRun, 'rows'>): [label: string, text: string][] {
  const most = Math.max(0, ...rows.map(({ bytesKept = 0 }) => bytesKept));
  return most === 0
    ? []
    : [['Memory', `the server kept ${bytesText(most)} of updates side by side in a round`]];
}

/** The ε that was spent, as a labelled fact; none where no noise was asked for. */
export function privacyFacts({ summary, settings, rows }: MeasuredRun): [label: string, text: string][] {
  const { privacy, rounds, dataset } = summary;
  const isEverybody = rows.every(({ clients }) => clients === dataset.users);
  if (privacy) return [['Privacy', privacyText(privacy, rounds, isEverybody)]];
  return settings.epsilon === null || rounds === 0
    ? []
    : [['Privacy', 'nothing was sent, so no ε was spent']];
}

/** The ε that was spent, as a sentence; who was absent has spent less. */
function privacyText(
  { epsilon, delta, noise, clip, noiseScale }: PrivacySpent,
  rounds: number,
  isEverybody: boolean,
): string {
  const spent = `ε ${Number(epsilon.toPrecision(4))}${delta > 0 ? `, δ ${delta}` : ''}`;
  const scale = Number(noiseScale.toPrecision(3));
  const who = isEverybody
    ? `each client spent ${spent} over ${counted(rounds, 'round')}`
    : `a client that sent in every one of ${counted(rounds, 'round')} spent ${spent}, one that sent nothing spent none`;
  return `${who}: clip ${clip}, ${noise} noise of scale ${scale}`;
}

/** What came once in a run, and what use it is, as a labelled fact; none without windows. */
export function windowFacts({ bytesOncePerClient, order }: WindowFigures): [label: string, text: string][] {
  if (bytesOncePerClient === 0) return [];
  const use = order
    ? `it counts with weight ${order.weight} and span ${order.span}`
    : 'on validation, scores are better without it';
  return [
    [
      'Windows',
      `once, each client receives a table of ${bytesText(bytesOncePerClient)} of what comes next; ${use}`,
    ],
  ];
}

type WindowFigures = Pick<MeasuredRun['summary'], 'bytesOncePerClient' | 'order'>;

/** What one client sends and receives in a round, as a clause. */
export function trafficClause(up: number, down: number): string {
  return `sends ${bytesText(up)} and receives ${bytesText(down)}`;
}
