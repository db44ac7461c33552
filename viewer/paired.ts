// Which of two runs is ahead, client by client: the mean of the differences with its standard error (Eq. 18). Far smaller than the
// errors of the two means, because easy and hard clients are the same in both.
import type { MetricName } from '../lib/evaluation/metrics.ts';
import { meanAndStandardError } from '../lib/evaluation/protocol.ts';
import type { Trace } from '../lib/trace/trace.ts';
import { share } from './figures.ts';
import type { View } from './view.ts';

export interface Paired {
  readonly clients: number;
  readonly mean: number;
  readonly standardError: number;
}

/**
 * The difference a − b over the clients that both traces follow, from figures [N, metrics] of each.
 *
 * @returns null where the traces are about other clients, or have no figures of single ones
 */
export function pairedFigures(
  [a, figuresOfA]: readonly [Trace, Float32Array],
  [b, figuresOfB]: readonly [Trace, Float32Array],
  metric: MetricName,
): Paired | null {
  const places = [a, b].map(({ about }) => about.metrics.indexOf(metric));
  const [placeInA, placeInB] = places as [number, number];
  if (places.includes(-1) || a.about.clients.join() !== b.about.clients.join()) return null;
  if (a.about.ids.join('\n') !== b.about.ids.join('\n')) return null;
  const differences = a.about.clients.flatMap((_, client) => {
    const ofA = figuresOfA[client * a.about.metrics.length + placeInA];
    const ofB = figuresOfB[client * b.about.metrics.length + placeInB];
    const difference = (ofA ?? Number.NaN) - (ofB ?? Number.NaN);
    return Number.isNaN(difference) ? [] : [difference];
  });
  if (differences.length < 2) return null;
  const [mean, standardError] = meanAndStandardError(differences);
  return { clients: differences.length, mean, standardError };
}

/** The chosen run against each other one, as of their last evaluations up to the moment on screen; '' where nothing can be said. */
export function pairedText(view: View): string {
  const { runs, run, knownOf, metric } = view;
  const figuresOf = (place: number) =>
    knownOf[place]!.evaluation?.evaluation.perClient ?? new Float32Array(0);
  const said = runs.flatMap(({ label, trace }, other) => {
    if (other === run) return [];
    const paired = pairedFigures([runs[run]!.trace, figuresOf(run)], [trace, figuresOf(other)], metric);
    if (!paired) return [];
    const { mean, standardError, clients } = paired;
    const difference = `${mean < 0 ? '−' : '+'}${share(Math.abs(mean))} ± ${share(standardError)}`;
    return [
      `${runs[run]!.label} − ${label} = ${difference} over ${clients} clients, ${verdict(mean, standardError)}`,
    ];
  });
  return said.length === 0 ? '' : `Client by client: ${said.join('; ')}`;
}

function verdict(mean: number, standardError: number): string {
  const size = Math.abs(mean);
  if (size <= standardError) return 'no more than chance gives';
  return size <= 2 * standardError ? 'which may be chance' : 'more than chance gives';
}
