import { checkPrimeSync } from 'node:crypto';
import fc from 'fast-check';
import test from 'tape';
import { COEFFICIENT_BYTES, recoverSecret, SHARE_PRIME, splitSecret } from '../../lib/privacy/shamir.ts';

/** A number as bytes, the highest first. */
const bytes = (number: bigint, length: number) =>
  Uint8Array.from({ length }, (_, at) => Number((number >> BigInt(8 * (length - 1 - at))) & 255n));
const number = (value: Uint8Array) => value.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 });
const randomFor = (threshold: number) =>
  fc.uint8Array({
    minLength: COEFFICIENT_BYTES * (threshold - 1),
    maxLength: COEFFICIENT_BYTES * (threshold - 1),
  });

test('shares of 5 + 3x + 2x² are its values, and any three of them give 5 back', (t) => {
  const random = new Uint8Array([...bytes(3n, COEFFICIENT_BYTES), ...bytes(2n, COEFFICIENT_BYTES)]);
  const shares = splitSecret(bytes(5n, 32), [1, 2, 3, 10], 3, random);
  t.deepEqual(
    shares.map(({ value }) => number(value)),
    [10n, 19n, 32n, 235n],
  );
  for (const some of [shares.slice(0, 3), shares.slice(1), [shares[3]!, shares[0]!, shares[2]!], shares])
    t.deepEqual(recoverSecret(some), bytes(5n, 32));
  t.end();
});

test('the modulus is the smallest prime above 2²⁵⁶, as OpenSSL tells', (t) => {
  t.ok(checkPrimeSync(SHARE_PRIME));
  for (let below = 1n; below < 297n; below += 2n)
    if (checkPrimeSync(2n ** 256n + below)) t.fail(String(below));
  t.end();
});

test('any shares of the threshold’s number give the secret back, in any order; it may be the largest', (t) => {
  const drawn = fc
    .record({ members: fc.integer({ min: 1, max: 9 }), threshold: fc.integer({ min: 1, max: 9 }) })
    .filter(({ members, threshold }) => threshold <= members)
    .chain(({ members, threshold }) => {
      const places = Array.from({ length: members }, (_, at) => 3 * at + 1);
      return fc.record({
        ...{ threshold: fc.constant(threshold), secret: secrets, random: randomFor(threshold) },
        chosen: fc.shuffledSubarray(places, { minLength: threshold }),
        places: fc.constant(places),
      });
    });
  fc.assert(
    fc.property(drawn, ({ places, threshold, secret, random, chosen }) => {
      const shares = splitSecret(secret, places, threshold, random);
      const some = chosen.map((at) => shares.find((share) => share.at === at)!);
      return String(recoverSecret(some)) === String(secret);
    }),
    { seed: 1, numRuns: 60 },
  );
  const largest = new Uint8Array(32).fill(255);
  const shares = splitSecret(largest, [1, 2], 2, bytes(7n, COEFFICIENT_BYTES));
  t.deepEqual(recoverSecret(shares), largest);
  t.end();
});

test('one share of two fits every secret: it tells nothing', (t) => {
  fc.assert(
    fc.property(secrets, secrets, randomFor(2), (secret, other, random) => {
      const [share] = splitSecret(secret, [1, 2], 2, random);
      // The line through the share at 1 and another secret at 0 has the slope share − secret.
      const slope = (number(share!.value) - number(other) + SHARE_PRIME) % SHARE_PRIME;
      const [same] = splitSecret(other, [1, 2], 2, bytes(slope, COEFFICIENT_BYTES));
      return String(same!.value) === String(share!.value);
    }),
    { seed: 2, numRuns: 40 },
  );
  t.pass('for all that were drawn');
  t.end();
});

test('too few shares, or a false one, give something else or nothing', (t) => {
  const secret = bytes(5n, 32);
  const shares = splitSecret(secret, [1, 2, 3], 3, new Uint8Array(2 * COEFFICIENT_BYTES).fill(9));
  t.notDeepEqual(recoverSecret(shares.slice(0, 2)), secret);
  const [first, ...rest] = shares;
  t.notDeepEqual(recoverSecret([{ at: first!.at, value: bytes(1n, 33) }, ...rest]), secret);
  t.equal(recoverSecret([{ at: 1, value: bytes(2n ** 256n + 5n, 33) }]), null, 'beyond 32 bytes');
  t.end();
});

test('what cannot be split or put together is said', (t) => {
  const secret = new Uint8Array(32);
  const random = new Uint8Array(200);
  t.throws(() => splitSecret(new Uint8Array(31), [1], 1, random), /secret must have 32 bytes, got 31/);
  t.throws(() => splitSecret(secret, [1, 2], 3, random), /threshold must be .* between 1 and 2, got 3/);
  t.throws(() => splitSecret(secret, [1, 2], 2, new Uint8Array(39)), /random must have 40 bytes, got 39/);
  t.throws(() => splitSecret(secret, [0, 2], 2, random), /places must be .* at least 1, each once, got 0, 2/);
  t.throws(() => recoverSecret([]), /at least one, got none/);
  const share = { at: 2, value: new Uint8Array(33) };
  t.throws(() => recoverSecret([share, share]), /each once, got 2, 2/);
  t.end();
});
