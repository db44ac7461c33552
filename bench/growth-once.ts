// Some rounds of a synthetic federation in a process of its own; see child.ts.
import { leaveOneOut, type Split } from '../lib/data/split.ts';
import { syntheticRatings } from '../lib/data/synthetic.ts';
import { chooseLoops } from '../lib/fast/choose-loops.ts';
import { Memory } from '../lib/federated/memory.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import { completeSettings } from '../lib/federated/settings.ts';
import { inlineExecutor } from '../lib/training/executor.ts';
import { rounds } from '../lib/training/rounds.ts';
import { median } from './bench.ts';
import { cpuSeconds, readRequest, startUsage, type Usage } from './child.ts';

export interface GrowthRequest {
  readonly clients: number;
  readonly items: number;
  readonly positives: number;
  readonly rounds: number;
  /** Whether the attention is refreshed after the rounds. */
  readonly refreshes: boolean;
}

export interface GrowthAnswer extends Usage {
  /** Seconds of the median round. */
  readonly round: number;
  /** Its processor time. */
  readonly cpu: number;
  /** Seconds of the refresh, NaN (null in JSON) if there was none. */
  readonly refresh: number | null;
  readonly interactions: number;
}

const request = readRequest<GrowthRequest>();
const recipe = fedtlrec;
// One round more than asked for: the last one always ends with a refresh, and is not run.
const settings = completeSettings({ rounds: request.rounds + 1, refreshEvery: request.rounds + 1 });
const split = makeSplit();
const usage = startUsage();
const setup = { split, settings, memory: new Memory(), loops: chooseLoops() };
const program = recipe.create(setup);
program.initialize();
const times: number[] = [];
const cpuTimes: number[] = [];
let last = performance.now();
let cpuLast = 0;
for await (const event of rounds(program, settings, inlineExecutor(program, setup), { evaluates: false })) {
  if (event.type === 'round-started') {
    last = performance.now();
    cpuLast = cpuSeconds();
  }
  if (event.type === 'broadcast-sent') {
    times.push((performance.now() - last) / 1000);
    cpuTimes.push(cpuSeconds() - cpuLast);
  }
  if (times.length === request.rounds) break;
}
let refresh: number | null = null;
if (request.refreshes) {
  const start = performance.now();
  for (const _ of program.refresh(request.rounds));
  refresh = (performance.now() - start) / 1000;
}
const answer: GrowthAnswer = {
  ...usage(),
  round: median(times),
  cpu: median(cpuTimes),
  refresh,
  interactions: split.train.itemOf.length,
};
console.log(JSON.stringify(answer));

/** In a function, so that the ratings can be forgotten. */
function makeSplit(): Split {
  const { clients: users, items, positives } = request;
  return leaveOneOut(syntheticRatings({ users, items, meanRatings: positives + 2 }).ratings);
}
