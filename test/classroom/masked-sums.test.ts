// Secure sums with keys that participants agree on: exact, whoever drops out; refused, where the server or a participant does not keep
// to the rules.
import test from 'tape';
import {
  decodeRevealed,
  decodeRoster,
  decodeShares,
  encodeRevealed,
  encodeRoster,
  encodeShares,
  encodeSurvivors,
} from '../../lib/classroom/mask-messages.ts';
import { MaskedDesk } from '../../lib/classroom/masked-desk.ts';
import { MaskedHome } from '../../lib/classroom/masked-home.ts';
import {
  pendingFromJson,
  pendingToJson,
  unmaskingsFromJson,
  unmaskingsToJson,
} from '../../lib/classroom/masks-in-json.ts';
import { WireError } from '../../lib/federated/wire.ts';
import { fixedPointFor, fromFixedPoint, toFixedPoint } from '../../lib/privacy/secure-sum.ts';
import {
  answerOf,
  attempt,
  length,
  numbersOf,
  openMasked,
  round,
  runPhase,
  sumOf,
} from './masked-in-process.ts';

const five = [0, 2, 3, 7, 11];

/** The sum of what clients have trained, in the fixed point of a cohort, added up as whole numbers. */
function exactSum(clients: readonly number[], members: number): Float32Array {
  const fixedPoint = fixedPointFor(members);
  const sum = new Uint32Array(length);
  for (const client of clients) {
    toFixedPoint(numbersOf(client), fixedPoint).forEach((word, at) => {
      sum[at]! += word;
    });
  }
  return fromFixedPoint(sum, fixedPoint);
}

async function refusal(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'nothing was refused';
  } catch (error) {
    if (error instanceof WireError) return error.message;
    throw error;
  }
}

for (const [when, absent] of [
  ['nobody', {}],
  ['one before its keys', { keys: [2] }],
  ['one before its shares', { shares: [7] }],
  ['two before their message', { train: [0, 7] }],
  ['one before it opens shares', { unmask: [11] }],
  ['one at each phase', { shares: [0], train: [2] }],
] as const)
  test(`the masks cancel to the bit when ${when} drops out`, async (t) => {
    const gone: Partial<Record<string, readonly number[]>> = absent;
    const masked = openMasked(five);
    for (const phase of ['keys', 'shares', 'train', 'unmask'] as const)
      t.ok(await runPhase(masked, gone[phase]), phase);
    const masks = await masked.desk.recover();
    const { sum, refusal: reason } = await sumOf(masked, masks);
    t.equal(reason, null);
    const members = five.filter((client) => !gone.keys?.includes(client) && !gone.shares?.includes(client));
    const came = members.filter((client) => !gone.train?.includes(client));
    t.deepEqual(sum.items, exactSum(came, members.length));
    t.equal(sum.clients, came.length);
    const again = await sumOf(
      masked,
      unmaskingsFromJson(JSON.parse(JSON.stringify(unmaskingsToJson(masks)))),
    );
    t.deepEqual(again.sum.items, sum.items, 'and once more from what is kept on disk');
  });

for (const phase of ['keys', 'shares', 'train', 'unmask'] as const)
  test(`with fewer than the threshold at ${phase}, the sum is given up by name and nothing is recovered`, async (t) => {
    const masked = openMasked(five);
    const absent = phase === 'keys' ? [0, 2, 3, 7] : [2, 3, 7];
    for (const now of ['keys', 'shares', 'train', 'unmask'] as const) {
      const goesOn = await runPhase(masked, now === phase ? absent : []);
      t.equal(goesOn, now !== phase, now);
      if (!goesOn) break;
    }
    const [cohort] = masked.desk.cohorts;
    t.match(cohort?.refusal ?? '', /secure sum: [12] of [15] .*, [23] are needed; the server learns nothing/);
    t.deepEqual(await masked.desk.recover(), [null]);
  });

