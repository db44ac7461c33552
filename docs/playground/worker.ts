// The library in a thread of its own: trains one run, records it, and posts each round as soon as it is complete.
// In: a configuration and permission for some rounds; out: rounds of a trace. Nothing here can reach the network.

import { ParseError } from '../../lib/data/parse-error.ts';
import type { Ratings } from '../../lib/data/ratings.ts';
import { leaveOneOut } from '../../lib/data/split.ts';
import { type TraceOptions, TraceRecorder } from '../../lib/trace/recorder.ts';
import { openRun } from '../../lib/training/open-run.ts';
import { allParts } from '../../lib/training/parts.ts';
import { recipeNamed } from '../../lib/training/recipes.ts';
import { askForGpu, deviceFor } from './compute.ts';
import type { Configuration, Variant } from './configuration.ts';
import { fingerprint } from './fingerprint.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import { firstFocus, inventedRatings, settingsOf, traceSizes } from './run-of.ts';

let current = 0; // the run that was begun last; an earlier one ends where it waits
let allowed = 0;
let wake: (() => void) | null = null;

const post = (message: FromWorker) => postMessage(message);

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === 'allow') {
    allowed += data.rounds;
    wake?.();
  } else {
    current++;
    allowed = 0;
    wake?.();
    if (data.asksForGpu) askForGpu(data.configuration.compute).then(post, fail);
    const own = current;
    work(data.configuration, data.variant, data.file, () => own === current).catch(fail);
  }
});

async function work(
  configuration: Configuration,
  variant: Variant,
  file: File | null,
  isCurrent: () => boolean,
): Promise<void> {
  const { ratings, truth, note } = await load(configuration, file);
  const recipe = await recipeNamed(variant.recipe);
  const { users, items: columns } = ratings;
  const run = openRun(recipe, leaveOneOut(ratings), {
    settings: settingsOf(configuration, variant, recipe.defaults ?? {}, ratings),
    parts: allParts,
    device: deviceFor(configuration.compute, users.length, columns.length, post),
  });
  const recorder = new TraceRecorder(run, recipe.name, {
    ...{ sizes: traceSizes, truth, users: ratings.users, items: ratings.items },
    onRound: (round) => post({ type: 'round', round }),
  });
  const { about, start } = recorder.beginning;
  const items = Object.fromEntries(ratings.items.map((id, item) => [item, id]));
  const begun = { about: { ...about, items }, start, weights: fingerprint(run.memory.arrays), note };
  post({ type: 'begun', ...begun, focus: firstFocus(about) });
  if (!(await permission(false, isCurrent))) return;
  for await (const event of run.rounds({ watch: recorder.watch })) {
    recorder.add(event);
    if (event.type === 'round-started' && !(await permission(event.round > 1, isCurrent))) return;
  }
  recorder.finish();
  post({ type: 'idle', isFinished: true });
}

/** Waits until another round is allowed; `counts` if one has just been made. False if another run has begun meanwhile. */
async function permission(counts: boolean, isCurrent: () => boolean): Promise<boolean> {
  if (counts) allowed--;
  if (allowed <= 0 && counts) post({ type: 'idle', isFinished: false });
  await new Promise((resolve) => setTimeout(resolve)); // lets messages in
  while (isCurrent() && allowed <= 0) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  return isCurrent();
}

async function load(
  configuration: Configuration,
  file: File | null,
): Promise<{ ratings: Ratings; truth: TraceOptions['truth']; note: string }> {
  if (configuration.data === 'synthetic') return { ...inventedRatings(configuration), note: '' };
  return { ...(await loadFile(file, configuration.reading)), truth: undefined };
}

async function loadFile(file: File | null, reading: string): Promise<{ ratings: Ratings; note: string }> {
  if (!file) throw new ParseError('the file', null, 'drop it on the page, or choose it once more');
  let reader: typeof import('./dropped-file.ts');
  try {
    reader = await import('./dropped-file.ts'); // most readers drop none, so it is no part of the first load
  } catch {
    throw new ParseError(file.name, null, 'what reads files could not be fetched; is the page still online?');
  }
  return reader.readDropped(file, reading);
}

/** Errors of the form `function: rule, what it got` and those of parsing are about what was given. */
function fail(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  const isInput = error instanceof ParseError || (error instanceof RangeError && /^[\w-]+: /.test(reason));
  post({ type: 'failed', reason, isInput });
}
