// 7. Clients that vanish. Every round, each client is absent with probability one half. An absent client sends nothing,
// but it still receives: the item table, and a personal part that attention mixes from the others' messages.
//
// Run: npx tsx examples/07-dropout.ts
// Installed: import { … } from 'fedtlrec'
import { fedtlrec, isPresent, leaveOneOut, type RunResult, syntheticRatings, train } from '../lib/index.ts';
import { recipeNamed } from '../lib/training/recipes.ts';
import { fixed, printTable, say } from './print.ts';

const { ratings } = syntheticRatings({ users: 300, items: 300, meanRatings: 30, scenesPerGroup: 6 });
const split = leaveOneOut(ratings);
const quick = { rounds: 20, evaluateEvery: 20, serverLearningRate: 0.1, recency: null } as const;

// #region dropout
const rows: string[][] = [];
let last: RunResult | undefined;
for (const dropout of [0, 0.5]) {
  const settings = { ...quick, dropout };
  const alone = await train(await recipeNamed('without-attention'), split, { settings });
  const mixed = await train(fedtlrec, split, { settings });
  rows.push([
    `${fixed(100 * dropout, 0)} % absent`,
    fixed(alone.test.hr10, 2),
    fixed(mixed.test.hr10, 2),
    fixed(mixed.best.mix, 2),
  ]);
  last = mixed;
}
// #endregion dropout

say('HR@10 on 300 synthetic users (its standard error is about 0.03):');
printTable(['each round', 'no attention', 'attention', 'weight β'], rows);

const { program, settings } = last!; // half of the clients absent each round
const users = split.train.users;
const present = Array.from({ length: users }, (_, client) => isPresent(client, quick.rounds, settings));
const absent = present.indexOf(false);
const rounds = Array.from({ length: quick.rounds }, (_, round) => isPresent(absent, round + 1, settings));

// #region absent
const personal = new Float32Array(split.train.items); // δ [items]
program.personalParts(Uint32Array.of(absent), personal);
const size = Math.sqrt(personal.reduce((sum, value) => sum + value * value, 0) / personal.length);
// #endregion absent

say(
  `In the last round ${present.filter((isHere) => !isHere).length} of ${users} clients were absent. One of them is client ${absent}:`,
  `it was there in ${rounds.filter(Boolean).length} of ${rounds.length} rounds, and its personal part has a size of ${fixed(size, 2)}, as everybody's.`,
);
say(
  'Its token, what the server remembers of it, is as old as its last message; nothing was invented for the rounds it',
  'missed. A client that never sent anything gets no personal part, and nobody attends to it.',
);
