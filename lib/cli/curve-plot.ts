// Learning curves for a terminal: one line of bars a recipe, all on the same scale.
// In: points (x, y) per recipe; out: lines of text. Drawn against rounds, and against what a client has sent and
// received, where the cheap recipes are further to the left.
import { CRITERION, criterionLabel, type Metrics } from '../evaluation/metrics.ts';
import type { Baselines } from './dataset.ts';
import { megabytesText, share } from './figures.ts';
import type { RoundRow } from './round-rows.ts';

/** One evaluation: the figures on validation, and what one client has sent and received so far. */
export interface CurvePoint extends Metrics {
  readonly round: number;
  readonly megabytes: number;
}

export interface Curve {
  readonly label: string;
  /** In order. Only the metric that rounds are chosen by is drawn. */
  readonly points: readonly Pick<CurvePoint, 'round' | 'megabytes' | typeof CRITERION>[];
}

const BARS = '▁▂▃▄▅▆▇█';
const COLUMNS = 56;
const heightOf = (point: Curve['points'][number]) => point[CRITERION];

/** The evaluations of a run. */
export function curveOf(rows: readonly RoundRow[]): CurvePoint[] {
  return rows.flatMap(({ round, megabytesPerClient: megabytes, validation }) =>
    validation ? [{ round, megabytes, ...validation }] : [],
  );
}

/** The curves against rounds, then against megabytes; recipes without rounds are left out. */
export function plotCurves(curves: readonly Curve[], baselines?: Baselines): string[] {
  const learning = curves.filter(({ points }) => points.length > 1);
  if (learning.length === 0) return [];
  const heights = learning.flatMap(({ points }) => points.map(heightOf));
  const range: Range = [Math.min(...heights), Math.max(...heights)];
  const rounds = Math.max(...learning.flatMap(({ points }) => points.map(({ round }) => round)));
  const width = Math.max(...learning.map(({ label }) => label.length));
  const line = (label: string, bars: string, end: string) =>
    `${label.padEnd(width)}  ${bars.padEnd(COLUMNS)}  ${end}`;
  const lines = [
    `Learning curve: ${criterionLabel} on validation, from ${share(range[0])} (▁) to ${share(range[1])} (█)${beside(baselines)}`,
    line('', axis('round 0', `round ${rounds}`), 'best'),
    ...learning.map(({ label, points }) => {
      const bars = sparkline(
        points.map((point) => [point.round, heightOf(point)]),
        [0, rounds],
        range,
      );
      return line(label, bars, share(Math.max(...points.map(heightOf))));
    }),
  ];
  const talking = learning.filter(({ points }) => points[0]!.megabytes > 0);
  if (talking.length === 0) return lines;
  const least = Math.min(...talking.map(({ points }) => points[0]!.megabytes));
  const most = Math.max(...talking.map(({ points }) => points.at(-1)!.megabytes));
  return [
    ...lines,
    line('', axis(megabytesText(least), megabytesText(most)), 'in all'),
    ...talking.map(({ label, points }) => {
      const onLogScale = points.map((point) => [Math.log(point.megabytes), heightOf(point)] as const);
      const bars = sparkline(onLogScale, [Math.log(least), Math.log(most)], range);
      return line(label, bars, megabytesText(points.at(-1)!.megabytes));
    }),
    `${''.padEnd(width)}  sent and received by one client so far, on a logarithmic scale`,
  ];
}

function beside(baselines: Baselines | undefined): string {
  if (!baselines) return '';
  const { guessing, popularity } = baselines;
  return `; guessing ${share(guessing[CRITERION])}, popularity ${share(popularity[CRITERION])}`;
}

type Range = readonly [least: number, most: number];

/** One bar a column: the latest point up to there. Blank before the first point and after the last. */
function sparkline(
  points: readonly (readonly [x: number, y: number])[],
  [left, right]: Range,
  range: Range,
): string {
  const lastX = points.at(-1)![0];
  let bars = '';
  for (let column = 0; column < COLUMNS; column++) {
    const begin = left + ((right - left) * column) / COLUMNS;
    const end = left + ((right - left) * (column + 1)) / COLUMNS;
    const isPast = column > 0 && begin >= lastX;
    const reached = points.filter(([x]) => x <= end + 1e-9).at(-1);
    bars += reached && !isPast ? barOf(reached[1], range) : ' ';
  }
  return bars;
}

function barOf(value: number, [least, most]: Range): string {
  const height = most > least ? (value - least) / (most - least) : 1;
  return BARS[Math.min(BARS.length - 1, Math.floor(height * BARS.length))]!;
}

function axis(left: string, right: string): string {
  return `${left} ${'·'.repeat(Math.max(1, COLUMNS - left.length - right.length - 2))} ${right}`;
}