test('the threshold follows the quorum, and is never half or less', async (t) => {
  for (const [members, quorum, threshold] of [
    [2, 0, 2],
    [4, 0.5, 3],
    [5, 0.6, 3],
    [5, 0.9, 5],
    [9, 0, 5],
  ] as const) {
    const masked = openMasked([0, 1, 2, 3, 4, 5, 6, 7, 8].slice(0, members), quorum);
    await runPhase(masked);
    t.equal(masked.desk.cohorts[0]!.threshold, threshold, `${members} members, quorum ${quorum}`);
  }
});

test('a masked message alone is uniformly random, and so is a sum that leaves one of those who came out', async (t) => {
  const clients = [0, 1, 2];
  const wide = 6000;
  const masked = openMasked(clients);
  const desk = new MaskedDesk({ round, attempt, seats: 16, quorum: 0.5, length: wide });
  const words: Uint32Array[] = [];
  for (const phase of ['keys', 'shares', 'train'] as const) {
    for (const [client, home] of masked.homes) {
      const asked = desk.messagesFor(client).at(-1)!;
      const answer =
        phase === 'train'
          ? (await home.mask(asked, () => new Float32Array(wide).fill(1)))!
          : await answerOf(home, phase, asked, client);
      desk.accept(client, answer);
      if (home.lastWords) words.push(home.lastWords);
    }
    desk.advance();
  }
  const partial = words[0]!.map((word, at) => word + words[1]![at]!);
  for (const [name, seen] of [
    ['one message', words[0]!],
    ['two of three', partial],
  ] as const)
    for (const shift of [0, 24]) {
      const counts = new Float64Array(256);
      for (const word of seen) counts[(word >>> shift) & 255]!++;
      const chiSquare = counts.reduce((sum, count) => sum + (count - wide / 256) ** 2 / (wide / 256), 0);
      // 255 degrees of freedom: mean 255, standard deviation 22.6.
      t.ok(chiSquare > 165 && chiSquare < 355, `${name}, byte ${shift / 8}: χ² ${chiSquare.toFixed(0)}`);
    }
});

test('a server that asks for both secrets of a client, or for the sum of a few, is refused by the participants', async (t) => {
  const masked = openMasked(five);
  for (let phase = 0; phase < 3; phase++) await runPhase(masked);
  const home = masked.homes.get(0)!;
  const ask = (came: readonly number[], missing: readonly number[], at = attempt) =>
    refusal(() => home.reveal(encodeSurvivors({ client: 0, round }, { attempt: at, came, missing })));
  t.match(await ask(five, [3]), /asks for both secrets of client 3/);
  t.match(await ask([0, 2], [3, 7, 11]), /asks for a sum of 2; 3 are needed/);
  t.match(await ask([0, 2, 3], [7]), /does not list the members of the cohort/);
  t.match(await ask([0, 2, 3, 7], [5]), /does not list the members/);
  t.match(await ask([2, 3, 7, 11], [0]), /says that this message did not come through/);
  t.match(await ask(five, [], 78), /belongs to attempt 78, not to 77/);
  t.equal(await ask([0, 2, 3], [7, 11]), 'nothing was refused', 'once');
  t.match(await ask(five, []), /asks for other secrets than before; both together would open a message/);
  t.equal(await ask([0, 2, 3], [7, 11]), 'nothing was refused', 'the same again');
  t.match(await refusal(() => home.keys(round, 78)), /another attempt at it could take two sums apart/);
  t.match(await refusal(() => home.keys(round - 1, 1)), /round 2 is over/);
});

