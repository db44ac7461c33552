// The start page's first rounds: `docs/playground/first-run.json`, the frames of the run that the playground opens with. Written by
// `npm run examples:update`; a test compares it with a fresh run.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defaultConfiguration } from '../docs/playground/configuration.ts';
import {
  FIRST_ROUNDS,
  firstFocus,
  inventedRatings,
  settingsOf,
  traceSizes,
} from '../docs/playground/run-of.ts';
import { leaveOneOut } from '../lib/data/split.ts';
import { momentsOf } from '../lib/trace/moments.ts';
import { TraceRecorder } from '../lib/trace/recorder.ts';
import { openRun } from '../lib/training/open-run.ts';
import { allParts } from '../lib/training/parts.ts';
import { recipeNamed } from '../lib/training/recipes.ts';
import type { FlowFrame } from '../viewer/flow/flow-frame.ts';
import { flowFrame } from '../viewer/flow/frame-of.ts';

export const firstRunFile = fileURLToPath(new URL('../docs/playground/first-run.json', import.meta.url));

export interface FirstRun {
  /** Which client in focus it is about: `show.focus` in the playground's address. */
  readonly focus: number;
  readonly frames: readonly FlowFrame[];
}

/** The frames of the first rounds; of K-means in later rounds than the first, only the end. */
export async function firstRun(): Promise<FirstRun> {
  const { a, b: _, ...shared } = defaultConfiguration;
  const { ratings, truth } = inventedRatings(defaultConfiguration);
  const recipe = await recipeNamed(a.recipe);
  const run = openRun(recipe, leaveOneOut(ratings), {
    settings: settingsOf({ ...shared, a, b: null }, a, recipe.defaults ?? {}, ratings),
    parts: allParts,
  });
  const recorder = new TraceRecorder(run, recipe.name, {
    ...{ sizes: traceSizes, truth, users: ratings.users, items: ratings.items },
  });
  for await (const event of run.rounds({ watch: recorder.watch })) {
    if (event.type === 'round-started' && event.round > FIRST_ROUNDS) break;
    recorder.add(event);
  }
  const trace = recorder.finish();
  const kept = momentsOf(trace).filter(({ place, phase, step, round }) => {
    const last = (trace.rounds[place]?.refresh?.steps.length ?? 1) - 1;
    return phase !== 'cluster' || step === last || (round === 1 && step < 3);
  });
  const focus = firstFocus(trace.about);
  return { focus, frames: kept.map((moment) => flowFrame(trace, moment, { focus, head: 0 })) };
}

/** One frame a line. */
export function firstRunText({ focus, frames }: FirstRun): string {
  return `{"focus":${focus},"frames":[\n${frames.map((frame) => JSON.stringify(frame)).join(',\n')}\n]}\n`;
}

export async function updateFirstRun(): Promise<void> {
  writeFileSync(firstRunFile, firstRunText(await firstRun()));
}
