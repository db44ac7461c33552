// A class once more, without its participants: the messages that were kept, through the same server. In: a class's folder; out: the
// digest, which must be the one that the class ended with.

import { emptyPerUser } from '../evaluation/protocol.ts';
import { chooseLoops } from '../fast/choose-loops.ts';
import type { Recipe } from '../federated/recipe.ts';
import { variantsOf } from '../training/evaluate.ts';
import { openRun } from '../training/open-run.ts';
import { allParts } from '../training/parts.ts';
import { ClassError } from './class-error.ts';
import type { ClassFolder } from './class-folder.ts';
import { forgetHomes, serverDigest, splitOfServer, withRoomForWindows } from './class-run.ts';
import { mergeMessages } from './merge.ts';
import { sidesOf } from './sides-apart.ts';
import { cohortSumOf, unmaskingSide } from './unmask.ts';

/** What a replay ends with. */
export interface Replayed {
  readonly rounds: number;
  readonly messages: number;
  readonly digest: string;
}

/** Runs the kept rounds again. @throws ClassError if none was kept */
export async function replayClass(folder: ClassFolder, recipe: Recipe): Promise<Replayed> {
  const { settings, backend, seats, items, asksForFigures } = folder.facts;
  const records = await folder.rounds();
  if (records.length === 0) throw new ClassError(`${folder.path}: no round was finished`);
  const run = openRun(withRoomForWindows(recipe, seats, items.length), splitOfServer(seats, items.length), {
    settings,
    loops: chooseLoops(backend),
    parts: allParts,
    executor: (program) => {
      const sides = sidesOf(recipe, program);
      const cohortSum = cohortSumOf(sides);
      return {
        workers: 0,
        async train(round) {
          const { messages, masks, windows } = records[round - 1]!;
          const server = cohortSum && masks ? await unmaskingSide(sides, cohortSum, masks) : sides.server;
          return mergeMessages(server, seats, round, new Map(messages), undefined, new Map(windows));
        },
        evaluate: async (task) => variantsOf(task).map(() => emptyPerUser(seats)),
        countRecommended: async () => new Uint32Array(items.length), // who was recommended what stays at home
        close: async () => {},
      };
    },
  });
  forgetHomes(run.memory);
  for await (const event of run.rounds({ evaluates: asksForFigures })) {
    // What a round begins with is what the one before it left behind.
    if (event.type === 'round-started' && event.round > records.length) break;
  }
  const messages = records.reduce((sum, record) => sum + record.messages.length, 0);
  return { rounds: records.length, messages, digest: await serverDigest(run.memory) };
}
