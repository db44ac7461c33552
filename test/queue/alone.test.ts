// The parts of a queue without a server: who gathers, who works, and what each does with what the server says. The server here is a few
// maps, so that every step can be followed by hand.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'tape';
import { Memory } from '../../lib/federated/memory.ts';
import type { News } from '../../lib/queue/announcements.ts';
import { FetchedFiles } from '../../lib/queue/fetched-files.ts';
import { type Gathered, gather } from '../../lib/queue/gather.ts';
import {
  decodeJob,
  editionInWords,
  editionWord,
  encodeJob,
  type Job,
  ownEdition,
  readObject,
  sha256,
} from '../../lib/queue/job.ts';
import { keyOfSubject } from '../../lib/queue/job-queue.ts';
import { numberOf, patiently } from '../../lib/queue/patience.ts';
import { publishOnce } from '../../lib/queue/publish-once.ts';
import { BrokenWorker, QueueError } from '../../lib/queue/queue-error.ts';
import { sharedArrays } from '../../lib/queue/travelling-state.ts';
import { type WorkEvent, type WorkOptions, work } from '../../lib/queue/work.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const job = (name: string): Job => ({ kind: 'run', name, request: { name }, data: [] });

/** What a server keeps: results in their order, data by checksum, jobs that were asked for. */
function smallQueue() {
  const results: {
    key: string;
    worker: string;
    seconds: number;
    data: string | null;
    failure: string | null;
  }[] = [];
  const gone = new Set<number>(); // places of results that were removed
  const data = new Map<string, Uint8Array>();
  const asked: string[] = [];
  const looks: number[] = []; // how many jobs were asked for at each
  let hear: (news: News) => void = () => {};
  let stored: () => void = () => {};
  const listeners = new Set<string>();
  const found = (place: number) => (place < 0 ? null : { ...results[place]!, sequence: place + 1 });
  const finish = (key: string, text: string | null) => {
    if (text !== null) data.set(sha256(text), bytes(text));
    const failure = text === null ? 'it broke' : null;
    results.push({ key, worker: 'w', seconds: 2, data: text === null ? null : sha256(text), failure });
    stored();
  };
  const queue = {
    keyOf: ({ name }: Job) => name,
    ask: async ({ name }: Job) => void asked.push(name),
    results: {
      latest: async () => results.length,
      of: async (key: string) =>
        found(results.findIndex((one, place) => one.key === key && !gone.has(place))),
      from: async (sequence: number) =>
        found(results.findIndex((_, place) => place + 1 >= sequence && !gone.has(place))),
      async forget(key: string) {
        for (const [place, one] of results.entries()) if (one.key === key) gone.add(place);
      },
      onStored(listen: () => void) {
        stored = listen;
        listeners.add('results');
        return () => listeners.delete('results');
      },
    },
    data: { get: async (name: string) => data.get(name)! },
    announcements: {
      async hasWorkers() {
        looks.push(asked.length);
        return false;
      },
      onNews(listen: (news: News) => void) {
        hear = listen;
        listeners.add('news');
        return () => listeners.delete('news');
      },
    },
  };
  return {
    queue: queue as never,
    finish,
    asked,
    looks,
    listeners,
    tell: (news: Partial<News>) => hear(news as News),
  };
}

const texts = (all: readonly Gathered[]) => all.map(({ index, bytes: own, isKnown }) => [index, new TextDecoder().decode(own), isKnown]); // biome-ignore format: one line

/** What comes is looked at as soon as it comes, not at the next look. */
const quick = { timeout: 5000 };

test('results that are there are not asked for; the others come as they come', quick, async (t) => {
  const { queue, finish, asked, listeners } = smallQueue();
  finish('b', 'B');
  finish('c', null); // it failed before: it is asked for once more
  const all: Gathered[] = [];
  for await (const one of gather(queue, ['a', 'b', 'c'].map(job), { lookEvery: 10_000 })) {
    all.push(one);
    if (all.length === 1) {
      t.deepEqual(asked, ['a'], 'in the order of the jobs');
      setTimeout(() => {
        finish('c', 'C');
        finish('elsewhere', 'X');
        finish('a', 'A');
      }, 5);
    }
  }
  t.deepEqual(asked, ['a', 'c']);
  t.deepEqual(texts(all), [[1, 'B', true], [2, 'C', false], [0, 'A', false]]); // biome-ignore format: one line
  t.deepEqual([all[0]!.worker, all[0]!.seconds, all[0]!.data], ['w', 2, sha256('B')]);
  t.equal(listeners.size, 0, 'it listens no longer');
});

