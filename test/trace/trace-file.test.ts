import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { decodeSafetensors, encodeSafetensors } from '../../lib/numeric/safetensors.ts';
import { recipeNamed } from '../../lib/peers/index.ts';
import { knownAt, momentsOf } from '../../lib/trace/moments.ts';
import { TraceRecorder } from '../../lib/trace/recorder.ts';
import type { Trace } from '../../lib/trace/trace.ts';
import { decodeTrace, encodeTrace, TraceError } from '../../lib/trace/trace-file.ts';
import { openRun } from '../../lib/training/open-run.ts';

const { ratings } = syntheticRatings({ users: 30, items: 40, groups: 2, scenesPerGroup: 2, meanRatings: 8 });

async function smallTrace(): Promise<Trace> {
  const settings = { rounds: 3, evaluateEvery: 2, refreshEvery: 2, factors: 3, clusters: 2, dropout: 0.4 };
  const run = openRun(recipeNamed('fedtlrec'), leaveOneOut(ratings), { settings });
  const recorder = new TraceRecorder(run, 'fedtlrec', { sizes: { clients: 10, owners: 4, focus: 1 } });
  for await (const event of run.rounds({ watch: recorder.watch })) recorder.add(event);
  return recorder.finish();
}

/** Everything, with the types of the arrays, and NaN, which equals nothing, as a word. */
function asText(value: unknown): string {
  return JSON.stringify(value, (_, part) => {
    if (ArrayBuffer.isView(part)) return [part.constructor.name, ...(part as Float32Array)].map(String);
    return typeof part === 'number' && Number.isNaN(part) ? 'NaN' : part;
  });
}

test('a trace comes back from its file as it was, absent clients included', async (t) => {
  const trace = await smallTrace();
  const back = decodeTrace(encodeTrace(trace));
  t.equal(asText(back), asText(trace));
  t.ok([...trace.rounds[0]!.details!.losses].some(Number.isNaN), 'somebody was absent');
  t.deepEqual(encodeTrace(back), encodeTrace(trace), 'the same bytes');
});

test('replay: the timeline of a file shows the numbers of the run, forwards and backwards', async (t) => {
  const trace = await smallTrace();
  const replayed = decodeTrace(encodeTrace(trace));
  const moments = momentsOf(replayed);
  t.deepEqual(
    moments.filter(({ round }) => round === 2).map(({ phase }) => phase),
    [
      'train',
      'send',
      'broadcast',
      ...trace.rounds[1]!.refresh!.steps.map(() => 'cluster'),
      'attend',
      'evaluate',
    ],
    'the phases of a round with a refresh; K-means step by step',
  );
  t.deepEqual(
    moments.filter(({ round }) => round === 1).map(({ phase }) => phase),
    ['train', 'send', 'broadcast'],
  );
  const forwards = moments.map((moment) => knownAt(trace, moment));
  const backwards = [...moments].reverse().map((moment) => knownAt(replayed, moment));
  t.equal(asText(backwards.reverse()), asText(forwards));
});

test('what is known at a moment is what had happened by then, nothing of the future', async (t) => {
  const trace = await smallTrace();
  const known = (round: number, phase: string) =>
    knownAt(trace, momentsOf(trace).find((moment) => moment.round === round && moment.phase === phase)!);
  const start = knownAt(trace, momentsOf(trace)[0]!);
  t.deepEqual([start.details, start.refresh, start.evaluation, start.sentRounds], [null, null, null, 0]);
  t.equal(known(2, 'train').details!.round.round, 2);
  t.equal(known(2, 'train').sentRounds, 1, 'what round 2 sends has not been sent yet');
  t.equal(known(2, 'send').sentRounds, 2);
  t.equal(known(2, 'broadcast').refresh, null);
  t.equal(known(2, 'cluster').refresh!.step, 0, 'the first step of K-means comes first');
  t.equal(known(2, 'cluster').attention, null);
  t.equal(known(2, 'attend').refresh!.step, trace.rounds[1]!.refresh!.steps.length - 1);
  t.equal(known(2, 'attend').evaluation, null);
  t.equal(known(3, 'train').evaluation!.round.round, 2, 'the latest evaluation stays in view');
});

test('a file that is no trace, or a damaged one, is refused with the reason', async (t) => {
  const bytes = encodeTrace(await smallTrace());
  const { tensors, metadata } = decodeSafetensors(bytes);
  const changed = (change: (tree: ReturnType<typeof JSON.parse>) => void) => {
    const tree = JSON.parse(metadata.trace!);
    change(tree);
    return encodeSafetensors({ tensors, metadata: { ...metadata, trace: JSON.stringify(tree) } });
  };
  const { 'rounds.0.details.losses': losses, ...others } = tensors;
  const cases: [string, Uint8Array, RegExp][] = [
    ['cut off', bytes.subarray(0, bytes.length - 3), /cut off/],
    ['empty', new Uint8Array(0), /at least 8 bytes/],
    [
      'other file',
      encodeSafetensors({ tensors: {}, metadata: {} }),
      /format must be fedtlrec-trace, got none/,
    ],
    [
      'later version',
      encodeSafetensors({ tensors, metadata: { ...metadata, version: '2' } }),
      /version must be 1, got 2/,
    ],
    ['no JSON', encodeSafetensors({ tensors, metadata: { ...metadata, trace: '{' } }), /not JSON/],
    [
      'array gone',
      encodeSafetensors({ tensors: others, metadata }),
      /array rounds.0.details.losses is missing/,
    ],
    [
      'array short',
      encodeSafetensors({
        tensors: { ...others, 'rounds.0.details.losses': { shape: [9], data: losses!.data.slice(0, 9) } },
        metadata,
      }),
      /rounds.0.details.losses must have 10 entries, got 9/,
    ],
    [
      'a client that is not there',
      changed((tree) => {
        tree.about.clients[3] = 30;
      }),
      /about.clients.3 must be a whole number below 30, got 30/,
    ],
    [
      'a setting out of range',
      changed((tree) => {
        tree.about.settings.heads = 0;
      }),
      /settings: heads must be/,
    ],
    [
      'a figure that is none',
      changed((tree) => {
        tree.rounds[1].evaluation.validation.hr10 = '1';
      }),
      /rounds.1.evaluation.validation.hr10 must be a number, got 1/,
    ],
    [
      'no rounds',
      changed((tree) => {
        delete tree.rounds;
      }),
      /rounds must be a list/,
    ],
  ];
  for (const [name, damaged, reason] of cases) {
    try {
      decodeTrace(damaged);
      t.fail(`${name}: accepted`);
    } catch (error) {
      t.ok(error instanceof TraceError, `${name}: a TraceError`);
      t.match((error as Error).message, reason);
    }
  }
});
