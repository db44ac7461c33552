// Ctrl-C as it comes: once from a terminal, twice where npm or npx stands between.
import { setTimeout } from 'node:timers/promises';
import test from 'tape';
import { onSignal, watchInterrupt, whenInterrupted } from '../../lib/cli/interrupt.ts';

/** What the process would have ended with. */
async function exitsOf(action: () => Promise<void>): Promise<unknown[]> {
  const { exit } = process;
  const codes: unknown[] = [];
  process.exit = ((code: unknown) => codes.push(code)) as typeof process.exit;
  await action().finally(() => {
    process.exit = exit;
  });
  return codes;
}

for (const [name, watch] of [
  ['watchInterrupt', watchInterrupt],
  ['whenInterrupted', whenInterrupted],
] as const)
  test(`${name}: a Ctrl-C that comes twice at once stops in order, a later one at once`, async (t) => {
    const { signal, stop } = watch();
    const early = await exitsOf(async () => {
      process.emit('SIGINT');
      t.ok(signal.aborted);
      process.emit('SIGINT');
    });
    t.deepEqual(early, [], 'the same Ctrl-C');
    await setTimeout(350);
    t.deepEqual(await exitsOf(async () => void process.emit('SIGINT')), [130], 'another one');
    stop();
  });

test('what comes of a signal after the end is swallowed, and then the signal has its usual meaning again', async (t) => {
  const before = process.listenerCount('SIGTERM');
  let heard = 0;
  const end = onSignal('SIGTERM', () => heard++);
  process.emit('SIGTERM');
  end();
  t.equal(process.listenerCount('SIGTERM'), before + 1);
  process.emit('SIGTERM');
  t.equal(heard, 1);
  await setTimeout(350);
  t.equal(process.listenerCount('SIGTERM'), before);
  onSignal('SIGTERM', () => {})();
  t.equal(process.listenerCount('SIGTERM'), before, 'at once where nothing was heard');
});