test('a job that failed for good ends the gathering by its name, and so does a signal', quick, async (t) => {
  const run = async (then: (small: ReturnType<typeof smallQueue>, abort: AbortController) => void) => {
    const small = smallQueue();
    const [abort, troubles] = [new AbortController(), [] as string[]];
    setTimeout(() => then(small, abort), 5);
    try {
      const options = {
        lookEvery: 10_000,
        signal: abort.signal,
        onTrouble: (text: string) => troubles.push(text),
      };
      for await (const _ of gather(small.queue, [job('a')], options));
      return [...troubles, 'done'];
    } catch (error) {
      t.equal(small.listeners.size, 0);
      return [...troubles, String(error)];
    }
  };
  t.deepEqual(await run(({ finish }) => finish('a', null)), [
    'QueueError: a failed 5 times, at last on w: it broke',
  ]);
  t.deepEqual(
    await run(({ tell }) => {
      tell({ key: 'other', worker: 'w', reason: 'x', isFinal: true, attempt: 1 });
      tell({ key: 'a', worker: 'w', reason: 'no room', isFinal: true, attempt: 1 });
    }),
    ['QueueError: a, on w: no room'],
  );
  t.deepEqual(
    await run(({ tell, finish }) => {
      tell({ key: 'a', worker: 'w', reason: 'x', isFinal: false, attempt: 2 });
      finish('a', 'A');
    }),
    ['a failed on w (2 of 5): x', 'done'],
  );
  t.deepEqual(await run((_, abort) => abort.abort(new Error('enough'))), ['Error: enough']);
});

test('without workers it is told once, and after twelve quiet looks the jobs are asked for once more', async (t) => {
  const { queue, finish, asked, looks } = smallQueue();
  const troubles: string[] = [];
  const timer = setInterval(() => {
    if (asked.length === 2) finish('a', 'A');
  }, 1);
  for await (const _ of gather(queue, [job('a')], {
    lookEvery: 1,
    onTrouble: (text) => troubles.push(text),
  }));
  clearInterval(timer);
  t.deepEqual(asked, ['a', 'a']);
  t.equal(looks.filter((count) => count === 1).length, 12);
  t.deepEqual(troubles, ['no worker is here; jobs wait until one comes']);
});

/** Lets one lane work on deliveries of a job, until there are no more; what happened, in order. */
async function working(
  deliveries: readonly number[],
  run: (job: Job, signal: AbortSignal) => unknown,
  { message = encodeJob(job('a')), known = false, isFull = false } = {},
): Promise<string[]> {
  const said: string[] = [];
  const [finish, giveUp] = [new AbortController(), new AbortController()];
  const waiting = [...deliveries];
  const queue = {
    prepareWork: async () => 3000,
    async take() {
      const deliveryCount = waiting.shift();
      if (deliveryCount === undefined) {
        finish.abort();
        return null;
      }
      const settle = { ack: () => said.push('ack'), nak: (rest: number) => said.push(`nak ${rest}`) };
      return {
        subject: 'fedtlrec.jobs.runs.e.KEY',
        data: message,
        info: { deliveryCount },
        working() {},
        ...settle,
      };
    },
    giveBack: async () => void said.push('back'),
    results: {
      of: async (key: string) => (known && key === 'KEY' ? {} : null),
      store: async ({ key, data, failure }: { key: string; data: string | null; failure: string | null }) =>
        void said.push(`result ${key} ${failure ?? data?.slice(0, 4)}`),
    },
    data: {
      async put(value: Uint8Array) {
        if (isFull) throw new QueueError('no room');
        said.push(`data ${new TextDecoder().decode(value)}`);
        return sha256(value);
      },
    },
    announcements: {
      answerRoll: () => said.push('here'),
      tell: ({ reason, attempt, isFinal }: News) => said.push(`tell ${reason} ${attempt} ${isFinal}`),
    },
  };
  const onEvent = (event: WorkEvent) => {
    const { type, name, reason } = { name: '', reason: '', ...event };
    said.push([type, name, reason].filter((word) => word !== '').join(' '));
  };
  const lane = { worker: 'w', lanes: 1, finish: finish.signal, giveUp: giveUp.signal, onEvent };
  const options = { queue, ...lane, run: async (one: Job, signal: AbortSignal) => (run as never as (...all: unknown[]) => unknown)(one, signal, giveUp) }; // biome-ignore format: one line
  await work(options as unknown as WorkOptions).catch((error) => said.push(String(error)));
  return said;
}

