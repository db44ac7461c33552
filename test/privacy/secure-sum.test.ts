import fc from 'fast-check';
import { bignumber, floor, mod } from 'mathjs';
import test from 'tape';
import { WireError } from '../../lib/federated/wire.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { decodeMasked, encodeMasked } from '../../lib/privacy/masked-message.ts';
import {
  fixedPointFor,
  fromFixedPoint,
  maskWords,
  simulatedSeeds,
  toFixedPoint,
  unmaskedSum,
} from '../../lib/privacy/secure-sum.ts';

const cohort = [3, 8, 9, 20, 21];

/** Masked messages of a cohort, from words drawn for each member. */
function masked(length: number, seed = 1, round = 1) {
  const seeds = simulatedSeeds(seed, round);
  const words = new Map(
    cohort.map((client) => {
      const rng = randomStream(seed, 'words', client);
      return [client, Uint32Array.from({ length }, () => rng.nextUint32())] as const;
    }),
  );
  const messages = new Map(
    [...words].map(([client, own]) => [client, maskWords(own, client, cohort, seeds)]),
  );
  return { seeds, words, messages };
}

test('fixed point: half is half, minus one wraps around and comes back, the rest is rounded', (t) => {
  const fixedPoint = { fractionBits: 8, largest: 4 };
  const words = toFixedPoint([0.5, -1, 0.001, 9, -9], fixedPoint);
  t.deepEqual([...words], [128, 2 ** 32 - 256, 0, 1024, 2 ** 32 - 1024]);
  t.deepEqual([...fromFixedPoint(words, fixedPoint)], [0.5, -1, 0, 4, -4]);
  t.end();
});

test('the largest numbers of a whole cohort can be added without overflow, and one more bit could not', (t) => {
  for (const clients of [1, 2, 59, 1000, 62_500]) {
    const { fractionBits, largest } = fixedPointFor(clients);
    const sum = clients * largest * 2 ** fractionBits;
    t.ok(sum < 2 ** 31 && 2 * sum >= 2 ** 31 - 1, `${clients} clients: ${fractionBits} bits`);
  }
  t.throws(() => fixedPointFor(0), /clients and largest must be above 0/);
  t.throws(() => fixedPointFor(1e9), /1000000000 clients are too many for 32 bits/);
  t.end();
});

test('the masks cancel: the sum is exact, to the bit', (t) => {
  const { seeds, words, messages } = masked(50);
  const { sum, seedsTold } = unmaskedSum(messages, cohort, 50, seeds);
  for (const place of [0, 17, 49]) {
    const exact = [...words.values()].reduce((total, own) => total.plus(own[place]!), bignumber(0));
    t.equal(sum[place], Number(mod(floor(exact), bignumber(2 ** 32)).toString()), `word ${place}, by mathjs`);
  }
  t.equal(seedsTold, 5, 'everybody tells its own seed');
  t.end();
});

test('the sum of those who came through is exact, whoever drops out', (t) => {
  const { seeds, words, messages } = masked(9);
  fc.assert(
    fc.property(fc.subarray(cohort, { minLength: 1 }), (present) => {
      const came = new Map(present.map((client) => [client, messages.get(client)!]));
      const { sum, seedsTold } = unmaskedSum(came, cohort, 9, seeds);
      const wanted = new Uint32Array(9);
      for (const client of present)
        words.get(client)!.forEach((word, at) => {
          wanted[at]! += word;
        });
      const missing = cohort.length - present.length;
      return sum.every((word, at) => word === wanted[at]) && seedsTold === present.length * (1 + missing);
    }),
    { seed: 1, numRuns: 31 },
  );
  t.pass('all subsets');
  t.end();
});

test('a masked message is uniformly random, whatever it says', (t) => {
  const length = 16_000;
  const seeds = simulatedSeeds(7, 1);
  for (const value of [0, 1, 2 ** 31]) {
    const message = maskWords(new Uint32Array(length).fill(value), 9, cohort, seeds);
    // The lowest and the highest byte: χ² over 256 cells has mean 255 and standard deviation 22.6.
    for (const shift of [0, 24]) {
      const counts = new Float64Array(256);
      for (const word of message) counts[(word >>> shift) & 255]!++;
      const cell = length / 256;
      const chiSquare = counts.reduce((sum, count) => sum + (count - cell) ** 2 / cell, 0);
      t.ok(
        chiSquare > 165 && chiSquare < 355,
        `words ${value}, byte ${shift / 8}: χ² ${chiSquare.toFixed(0)}`,
      );
    }
  }
  t.end();
});

test('two messages of a client share no mask: their difference says nothing', (t) => {
  const zeros = new Uint32Array(4000);
  const first = maskWords(zeros, 9, cohort, simulatedSeeds(7, 1));
  const second = maskWords(zeros, 9, cohort, simulatedSeeds(7, 2));
  const equal = first.filter((word, at) => word === second[at]).length;
  t.ok(equal < 3, `${equal} of 4000 words are equal`);
  t.end();
});

test('a message that comes too late stays masked by the seed that only its sender knows', (t) => {
  const { seeds, words, messages } = masked(4000);
  const late = 8;
  const opened = messages.get(late)!.slice();
  for (const other of cohort) {
    // What the others told when they thought that it had dropped out.
    if (other === late) continue;
    const stream = seeds.pair(late, other);
    const sign = other > late ? -1 : 1;
    for (let at = 0; at < opened.length; at++) opened[at]! += sign * stream.nextUint32();
  }
  const known = opened.filter((word, at) => word === words.get(late)![at]).length;
  t.ok(known < 3, `${known} of 4000 words are open`);
  const own = seeds.own(late);
  const rest = opened.map((word) => word - own.nextUint32());
  t.deepEqual(rest, words.get(late), 'with its own seed they would be');
  t.end();
});

test('a masked message survives the wire; a damaged one is rejected with the rule', (t) => {
  const words = new Uint32Array([0, 1, 2 ** 32 - 1]);
  const message = encodeMasked(words, 5, 2);
  t.deepEqual(decodeMasked(message, 5, 2, 3), words);
  const rejects = (reason: RegExp, read: () => unknown) => {
    try {
      read();
      t.fail('it was accepted');
    } catch (error) {
      t.ok(error instanceof WireError, 'a WireError');
      t.match(String(error), reason);
    }
  };
  t.equal(message.length, 4 + 4 * 3 + 2, 'frame, number of words, words, checksum');
  rejects(/the checksum does not fit/, () => decodeMasked(message.slice(0, -1), 5, 2, 3));
  rejects(/it has 3 words, not 4/, () => decodeMasked(message, 5, 2, 4));
  rejects(/it says client 5, but client 6 sent it/, () => decodeMasked(message, 6, 2, 3));
  rejects(/it belongs to round 2, not 3/, () => decodeMasked(message, 5, 3, 3));
  rejects(/version 0 is not 2/, () => decodeMasked(new Uint8Array(18), 5, 2, 3));
  t.end();
});
