// How long a worker waits, with a clock that the test turns.
import timers from 'node:timers/promises';
import test from 'tape';
import { patiently } from '../../lib/queue/patience.ts';
import { type WorkOptions, work } from '../../lib/queue/work.ts';

/** Lets everything run that waits for nothing but promises. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

/** Does something with a clock in place of the machine's: `tick` lets that many milliseconds pass. */
async function withClock(use: (tick: (ms: number) => Promise<void>) => Promise<void>): Promise<void> {
  const waits = new Map<object, { at: number; every: number | null; call: () => void }>();
  let now = 0;
  const wait = (ms: number, every: number | null, call: () => void) => {
    const key = {};
    waits.set(key, { at: now + ms, every, call });
    return key;
  };
  const real = { ...timers, setInterval, clearInterval };
  const tick = async (ms: number) => {
    now += ms;
    for (const [key, { at, every, call }] of waits) {
      if (at > now) continue;
      if (every === null) waits.delete(key);
      else waits.set(key, { at: at + every, every, call });
      call();
    }
    await settle();
  };
  try {
    timers.setTimeout = ((ms: number) =>
      new Promise<void>((resolve) => void wait(ms, null, resolve))) as typeof timers.setTimeout;
    globalThis.setInterval = ((call: () => void, ms: number) =>
      wait(ms, ms, call)) as unknown as typeof setInterval;
    globalThis.clearInterval = ((key: object) => waits.delete(key)) as unknown as typeof clearInterval;
    await use(tick);
  } finally {
    timers.setTimeout = real.setTimeout;
    globalThis.setInterval = real.setInterval;
    globalThis.clearInterval = real.clearInterval;
  }
}

test('who waits for a server asks again every quarter of a second, and says so at every twentieth try', (t) =>
  withClock(async (tick) => {
    let attempts = 0;
    let isUp = false;
    const said: [number, string][] = [];
    const action = async () => {
      attempts++;
      if (isUp) return 'done';
      throw Object.assign(new Error('away'), { name: 'TimeoutError' });
    };
    const onTrouble = (reason: string) => void said.push([attempts, reason]);
    const done = patiently('it cannot be', action, { onTrouble });
    await settle();
    t.equal(attempts, 1, 'at once');
    await tick(249);
    t.equal(attempts, 1);
    await tick(1);
    t.equal(attempts, 2);
    for (let wait = 0; wait < 43; wait++) await tick(250);
    t.equal(attempts, 45);
    t.deepEqual(
      said,
      [20, 40].map((at) => [at, 'the server does not answer (away)']),
    );
    isUp = true;
    await tick(250);
    t.equal(await done, 'done');
    t.equal(attempts, 46);
  }));

test('a worker lets the queue know that it works three times in the time after which it would count as silent', (t) =>
  withClock(async (tick) => {
    const silence = 3000;
    let pulses = 0;
    const waiting = [takenJob(() => pulses++)];
    let finishJob: (outcome: unknown) => void = () => {};
    const finish = new AbortController();
    const queue = {
      prepareWork: async () => silence,
      take: async () => waiting.pop() ?? (await new Promise(() => {})),
      announcements: { answerRoll() {} },
      results: { of: async () => null },
    };
    const run = () =>
      new Promise((resolve) => {
        finishJob = resolve;
      });
    const signals = { finish: finish.signal, giveUp: new AbortController().signal };
    const options = { queue, worker: 'w', lanes: 1, ...signals, silence, run, onEvent: async () => {} };
    const ended = work(options as unknown as WorkOptions).catch(() => {});
    await settle();
    for (let third = 0; third < 6; third++) {
      await tick(silence / 3 - 1);
      t.equal(pulses, third, 'not yet');
      await tick(1);
      t.equal(pulses, third + 1);
    }
    finish.abort();
    finishJob(null); // which cannot be kept: all that counts here is that it has ended
    await ended;
    await tick(10 * silence);
    t.equal(pulses, 6, 'no longer once the job has ended');
  }));

function takenJob(working: () => void) {
  const data = new TextEncoder().encode('{"kind":"run","name":"a","request":{},"data":[]}');
  const [ack, nak] = [() => {}, () => {}];
  return { subject: 'fedtlrec.jobs.runs.e.KEY', info: { deliveryCount: 1 }, data, working, ack, nak };
}
