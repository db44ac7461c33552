// How fast the viewer draws on this machine: `node --import tsx scripts/measure-viewer.ts`. Records 100 rounds of 400 clients, opens
// the viewer in a real browser (chromium without a screen and without a GPU, so a screen is faster), scrubs through all moments
// forwards and backwards, once where the page begins, with the picture of the round on screen, and once where the panels are, and prints
// the setting, the time of a frame and its parts, and whether that is 58 frames a second or more. On a machine that does other work
// besides, the processor's time of a frame is the figure to look at. Needs `npm --prefix test/browser ci`.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fedtlrec, leaveOneOut, openRun, syntheticRatings } from '../lib/index.ts';
import { writeReport } from '../lib/node/report.ts';
import { TraceRecorder } from '../lib/trace/recorder.ts';
import { encodeTrace } from '../lib/trace/trace-file.ts';
import { closeBrowser, withPage } from '../test/browser/browser.ts';

/** Frames a second below which scrubbing is felt to stutter. */
const FLUENT = 58;
const width = 1440;
const [processor] = cpus();
console.log(
  `setting: ${cpus().length} × ${processor?.model.trim()}, load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}, ${width} pixels wide`,
);
const settings = {
  rounds: 100,
  clusters: 4,
  heads: 2,
  dropout: 0.2,
  refreshEvery: 4,
  evaluateEvery: 2,
  serverLearningRate: 0.1,
};
const { ratings, groupOf, itemGroupOf } = syntheticRatings({ users: 400, items: 500, groups: 4 });
const run = openRun(fedtlrec, leaveOneOut(ratings), { settings });
const recorder = new TraceRecorder(run, 'fedtlrec', {
  sizes: { clients: 400, owners: 40, focus: 6 },
  truth: { users: groupOf, items: itemGroupOf },
});
for await (const event of run.rounds({ watch: recorder.watch })) recorder.add(event);
const trace = recorder.finish();
console.log(`trace of ${trace.rounds.length} rounds: ${Math.round(encodeTrace(trace).length / 1000)} KB`);

const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-frames-'));
try {
  const file = join(folder, 'report.html');
  const said = { title: 'frames', facts: [], tables: [], commands: [], configuration: {} };
  await writeReport(file, { ...said, runs: [{ label: 'fedtlrec', trace }] }, Infinity);
  await withPage({ width }, async ({ page, errors, cpuParts }) => {
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('[data-ready]');
    for (const [place, selector] of [
      ['the picture of the round', '#report'],
      ['the panels', '.fv-panels'],
    ] as const) {
      await page.evaluate((wanted) => document.querySelector(wanted)!.scrollIntoView(), selector);
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
      const before = await cpuParts();
      const { moments, work, between } = await page.evaluate(scrub);
      const after = await cpuParts();
      const [cpu, script, layout] = (['all', 'script', 'layout'] as const).map(
        (part) => (1000 * (after[part] - before[part])) / work.length,
      ) as [number, number, number];
      console.log(`\nin view: ${place}; load ${loadavg()[0]!.toFixed(1)}`);
      console.log(`${moments} moments, forwards and backwards: ${work.length} frames`);
      console.log(
        `processor time of the page: ${cpu.toFixed(1)} ms a frame; 60 frames a second leave 16.7 ms`,
      );
      console.log(
        `of these, programs ${script.toFixed(1)}, styles and layout ${layout.toFixed(1)}, painting and handing over ${(cpu - script - layout).toFixed(1)}`,
      );
      console.log(`drawing a frame: ${spread(work)}`);
      console.log(`from one frame to the next: ${spread(between)}`);
      console.log(verdict(1000 / mean(between), cpu));
    }
    if (errors.length > 0) console.log(errors);
  });
} finally {
  rmSync(folder, { recursive: true });
  await closeBrowser();
}

function verdict(rate: number, cpu: number): string {
  const why =
    cpu < 1000 / FLUENT
      ? ', because other work keeps the processor: the time of a frame would allow them'
      : '';
  return `${rate.toFixed(0)} frames a second: ${rate >= FLUENT ? 'fluent' : `fewer than ${FLUENT}${why}`}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))]!.toFixed(1);
  return `median ${at(0.5)} ms, 95 % below ${at(0.95)} ms, longest ${at(1)} ms`;
}

/** Draws every moment once forwards and once backwards; runs in the page. Times are in milliseconds. */
async function scrub(): Promise<{ moments: number; work: number[]; between: number[] }> {
  const slider = document.querySelector('.fv-timeline input') as HTMLInputElement;
  const last = Number(slider.max);
  const path = [...Array(last + 1).keys(), ...[...Array(last + 1).keys()].reverse()];
  const work: number[] = [];
  const between: number[] = [];
  let before = 0;
  for (const at of path) {
    slider.value = String(at);
    slider.dispatchEvent(new Event('input'));
    // The viewer has asked for this frame first, so it has drawn when this is called.
    const begin = await new Promise<number>((resolve) =>
      requestAnimationFrame((start) => {
        work.push(performance.now() - start);
        resolve(start);
      }),
    );
    if (before > 0) between.push(begin - before);
    before = begin;
  }
  return { moments: last + 1, work, between };
}
