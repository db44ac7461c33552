// 12. One module alone. Every model of the library can be used without the rest; here K-means finds the palette of a
// picture. No federation, no recommendation.
//
// Run: npx tsx examples/12-only-kmeans.ts
// Installed: import { kmeans } from 'fedtlrec/kmeans'
//            import { fromRows } from 'fedtlrec/matrix'
//            import { randomStream } from 'fedtlrec/random'
import { kmeans } from '../lib/model/kmeans.ts';
import { fromRows, toRows } from '../lib/numeric/matrix.ts';
import { randomStream } from '../lib/numeric/rng.ts';
import { fixed, printTable, say } from './print.ts';

const [width, height] = [36, 9];
const rng = randomStream(1, 'picture');
const pixels = Array.from({ length: width * height }, (_, at) => paint(at % width, Math.floor(at / width)));

// #region palette
const { labels, centroids, iterations } = kmeans(fromRows(pixels), {
  clusters: 4,
  rng: randomStream(1, 'start'),
});
// #endregion palette

say(
  `A picture of ${pixels.length} pixels in as many colours; K-means finds four, after ${iterations} steps:`,
);
const palette = toRows(centroids);
const byBrightness = [...palette.keys()].sort((a, b) => brightness(palette[a]!) - brightness(palette[b]!));
const inks = ['#', '+', '-', '.'];
for (let y = 0; y < height; y++) {
  const row = Array.from({ length: width }, (_, x) => inks[byBrightness.indexOf(labels[y * width + x]!)]);
  console.log(`    ${row.join('')}`);
}
console.log();
printTable(
  ['ink', 'red', 'green', 'blue', 'pixels'],
  byBrightness.map((cluster, place) => [
    inks[place]!,
    ...palette[cluster]!.map((value) => fixed(value, 0)),
    labels.filter((label) => label === cluster).length,
  ]),
);

/** Sky, sun, hills and field, each in its colour with some noise: [red, green, blue]. */
function paint(x: number, y: number): number[] {
  const isSun = (x - 27) ** 2 / 4 + (y - 2) ** 2 < 3;
  const isHill = y > 4.5 + 1.5 * Math.sin(x / 4);
  const colour = isSun ? [250, 220, 90] : y > 6 ? [40, 90, 30] : isHill ? [90, 110, 120] : [150, 200, 250];
  return colour.map((value) => value + 8 * rng.normal());
}

function brightness(colour: readonly number[]): number {
  return colour.reduce((sum, value) => sum + value, 0);
}
