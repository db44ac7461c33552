// A whole run as a job: what the asker sends, what a worker's thread does with it, and how the result becomes a run as if it had been
// trained here. In: a recipe, settings and data; out: a `MeasuredRun` with the files of its folder.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../federated/settings.ts';
import type { Job } from '../queue/job.ts';
import { pack, unpack } from '../queue/packed.ts';
import type { ThreadJob } from '../queue/threads.ts';
import { recipeNamed } from '../training/recipes.ts';
import { openBackend } from './backend.ts';
import { type Dataset, loadDataset } from './dataset.ts';
import { type MeasuredRun, measureRun } from './measured-run.ts';
import { checkedSettings } from './options.ts';
import type { ReadingOptions } from './reading-options.ts';

/** What a worker must know of a run. */
export interface RunRequest {
  readonly recipe: string;
  readonly settings: Settings;
  /** The loops; a worker that does not have them cannot do the job. */
  readonly backend: string;
  /** How to read the data; null for the embedded ones. */
  readonly reading: (ReadingOptions & { readonly name: string }) | null;
  /** Bytes of a recording; null for none. */
  readonly traceBytes: number | null;
  /** Whether the trained model is wanted. */
  readonly saves: boolean;
}

/** A run that came back. */
export interface ReturnedRun {
  readonly run: MeasuredRun;
  /** The files of the run's folder, by name. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/** @param data checksum of the ratings file; null for the embedded data */
export function runJob(request: RunRequest, data: string | null): Job {
  return {
    kind: 'run',
    name: `${request.recipe}, seed ${request.settings.seed}`,
    request,
    data: data === null ? [] : [data],
  };
}

/** @throws QueueError if the bytes are not what a worker gives back */
export function returnedRun(bytes: Uint8Array): ReturnedRun {
  return unpack(bytes) as ReturnedRun;
}

/** Writes the files of a returned run into an existing folder. */
export async function writeReturned(folder: string, { files }: ReturnedRun): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    if (/^[\w.-]+$/.test(name)) await writeFile(join(folder, name), bytes, { flush: true });
  }
}

/** Does runs, each as the command line would; the data of the last one are kept for the next. */
export function runOf(): (job: ThreadJob) => Promise<Uint8Array> {
  let kept: { readonly key: string; readonly dataset: Promise<Dataset> } | null = null;
  return async ({ request, files }) => {
    const asked = request as RunRequest;
    const settings = checkedSettings(asked.settings);
    const path = asked.reading ? files[0]! : 'synthetic';
    const key = JSON.stringify([path, asked.reading, settings.metrics]);
    if (kept?.key !== key) kept = { key, dataset: loadDataset(path, asked.reading ?? {}, settings.metrics) };
    return trained(asked, settings, await kept.dataset);
  };
}

async function trained(request: RunRequest, settings: Settings, dataset: Dataset): Promise<Uint8Array> {
  const { users, items } = dataset.split.train;
  const backend = await openBackend(request.backend, users, items);
  const folder = request.saves ? await mkdtemp(join(tmpdir(), 'fedtlrec-run-')) : null;
  try {
    const run = await measureRun({
      ...{
        choice: { recipe: await recipeNamed(request.recipe), module: null },
        dataset,
        settings,
        backend,
        folder,
      },
      options: { workers: 0, queue: undefined, out: undefined },
      interrupt: { check: async () => {}, signal: new AbortController().signal },
      outputs: { isAny: true, attempt: (_, write) => write().then(() => true) },
      printing: { hasEnded: false },
      traceBytes: request.traceBytes ?? undefined,
    });
    return pack({ run, files: folder ? await filesIn(folder) : {} });
  } finally {
    backend.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  }
}

async function filesIn(folder: string): Promise<Record<string, Uint8Array>> {
  const names = await readdir(folder);
  const read = async (name: string) => [name, new Uint8Array(await readFile(join(folder, name)))] as const;
  return Object.fromEntries(await Promise.all(names.map(read)));
}
