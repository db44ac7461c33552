// A seeded share of `npx tsx scripts/fuzz-wire.ts`, which tries a hundred thousand.
import test from 'tape';
import { fuzz } from './fuzzed-messages.ts';

test('messages changed at random are rejected with a reason, or are the one encoding of what they say', (t) => {
  const { reasons, wrong } = fuzz(3000, 1);
  t.deepEqual(wrong.slice(0, 3), []);
  t.ok((reasons.get('accepted') ?? 0) > 100, `${reasons.get('accepted')} are accepted`);
  t.ok(reasons.size > 20, `${reasons.size} different reasons`);
  t.end();
});
