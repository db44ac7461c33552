// How long the rounds of a recipe take in this thread, without evaluation and refresh.
import type { Split } from '../lib/data/split.ts';
import { chooseLoops } from '../lib/fast/choose-loops.ts';
import { Memory } from '../lib/federated/memory.ts';
import type { Recipe } from '../lib/federated/recipe.ts';
import { completeSettings, type Settings } from '../lib/federated/settings.ts';
import { inlineExecutor } from '../lib/training/executor.ts';
import { median } from './bench.ts';
import { cpuSeconds } from './child.ts';

export interface RoundTimes {
  /** Building the program and filling its memory. */
  readonly preparing: number;
  /** The median round, the first one (which warms up) left out where there are others; NaN without rounds. */
  readonly round: number;
  /** Its processor time. */
  readonly cpu: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** Times rounds until there are enough or the limit is over, whichever comes first; at least one. */
export async function timeRounds(
  recipe: Recipe,
  split: Split,
  options: { rounds: number; limit: number; settings?: Partial<Settings> },
): Promise<RoundTimes> {
  const settings = completeSettings({ ...recipe.defaults, ...options.settings, ...recipe.fixed });
  const setup = { split, settings, memory: new Memory(), loops: chooseLoops() };
  const begin = performance.now();
  const program = recipe.create(setup);
  program.initialize();
  const preparing = (performance.now() - begin) / 1000;
  if (!program.hasRounds) return { preparing, round: Number.NaN, cpu: Number.NaN, bytesUp: 0, bytesDown: 0 };
  const executor = inlineExecutor(program, setup);
  const times: number[] = [];
  const cpuTimes: number[] = [];
  let [bytesUp, bytesDown, spent] = [0, 0, 0];
  for (let round = 1; round <= options.rounds && (round === 1 || spent < options.limit); round++) {
    const start = performance.now();
    const cpuStart = cpuSeconds();
    for (const event of program.finishRound(round, await executor.train(round, new Set()))) {
      if (event.type === 'updates-merged') bytesUp = event.bytesUp / Math.max(1, event.clients);
      if (event.type === 'broadcast-sent') bytesDown = event.bytesDown;
    }
    const seconds = (performance.now() - start) / 1000;
    times.push(seconds);
    cpuTimes.push(cpuSeconds() - cpuStart);
    spent += seconds;
  }
  const typical = (values: readonly number[]) => median(values.length > 1 ? values.slice(1) : values);
  return { preparing, round: typical(times), cpu: typical(cpuTimes), bytesUp, bytesDown };
}
