import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../lib/numeric/safetensors.ts';
import { knownAt, momentsOf } from '../../lib/trace/moments.ts';
import { TraceRecorder } from '../../lib/trace/recorder.ts';
import type { Trace, TraceRound } from '../../lib/trace/trace.ts';
import { decodeTrace, encodeTrace, TraceError } from '../../lib/trace/trace-file.ts';
import { openRun } from '../../lib/training/open-run.ts';

const sizesOfWorld = { users: 30, items: 40, groups: 2, scenesPerGroup: 2, meanRatings: 8 };
const { ratings, groupOf, itemGroupOf } = syntheticRatings(sizesOfWorld);

async function smallTrace(): Promise<Trace> {
  const settings = { rounds: 3, evaluateEvery: 2, refreshEvery: 2, factors: 3, clusters: 2, dropout: 0.4 };
  const run = openRun(fedtlrec, leaveOneOut(ratings), { settings });
  const truth = { users: groupOf, items: itemGroupOf };
  const sizes = { clients: 10, owners: 4, focus: 1 };
  const recorder = new TraceRecorder(run, 'fedtlrec', { sizes, truth });
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

test('a round has the phases in which something happened, however little', async (t) => {
  const [, refreshed] = (await smallTrace()).rounds;
  const nothing = {
    trained: 0,
    clients: 0,
    rejected: 0,
    bytesDown: 0,
    details: null,
    refresh: null,
    evaluation: null,
  };
  const { refresh, evaluation } = refreshed!;
  const phasesWith = (changed: Partial<TraceRound>) =>
    momentsOf({ rounds: [{ ...refreshed!, ...nothing, ...changed }] })
      .map(({ phase }) => phase)
      .filter((phase) => phase !== null);
  t.deepEqual(phasesWith({}), []);
  t.deepEqual(phasesWith({ trained: 1 }), ['train']);
  t.deepEqual(phasesWith({ clients: 1 }), ['send']);
  t.deepEqual(phasesWith({ rejected: 1 }), ['send'], 'a rejected message was sent, too');
  t.deepEqual(phasesWith({ bytesDown: 1 }), ['broadcast']);
  t.deepEqual(phasesWith({ refresh: { ...refresh!, clusters: 1, steps: [], peers: 0 } }), ['cluster']);
  t.deepEqual(phasesWith({ refresh: { ...refresh!, clusters: 0, peers: 1 } }), ['attend']);
  t.deepEqual(phasesWith({ evaluation }), ['evaluate']);
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
  t.deepEqual([known(1, 'train').sent, known(1, 'send').merged], [null, null], 'first sent, then merged');
  t.deepEqual(
    ['train', 'send', 'broadcast'].map((phase) => [
      known(2, phase).sent!.round.round,
      known(2, phase).merged!.round.round,
    ]),
    [
      [1, 1],
      [2, 1],
      [2, 2],
    ],
    'messages and step of a round are shown when its phase says so',
  );
  t.equal(known(2, 'broadcast').refresh, null);
  t.equal(known(2, 'cluster').refresh!.step, 0, 'the first step of K-means comes first');
  t.equal(known(2, 'cluster').attention, null);
  t.equal(known(2, 'attend').refresh!.step, trace.rounds[1]!.refresh!.steps.length - 1);
  t.equal(known(2, 'attend').evaluation, null);
  t.equal(known(3, 'train').evaluation!.round.round, 2, 'the latest evaluation stays in view');
});

test('what a later round has not got stays known from the round that had it', async (t) => {
  const full = (await smallTrace()).rounds[1]!;
  const without: TraceRound = {
    ...full,
    round: 3,
    refresh: { ...full.refresh!, clusters: 0, attention: null },
    evaluation: { ...full.evaluation!, top: null },
  };
  const rounds = [full, without];
  const known = knownAt({ rounds }, momentsOf({ rounds }).at(-1)!);
  t.equal(known.refresh!.round, full, 'clusters');
  t.equal(known.refresh!.refresh, full.refresh);
  t.equal(known.refresh!.step, full.refresh!.steps.length - 1);
  t.equal(known.attention!.round, full, 'attention');
  t.equal(known.attention!.refresh, full.refresh);
  t.equal(known.lists!.round, full, 'lists');
  t.equal(known.lists!.evaluation, full.evaluation);
  t.equal(known.evaluation!.round, without, 'the figures are those of the later one');
  t.deepEqual([known.trainedRounds, known.evaluatedRounds], [2, 2]);
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
      encodeSafetensors({ tensors, metadata: { ...metadata, version: '3' } }),
      /version must be 1 or 2, got 3/,
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
      'a figure that is missing',
      changed((tree) => {
        delete tree.rounds[1].evaluation.validation.mrr10;
      }),
      /rounds.1.evaluation.validation.mrr10 must be a number, got undefined/,
    ],
    [
      'a metric more than there are columns',
      changed((tree) => {
        tree.about.metrics.push('auc');
        for (const figures of Object.values<Record<string, number>>(tree.about.baselines)) figures.auc = 0.5;
      }),
      /start.perClient must have 60 entries, got 50/,
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

/** A part of the description by its way through it, such as ['rounds', '0', 'loss']. */
type Path = readonly string[];

/** Every part of a description, one of each kind: of lists the first entry that is there. */
function partsOf(tree: object): Path[] {
  const found = new Map<string, Path>();
  const visit = (value: unknown, path: Path) => {
    const kind = path.map((step) => (/^\d+$/.test(step) ? '#' : step)).join('.');
    if (path.length > 0 && value !== null && !found.has(kind)) found.set(kind, path);
    if (typeof value !== 'object' || value === null || 'array' in value) return;
    for (const [key, part] of Object.entries(value)) visit(part, [...path, key]);
  };
  visit(tree, []);
  return [...found.values()];
}

/** The reason why a file is refused, or that it is not. */
function reasonFor(file: Uint8Array): string {
  try {
    decodeTrace(file);
    return 'accepted';
  } catch (error) {
    return error instanceof TraceError ? error.message : `no TraceError: ${error}`;
  }
}

test('every part of a trace is asked for: a file without it, or with something else in its place, is refused', async (t) => {
  const { tensors, metadata } = decodeSafetensors(encodeTrace(await smallTrace()));
  const tree = JSON.parse(metadata.trace!);
  const reasonAfter = (path: Path, change: (parent: Record<string, unknown>, key: string) => void) => {
    const changed = structuredClone(tree);
    change(
      path.slice(0, -1).reduce((part, key) => part[key], changed),
      path.at(-1)!,
    );
    return reasonFor(
      encodeSafetensors({ tensors, metadata: { ...metadata, trace: JSON.stringify(changed) } }),
    );
  };
  const mayBeNull =
    /^rounds\.\d+\.(loss|details|refresh|evaluation|details\.step|refresh\.attention|evaluation\.top)$/;
  const mayBeNullToo =
    /^about\.groups$|^about\.baselines(\.\w+\.\w+)?$|standardErrors\.\w+$|about\.settings\.(clip|epsilon|recency)$/;
  const parts = partsOf(tree).filter((path) => !/^about\.settings\.(codec|protocol)$/.test(path.join('.')));
  for (const path of parts) {
    const name = path.join('.');
    const last = path.at(-1)!;
    const isEntry = /^\d+$/.test(last);
    const wrongValues: unknown[] = [true, path[0] === 'about' && isEntry ? {} : [[]]];
    if (!mayBeNull.test(name) && !mayBeNullToo.test(name)) wrongValues.push(null);
    for (const wrong of wrongValues) {
      const reason = reasonAfter(path, (parent, key) => {
        parent[key] = wrong;
      });
      t.ok(
        reason.includes(last) && /must (be|have)|is missing/.test(reason),
        `${name} = ${JSON.stringify(wrong)}: ${reason}`,
      );
    }
    if (isEntry || path[1] === 'settings') continue; // lists are shortened below; settings have defaults
    const reason = reasonAfter(path, (parent, key) => {
      delete parent[key];
    });
    t.ok(reason.includes(last) && /must be/.test(reason), `without ${name}: ${reason}`);
  }
  t.ok(parts.length > 90, `${parts.length} parts`);
});

test('whole numbers of a trace are whole, from 0 on, and below what they count', async (t) => {
  const { tensors, metadata } = decodeSafetensors(encodeTrace(await smallTrace()));
  const counts = [
    ...['about.dataset.users', 'about.dataset.items', 'about.dataset.interactions', 'about.dims'],
    ...['about.fullBytesDown', 'about.clients.0', 'about.owners.0', 'about.focus.0', 'about.groups.0'],
    ...['round', 'trained', 'clients', 'rejected'].map((name) => `rounds.1.${name}`),
    ...['clusters', 'iterations', 'peers', 'probes'].map((name) => `rounds.1.refresh.${name}`),
    ...['place', 'totalRows', 'bytes', 'fullBytes', 'rank'].map(
      (name) => `rounds.DETAILED.details.updates.0.${name}`,
    ),
  ];
  const largest: Record<string, number> = {
    'about.clients.0': 30,
    'about.owners.0': 10,
    'about.focus.0': 10,
  };
  const tree = JSON.parse(metadata.trace!);
  const detailed = tree.rounds.findIndex(
    ({ details }: { details: { updates: unknown[] } }) => details.updates.length > 0,
  );
  largest[`rounds.${detailed}.details.updates.0.place`] = 10;
  for (const name of counts.map((path) => path.replace('DETAILED', detailed))) {
    for (const wrong of [-1, 0.5, ...(largest[name] ? [largest[name]] : [])]) {
      const changed = structuredClone(tree);
      const path = name.split('.');
      path.slice(0, -1).reduce((part, key) => part[key], changed)[path.at(-1)!] = wrong;
      const trace = JSON.stringify(changed);
      const reason = reasonFor(encodeSafetensors({ tensors, metadata: { ...metadata, trace } }));
      t.ok(
        reason.startsWith(`${name} must be a whole number`) && reason.endsWith(`got ${wrong}`),
        `${name}: ${reason}`,
      );
    }
  }
});

test('every array of a trace has its type, and the length that the description promises', async (t) => {
  const { tensors, metadata } = decodeSafetensors(encodeTrace(await smallTrace()));
  const isFree = /updates\.\d+\.(right|spectrum)$/; // as long as the message is wide
  for (const [name, { data }] of Object.entries(tensors)) {
    const other = data instanceof Float32Array ? Int32Array.from(data) : Float32Array.from(data);
    const ofOtherType = { ...tensors, [name]: { shape: [data.length], data: other } };
    t.match(
      reasonFor(encodeSafetensors({ tensors: ofOtherType, metadata })),
      new RegExp(`^${name.replaceAll('.', '\\.')} must be an array of type ${data.constructor.name}$`),
    );
    if (data.length === 0 || isFree.test(name)) continue;
    const short = { ...tensors, [name]: { shape: [data.length - 1], data: data.slice(0, -1) } };
    t.match(
      reasonFor(encodeSafetensors({ tensors: short, metadata })),
      /must have \d+ (entries, got \d+|rows)$/,
      name,
    );
  }
  const rowsOf = Object.keys(tensors).find((name) => /updates\.0\.rows$/.test(name))!;
  const far = { ...tensors, [rowsOf]: { ...tensors[rowsOf]!, data: tensors[rowsOf]!.data.map(() => 40) } };
  t.match(
    reasonFor(encodeSafetensors({ tensors: far as typeof tensors, metadata })),
    /names an item that is not there/,
  );
  for (const list of ['ids', 'groups', 'clients']) {
    const tree = JSON.parse(metadata.trace!);
    tree.about[list].pop();
    const trace = JSON.stringify(tree);
    const reason = reasonFor(encodeSafetensors({ tensors, metadata: { ...metadata, trace } }));
    t.match(
      reason,
      /must have \d+ entries, got \d+|must be a whole number below/,
      `one of about.${list} is missing`,
    );
  }
});

test('a trace of version 1 is read: what it had is in place under its name, the rest is NaN', async (t) => {
  const trace = await smallTrace();
  const { tensors, metadata } = decodeSafetensors(encodeTrace(trace));
  // Version 1 had four means without names, and the first two as columns of the figures per client.
  const tree = JSON.parse(metadata.trace!);
  delete tree.about.metrics;
  const clients = trace.about.clients.length;
  const older: Record<string, Tensor> = { ...tensors };
  const columnOf = ({ about }: Trace, perClient: Float32Array, name: string) =>
    perClient.filter((_, at) => at % about.metrics.length === about.metrics.indexOf(name));
  for (const path of Object.keys(tensors).filter((name) => name.endsWith('perClient'))) {
    const [hits, gains] = ['hr10', 'ndcg10'].map((name) =>
      columnOf(trace, tensors[path]!.data as Float32Array, name),
    );
    const both = Float32Array.from({ length: 2 * clients }, (_, at) => (at % 2 ? gains! : hits!)[at >> 1]!);
    older[path] = { shape: [2 * clients], data: both };
  }
  for (const { evaluation } of tree.rounds) if (evaluation) delete evaluation.validation.mrr10;
  const metadata1 = { format: metadata.format!, version: '1', trace: JSON.stringify(tree) };
  const back = decodeTrace(encodeSafetensors({ tensors: older, metadata: metadata1 }));
  t.deepEqual(back.about.metrics, ['hr10', 'ndcg10', 'fullHr10', 'fullNdcg10']);
  const { mrr10, ...means } = trace.rounds[1]!.evaluation!.validation;
  t.ok(mrr10! > 0);
  t.deepEqual(back.rounds[1]!.evaluation!.validation, means);
  for (const name of ['hr10', 'ndcg10']) {
    t.equal(
      asText(columnOf(back, back.start.perClient, name)),
      asText(columnOf(trace, trace.start.perClient, name)),
    );
  }
  t.ok(columnOf(back, back.start.perClient, 'fullHr10').every(Number.isNaN), 'was not there');
  t.equal(asText(decodeTrace(encodeTrace(back))), asText(back), 'saved again, it is read again');
  for (const broken of ['null', '[]', '{"about":{},"start":{},"rounds":[1]}']) {
    t.throws(
      () => decodeTrace(encodeSafetensors({ tensors, metadata: { ...metadata1, trace: broken } })),
      TraceError,
    );
  }
});

test('the second factor of an update has whole rows', async (t) => {
  const { tensors, metadata } = decodeSafetensors(encodeTrace(await smallTrace()));
  const path = Object.keys(tensors)
    .find((name) => /updates\.0\.left$/.test(name))!
    .replace(/\.left$/, '');
  const [, round] = /^rounds\.(\d+)\./.exec(path)!;
  const tree = JSON.parse(metadata.trace!);
  const update = tree.rounds[Number(round)].details.updates[0];
  const rows = tensors[`${path}.rows`]!.data.length;
  const refused = (rank: number, width: number) => {
    update.rank = rank;
    const of = (length: number) => ({ shape: [length], data: new Float32Array(length) });
    const other = { ...tensors, [`${path}.left`]: of(rank * rows), [`${path}.right`]: of(width) };
    return reasonFor(
      encodeSafetensors({ tensors: other, metadata: { ...metadata, trace: JSON.stringify(tree) } }),
    );
  };
  t.equal(refused(2, 9), `${path}.right must have 2 rows`);
  t.doesNotMatch(refused(2, 10), /must have 2 rows/);
  t.doesNotMatch(refused(0, 9), /must have 0 rows/, 'a whole update has none');
});
