// TypeScript on the installed package: the types arrive, at the root and at sub-paths.
import { fedtlrec, leaveOneOut, type RunResult, type Settings, syntheticRatings, train } from 'fedtlrec';
import { type KmeansStep, lloyd } from 'fedtlrec/kmeans';
import { fromRows, type Matrix } from 'fedtlrec/matrix';

const points: Matrix = fromRows([[0], [1], [9]]);
const steps: KmeansStep[] = [...lloyd(points, fromRows([[0], [9]]))];
const settings: Partial<Settings> = { rounds: 2 };
const split = leaveOneOut(syntheticRatings({ users: 40 }).ratings);
const result: Promise<RunResult> = train(fedtlrec, split, { settings });
// @ts-expect-error: a word is no number of rounds
train(fedtlrec, split, { settings: { rounds: 'many' } });
console.log(steps.length, result);