test('a worker stores what a job gave, and only then acknowledges it', async (t) => {
  const done = ['here', 'taken', `data A`, `result KEY ${sha256('A').slice(0, 4)}`, 'ack', 'done'];
  t.deepEqual(await working([1], () => bytes('A')), done);
  t.deepEqual(
    await working([1], () => [bytes('A'), bytes('B')]),
    ['here', 'taken', 'data B', ...done.slice(2)],
    'what lies beside it first',
  );
  t.deepEqual(await working([1], () => bytes('A'), { known: true }), ['here', 'ack'], 'it is there already');
  t.deepEqual(await working([], () => bytes('A')), ['here']);
});

test('what breaks is tried again later each time, up to five times', async (t) => {
  const broken = () => {
    throw new Error('x');
  };
  t.deepEqual(await working([1, 4], broken), [
    ...['here', 'taken', 'tell x 1 false', 'nak 200', 'failed a x'],
    ...['taken', 'tell x 4 false', 'nak 800', 'failed a x'],
  ]);
  t.deepEqual(await working([5], broken), ['here', 'taken', 'result KEY x', 'ack', 'failed a x']);
  t.deepEqual(
    await working([6], broken),
    ['here', 'result KEY its worker ended or fell silent, 5 times', 'ack'],
    'the sixth only tells',
  );
  const none = await working([1], broken, { message: bytes('{}') });
  t.deepEqual(none.slice(0, 2), [
    'here',
    'tell a message among the jobs is none: it must say kind, name and data 1 false',
  ]);
});

test('a worker that cannot go on gives its job back, and ends', async (t) => {
  const full = ['here', 'taken', 'tell no room 1 true', 'nak 200', 'QueueError: no room'];
  t.deepEqual(await working([1, 1], () => bytes('A'), { isFull: true }), full);
  const unable = () => {
    throw new BrokenWorker('no thread');
  };
  const returned = await working([1, 1], unable);
  t.deepEqual(returned.slice(0, 4), ['here', 'taken', 'back', 'returned a']);
  t.equal(returned.length, 5, 'it takes no other job');
  const interrupted = (...[, , giveUp]: unknown[]) => {
    (giveUp as AbortController).abort();
    throw new Error('stopped');
  };
  t.deepEqual(
    await working([1], interrupted),
    ['here', 'taken', 'back', 'returned a'],
    'and no failure is told',
  );
});

test('a worker keeps the files that are used, and eight that are not, the longest unused going first', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-fetched-'));
  const fetched: string[] = [];
  const data = {
    async fetch(name: string, path: string) {
      if (name === 'missing') throw new QueueError('gone');
      fetched.push(name);
      writeFileSync(path, name);
    },
  };
  const files = new FetchedFiles(data as never, join(folder, 'files'));
  const held = await files.use(['held', 'n0']);
  t.deepEqual(held.paths, ['held', 'n0'].map((name) => join(folder, 'files', name))); // biome-ignore format: one line
  for (let at = 1; at <= 9; at++) await (await files.use([`n${at}`])).done();
  const there = () => readdirSync(join(folder, 'files')).sort();
  t.deepEqual(
    there(),
    ['held', 'n0', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8', 'n9'],
    'eight that nobody uses',
  );
  await (await files.use(['n2'])).done();
  t.equal(fetched.length, 11, 'what is there is not fetched again');
  await (await files.use(['n10'])).done();
  t.notOk(existsSync(join(folder, 'files', 'n3')), 'n2 was used after it');
  await held.done();
  t.deepEqual(there().length, 8);
  t.equal(await files.use(['n9', 'missing']).catch(String), 'QueueError: gone');
  t.equal(await files.use(['missing']).catch(String), 'QueueError: gone', 'it is asked for again');
  for (let at = 20; at < 28; at++) await (await files.use([`n${at}`])).done();
  t.notOk(there().includes('n9'), 'nobody uses it since');
  rmSync(folder, { recursive: true });
});