test('a roster with a repeated key, a foreign key or a low threshold is refused, and so is a second one', async (t) => {
  const masked = openMasked(five);
  await runPhase(masked);
  const home = masked.homes.get(0)!;
  const sender = { client: 0, round };
  const message = masked.desk.messagesFor(0)[0]!;
  const roster = decodeRoster(message, sender);
  const give = (changed: Partial<typeof roster>) =>
    refusal(() => home.share(encodeRoster(sender, { ...roster, ...changed })));
  const [first, second, ...others] = roster.members;
  const foreign = { ...first!, maskKey: new Uint8Array(32).fill(9) };
  t.match(
    await give({ members: [foreign, second!, ...others] }),
    /has not the keys that this client has told/,
  );
  t.match(await give({ members: [second!, ...others] }), /has not the keys that this client has told/);
  const repeated = { ...second!, letterKey: others[0]!.maskKey };
  t.match(await give({ members: [first!, repeated, ...others] }), /a key stands in the roster twice/);
  t.match(await give({ members: [first!, first!] }), /client 0 stands in it twice/);
  t.match(await give({ threshold: 2 }), /the threshold is 2; of 5 members, 3 are the fewest/);
  t.match(await give({ threshold: 6 }), /the threshold is 6/);
  t.match(await give({ members: [first!], threshold: 1 }), /of 1 members, 2 are the fewest/);
  t.match(await give({ attempt: 5 }), /belongs to attempt 5/);
  t.equal(await refusal(() => home.share(message)), 'nothing was refused');
  t.match(await give({ threshold: 4 }), /the roster is not the one that shares were given for/);
});

test('letters from a stranger, from too few, or another set of them are refused', async (t) => {
  const masked = openMasked(five);
  for (let phase = 0; phase < 2; phase++) await runPhase(masked);
  const home = masked.homes.get(0)!;
  const sender = { client: 0, round };
  const message = masked.desk.messagesFor(0)[1]!;
  const { letters } = decodeShares(message, sender);
  const give = (changed: typeof letters) =>
    refusal(() => home.mask(encodeShares(sender, { attempt, letters: changed }), () => numbersOf(0)));
  const fresh = async () => {
    const again = new MaskedHome('test', 0, { ...home.record, letters: '' });
    await again.keys(round, attempt);
    await again.share(masked.desk.messagesFor(0)[0]!);
    return again;
  };
  const stranger = encodeShares(sender, { attempt, letters: [...letters, [5, letters[0]![1]]] });
  const [one, two] = [await fresh(), await fresh()];
  t.match(await refusal(() => one.mask(stranger, () => numbersOf(0))), /client 5 is not in the roster/);
  const few = encodeShares(sender, { attempt, letters: letters.slice(0, 1) });
  t.match(await refusal(() => two.mask(few, () => numbersOf(0))), /2 of 5 share their secrets, 3 are needed/);
  t.equal(await give(letters), 'nothing was refused');
  t.match(await give(letters.slice(1)), /not those whose writers were masked with before/);
});

test('participants that tell foreign keys, letters for strangers or shares of them are refused by the desk', async (t) => {
  const masked = openMasked(five);
  const sender = { client: 2, round };
  await runPhase(masked, [2]);
  const late = openMasked(five);
  const mine = decodeRoster(await late.homes.get(2)!.keys(round, attempt), sender).members[0]!;
  const other = decodeRoster(await late.homes.get(3)!.keys(round, attempt), { client: 3, round }).members[0]!;
  const keys = (members: (typeof mine)[], at = attempt) =>
    refusal(() => late.desk.accept(2, encodeRoster(sender, { attempt: at, threshold: 0, members })));
  late.desk.accept(3, await late.homes.get(3)!.keys(round, attempt));
  t.match(await keys([other]), /a client tells its own keys, and no others/);
  t.match(await keys([mine, other]), /a client tells its own keys, and no others/);
  t.match(await keys([{ ...other, client: 2 }]), /client 3 has told one of its keys before/);
  t.match(await keys([{ ...mine, letterKey: mine.maskKey }]), /its two keys are the same/);
  t.match(await keys([mine], 5), /belongs to attempt 5 at the round, not to 77/);
  t.match(
    await refusal(() => late.desk.accept(2, encodeShares(sender, { attempt, letters: [] }))),
    /it is of kind shares; the class is at keys and takes keys/,
  );

  const from = masked.homes.get(0)!;
  const letters = decodeShares(await from.share(masked.desk.messagesFor(0)[0]!), {
    client: 0,
    round,
  }).letters;
  const write = (changed: typeof letters) =>
    refusal(() => masked.desk.accept(0, encodeShares({ client: 0, round }, { attempt, letters: changed })));
  t.match(await write(letters.slice(1)), /there is no letter for client 3/);
  t.match(
    await write([...letters, [9, letters[0]![1]]]),
    /a letter names client 9, who is not in the cohort/,
  );
  for (let phase = 0; phase < 2; phase++) await runPhase(masked);
  const opened = await masked.homes.get(3)!.reveal(masked.desk.messagesFor(3)[2]!);
  const { shares } = decodeRevealed(opened, { client: 3, round });
  const extra = encodeRevealed({ client: 3, round }, { attempt, shares: [...shares, [9, shares[0]![1]]] });
  t.match(
    await refusal(() => masked.desk.accept(3, extra)),
    /a share names client 9, who is not in the cohort/,
  );
});

