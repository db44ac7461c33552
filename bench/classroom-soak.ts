// A class for hours, in minutes: many participants, of whom some leave and some come back in each round, and some are hostile. Memory must
// be flat, no round may be lost, and the digest must be that of a replay. SOAK=100x40 asks for 100 participants and 40 rounds.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ClassFolder } from '../lib/classroom/class-folder.ts';
import { replayClass } from '../lib/classroom/replay.ts';
import { serveClass } from '../lib/classroom/serve-class.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import { completeSettings } from '../lib/federated/settings.ts';
import { type Bench, markdownTable } from './bench.ts';

const [clients, rounds] = (process.env.SOAK ?? '1000x200').split('x').map(Number) as [number, number];
const [CHURN, HOSTILE, ITEMS] = [0.02, 0.01, 100];
const root = fileURLToPath(new URL('..', import.meta.url));

export const bench: Bench = {
  title: 'A class with people coming and going',
  async run(say) {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-soak-'));
    const out = join(folder, 'out');
    const settings = completeSettings({
      windows: 'off',
      rounds,
      refreshEvery: 10,
      evaluateEvery: 1000,
      factors: 8,
    });
    const [merged, heap, times]: [number[], number[], number[]] = [[], [], []];
    let [refused, began] = [0, 0];
    let nextRound = () => {};
    const served = await serveClass({
      ...{ recipe: fedtlrec, settings, seats: clients, code: 'soak', out, isResumed: false },
      items: Array.from({ length: ITEMS }, (_, item) => ({ id: `i${item}`, title: `${item}` })),
      ...{ port: 0, host: '127.0.0.1', pages: new Map(), deadline: 20_000, quorum: 0.5 },
      startWith: Math.floor(clients * (1 - HOSTILE)) - 1,
      asksForFigures: false,
      onEvent(event) {
        if (event.type === 'asking' && event.purpose === 'train') {
          began = performance.now();
          nextRound();
        } else if (event.type === 'refused') refused++;
        else if (event.type === 'updates-merged') {
          times.push(performance.now() - began);
          merged.push(event.clients);
          collectGarbage();
          heap.push(process.memoryUsage().heapUsed / 1e6);
          if (merged.length % 10 === 0)
            say(`round ${merged.length}: ${event.clients} merged, ${heap.at(-1)!.toFixed(1)} MB`);
        }
      },
    });
    const words = ['bench/soak-crowd.ts', `http://127.0.0.1:${served.port}`, 'soak'];
    const sizes = [clients, CHURN, HOSTILE].map(String);
    const crowd = spawn(process.execPath, ['--import', 'tsx', ...words, ...sizes], {
      ...{ cwd: root, stdio: ['pipe', 'ignore', 'inherit'] },
    });
    nextRound = () => void crowd.stdin!.write('\n');
    const digest = await served.finish();
    if (crowd.exitCode === null) await once(crowd, 'exit');
    await served.close();
    const replayed = await replayClass(await ClassFolder.open(out), fedtlrec);
    rmSync(folder, { recursive: true, force: true });
    const middle = (values: readonly number[]) =>
      [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
    const tenth = Math.ceil(rounds / 10);
    return [
      `SOAK=${clients}x${rounds} sets the size. fedtlrec over ${ITEMS} items. In each round ${CHURN * 100} % of the participants leave and those who left before come back; ${HOSTILE * 100} %
are hostile and send damage, wrong rounds and noise. All participants in one process beside the server's. Milliseconds, median; heap of the
server's process after a collection, in MB, median of the first and of the last tenth of the rounds.`,
      markdownTable(
        [
          'participants',
          'rounds',
          'merged',
          'fewest',
          'refused',
          'round',
          'heap, first',
          'heap, last',
          'replay',
        ],
        [
          [
            ...[
              String(clients),
              String(merged.length),
              middle(merged).toFixed(0),
              Math.min(...merged).toFixed(0),
            ],
            ...[String(refused), middle(times).toFixed(0), middle(heap.slice(0, tenth)).toFixed(1)],
            ...[
              middle(heap.slice(-tenth)).toFixed(1),
              replayed.digest === digest ? 'same digest' : 'another digest',
            ],
          ],
        ],
      ),
    ].join('\n\n');
  },
};