test('what the server cannot do now is asked again; what it refuses is an error', async (t) => {
  const failing = (name: string, code?: number) => Object.assign(new Error('why'), { name, code });
  const attempts = async (error: Error) => {
    let count = 0;
    const action = async () => {
      if (count++ === 0) throw error;
      return 'done';
    };
    const result = await patiently('it cannot be', action, {}).catch(String);
    return [result, count];
  };
  t.deepEqual(await Promise.all(['TimeoutError', 'RequestError'].map((name) => attempts(failing(name)))), [['done', 2], ['done', 2]]); // biome-ignore format: one line
  t.deepEqual(await attempts(failing('Error', 10008)), ['done', 2]);
  t.deepEqual(await attempts(failing('Error', 10077)), ['QueueError: it cannot be: why', 1]);
  t.deepEqual(await attempts(new QueueError('no')), ['QueueError: no', 1]);
  const aborted = patiently('x', async () => 1, { signal: AbortSignal.abort(new Error('enough')) });
  t.equal(await aborted.catch(String), 'Error: enough');
  t.deepEqual([numberOf({ code: 7 }), numberOf({ code: 'ENOENT' })], [7, undefined]);

  const published: unknown[] = [];
  const publish = (error: Error | null) =>
    publishOnce(
      {
        client: {
          async publish(...words: unknown[]) {
            published.push(words);
            if (error) throw error;
          },
        },
      } as never,
      ...(['s', bytes('m'), 'it cannot be stored', {}] as const),
    ).then(() => 'stored', String);
  t.equal(await publish(null), 'stored');
  t.deepEqual(published, [['s', bytes('m'), { expect: { lastSubjectSequence: 0 } }]]);
  t.equal(await publish(failing('Error', 10071)), 'stored', 'somebody was first');
  t.equal(await publish(failing('Error', 10077)), 'QueueError: it cannot be stored: why');
});

test('words of editions, keys of subjects and messages are read as they were written', (t) => {
  const edition = { version: '1.2.3', node: '20', settings: 'abcd1234' };
  t.equal(editionWord(edition), '1_2_3-node20-abcd1234');
  t.equal(editionInWords('1_2_3-node20-abcd1234'), 'fedtlrec 1.2.3 on Node 20 (settings abcd1234)');
  t.equal(editionInWords('something'), 'something');
  t.equal(keyOfSubject('fedtlrec.jobs.runs.e.KEY'), 'KEY');
  const whole = { ...job('a'), data: ['f'.repeat(64)] };
  t.deepEqual(decodeJob(encodeJob(whole)), whole);
  for (const wrong of [{ kind: 1 }, { name: 1 }, { data: 'x' }, { data: [1] }, { data: ['F'.repeat(64)] }])
    t.throws(
      () => decodeJob(encodeJob({ ...whole, ...wrong } as never)),
      /^QueueError: a message among the jobs is none/,
    );
  for (const text of ['{', '3', 'null', '"x"']) t.deepEqual(readObject(bytes(text)), {}, text);
  t.deepEqual(readObject(bytes('{"a":1}')), { a: 1 });
  t.end();
});

test('a worker that is told to finish waits for no job, and gives back one that comes after all', async (t) => {
  const finish = new AbortController();
  const said: string[] = [];
  let arrive: (taken: unknown) => void = () => {};
  const queue = {
    prepareWork: async () => 3000,
    take: () => new Promise((resolve) => (arrive = resolve)),
    giveBack: async () => void said.push('back'),
    announcements: { answerRoll() {} },
  };
  const options = {
    queue,
    worker: 'w',
    lanes: 2,
    finish: finish.signal,
    giveUp: new AbortController().signal,
  };
  const ended = work({ ...options, run: async () => bytes('A'), onEvent: ({ type }: WorkEvent) => void said.push(type) } as unknown as WorkOptions); // biome-ignore format: one line
  await new Promise((resolve) => setTimeout(resolve, 1));
  finish.abort();
  await ended;
  t.deepEqual(said, [], 'it has not been idle, it was told to end');
  arrive({ subject: 'x' });
  await new Promise((resolve) => setTimeout(resolve, 1));
  t.deepEqual(said, ['back']);
});

test('what travels to every worker is what all clients have, neither rows nor what only the server reads', (t) => {
  const memory = new Memory();
  memory.float32('shared', 2);
  memory.float32AtServer('server', 2);
  memory.rows('float32', 'row', 3, 2);
  t.deepEqual(Object.keys(sharedArrays(memory)), ['shared']);
  t.equal(ownEdition('1').settings.length, 8);
  t.end();
});