test('a false share is noticed and its teller named; with none to spare, the sum is given up by the name of whose it is', async (t) => {
  for (const [absent, isSaved] of [
    [[], true],
    [[3, 11], false],
  ] as const) {
    const masked = openMasked(five);
    for (let phase = 0; phase < 3; phase++) await runPhase(masked);
    await runPhase(masked, absent, (client, answer) => {
      if (client !== 2) return answer;
      const { shares } = decodeRevealed(answer, { client, round });
      const lies = shares.map(
        ([of, share]) => [of, of === 7 ? share.map((byte) => byte & 1) : share] as const,
      );
      return encodeRevealed({ client, round }, { attempt, shares: lies });
    });
    const liars: number[] = [];
    const masks = await masked.desk.recover((client) => liars.push(client));
    t.deepEqual(liars, isSaved ? [2] : []);
    if (isSaved) t.deepEqual((await sumOf(masked, masks)).sum.items, exactSum(five, 5));
    else t.match(masked.desk.cohorts[0]!.refusal ?? '', /the shares of client 7 do not fit what it has told/);
  }
});

test('a letter for another client does not open, and the sum is made from the shares of the others', async (t) => {
  const masked = openMasked(five);
  await runPhase(masked);
  await runPhase(masked, [], (client, answer) => {
    if (client !== 7) return answer;
    const { letters } = decodeShares(answer, { client, round });
    const [[a, first], [b, second], ...rest] = letters as [[number, Uint8Array], [number, Uint8Array]];
    return encodeShares({ client, round }, { attempt, letters: [[a, second], [b, first], ...rest] });
  });
  for (let phase = 0; phase < 2; phase++) await runPhase(masked);
  const masks = await masked.desk.recover();
  t.deepEqual((await sumOf(masked, masks)).sum.items, exactSum(five, 5));
});

test('a home that has crashed answers every phase in the same bytes', async (t) => {
  const masked = openMasked(five);
  const answers: Uint8Array[] = [];
  for (let phase = 0; phase < 4; phase++)
    await runPhase(masked, [], (client, answer) => {
      if (client === 3) answers.push(answer);
      return answer;
    });
  const again = new MaskedHome('test', 3, JSON.parse(JSON.stringify(masked.homes.get(3)!.record)));
  const [roster, letters, survivors] = masked.desk.messagesFor(3) as [Uint8Array, Uint8Array, Uint8Array];
  const repeated = [
    await again.keys(round, attempt),
    await again.share(roster),
    await again.mask(letters, () => numbersOf(3)),
    await again.reveal(survivors),
  ];
  t.deepEqual(repeated, answers);
  t.equal(again.fingerprint, masked.homes.get(7)!.fingerprint, 'and the six digits are those of the others');
  t.match(again.fingerprint, /^\d{6}$/);
});

test('a server that was killed before the shares were opened goes on from its file with the same sum', async (t) => {
  const masked = openMasked(five);
  for (const absent of [[], [], [7]]) await runPhase(masked, absent);
  const text = JSON.stringify(pendingToJson({ round, attempt, cohorts: masked.desk.cohorts }));
  const { cohorts } = pendingFromJson(JSON.parse(text));
  const desk = new MaskedDesk(masked.desk.options, cohorts);
  desk.phase = 'unmask';
  t.deepEqual(desk.messagesFor(3), masked.desk.messagesFor(3));
  const resumed = { ...masked, desk };
  t.ok(await runPhase(resumed));
  const { sum } = await sumOf(resumed, await desk.recover());
  t.deepEqual(sum.items, exactSum([0, 2, 3, 11], 5));
});
