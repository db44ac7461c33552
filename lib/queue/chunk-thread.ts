// What a worker's thread does with a chunk: builds the run's program, takes in what the asker has sent, lets the chunk's clients have their
// turn, and gives back what they have sent and become. The program is kept for the next chunk of the same run.
import { readFile } from 'node:fs/promises';
import { chooseLoops } from '../fast/choose-loops.ts';
import { Memory } from '../federated/memory.ts';
import type { Program } from '../federated/recipe.ts';
import { completeSettings } from '../federated/settings.ts';
import { expectInteger } from '../numeric/ndarrays.ts';
import { allParts } from '../training/parts.ts';
import { recipeNamed } from '../training/recipes.ts';
import { type ChunkRequest, packArrays, packTrained, unpackArrays, unpackSplit } from './chunk-job.ts';
import { type Outcome, sha256 } from './job.ts';
import type { ThreadJob } from './threads.ts';
import { overwrite, rowsOf, sharedArrays } from './travelling-state.ts';

/** A run whose chunks are trained here. */
interface KnownRun {
  readonly memory: Memory;
  readonly program: Program;
  readonly clients: number;
  /** The file whose arrays the memory has. */
  shared: string | null;
}

/** Trains chunks; the program of the last one is kept for the next. */
export function chunkOf(): (job: ThreadJob) => Promise<Outcome> {
  let kept: { readonly key: string; readonly run: KnownRun } | null = null;
  return async ({ request, files: [split, shared, rows] }) => {
    const asked = request as ChunkRequest;
    const key = JSON.stringify([asked.recipe, asked.settings, asked.loops, split]);
    if (kept?.key !== key) kept = { key, run: await openKnownRun(asked, split!) };
    return trainChunk(kept.run, asked, shared!, rows!);
  };
}

async function openKnownRun({ recipe: name, ...asked }: ChunkRequest, file: string): Promise<KnownRun> {
  const split = unpackSplit(await readFile(file));
  const [memory, settings] = [new Memory(), completeSettings(asked.settings)];
  const recipe = await recipeNamed(name);
  const program = recipe.create({ split, settings, memory, loops: chooseLoops(asked.loops), ...allParts });
  await program.prepare?.();
  return { memory, program, clients: split.train.users, shared: null };
}

async function trainChunk(
  run: KnownRun,
  request: ChunkRequest,
  sharedFile: string,
  rowsFile: string,
): Promise<Outcome> {
  const { memory, program, clients } = run;
  const { round, from, to, watched } = request;
  expectInteger('chunk', 'round', round, 1);
  expectInteger('chunk', 'to', to, 1, clients);
  expectInteger('chunk', 'from', from, 0, to - 1);
  if (run.shared !== sharedFile) {
    run.shared = null; // until all of them are in
    overwrite(sharedArrays(memory), unpackArrays(await readFile(sharedFile)));
    run.shared = sharedFile;
  }
  const rows = rowsOf(memory, from, to);
  overwrite(rows, unpackArrays(await readFile(rowsFile)));
  const result = program.trainChunk(round, from, to, new Set(watched));
  const rowsAfter = packArrays({ run: request.run, round: round + 1, from }, rows);
  return [packTrained(request, { result, rows: sha256(rowsAfter) }), rowsAfter];
}
