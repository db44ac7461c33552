// What makes figures say less than they seem to: few candidates, few users, nobody who trained. In: facts of the data and
// the rounds; out: sentences, which stand above every table, in JSON and in reports.
import { type Metrics, metrics } from '../evaluation/metrics.ts';
import { CUTOFF, SAMPLED_NEGATIVES } from '../evaluation/rank-worth.ts';
import type { DatasetFacts } from './dataset.ts';
import { counted, grouped, share } from './figures.ts';
import type { RoundRow } from './round-rows.ts';

/** Below this, a single user moves a mean by more than a tenth. */
const FEWEST_USERS = 10;
const [firstMetric] = metrics;

/** What the data alone make of the figures. */
export function dataWarnings({ candidates, evaluatedUsers }: DatasetFacts, guessing: Metrics): string[] {
  const { fewest, most, alone } = candidates;
  const warnings: string[] = [];
  if (fewest <= SAMPLED_NEGATIVES) {
    const range = fewest === most ? counted(most, 'candidate') : `${fewest} to ${grouped(most)} candidates`;
    const figure = `${firstMetric.label} ${share(guessing[firstMetric.name])}`;
    warnings.push(`a held-out item is ranked among ${range}, not among 100: guessing gets ${figure}`);
  }
  if (most > 0 && most <= CUTOFF) {
    warnings.push(`there are at most ${CUTOFF} candidates: ${firstMetric.label} is 1 whatever the model`);
  }
  if (alone > 0) {
    const who = `${grouped(alone)} of ${counted(evaluatedUsers, 'user')}`;
    warnings.push(`${who} touched every other item: the held-out one comes first whatever the model`);
  }
  if (evaluatedUsers < FEWEST_USERS) {
    warnings.push(`only ${counted(evaluatedUsers, 'user')} can be evaluated: the figures may be chance`);
  }
  return warnings;
}

/** What the rounds make of them; a recipe without rounds or clients has none. */
export function participationWarnings(rows: readonly RoundRow[]): string[] {
  const rounds = rows.filter(({ trained }) => trained !== null);
  const empty = rounds.filter(({ trained }) => trained === 0).length;
  if (empty === 0) return [];
  if (empty === rounds.length) {
    return ['nobody took part in any round: nothing was trained, these are the figures of the random start'];
  }
  return [`nobody took part in ${empty} of ${counted(rounds.length, 'round')}`];
}

/** As labelled facts. */
export function warningFacts(warnings: readonly string[]): [label: string, text: string][] {
  return warnings.map((text, place) => [place === 0 ? 'Warning' : '', text]);
}
