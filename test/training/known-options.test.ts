// What is asked of a run is checked where it is opened: options by their names, settings where they belong.
import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { chooseLoops } from '../../lib/fast/choose-loops.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { openRun } from '../../lib/training/open-run.ts';
import type { RoundsOptions } from '../../lib/training/rounds.ts';
import { train } from '../../lib/training/train.ts';

const { ratings } = syntheticRatings({ users: 20, items: 40, meanRatings: 6 });
const split = leaveOneOut(ratings);
const open = (options: unknown) => () => openRun(fedtlrec, split, options as object);

/** The message of the promise's error. */
const refusal = (options: unknown) =>
  train(fedtlrec, split, options as object).then(
    () => 'it ran',
    (error: Error) => `${error.name}: ${error.message}`,
  );

test('an unknown option is refused with the closest one', async (t) => {
  t.throws(
    open({ setting: {} }),
    /^RangeError: openRun: there is no option 'setting'; did you mean 'settings'\?/,
  );
  t.throws(
    open({ watch: [1] }),
    /^RangeError: openRun: there is no option 'watch'/,
    'an option of train only',
  );
  t.equal(
    await refusal({ onevent() {} }),
    "RangeError: train: there is no option 'onevent'; did you mean 'onEvent'?",
  );
  t.equal(
    await refusal({ toString: 1 }),
    "RangeError: train: there is no option 'toString'; did you mean 'settings'?",
  );
  t.equal(
    await refusal(null),
    'RangeError: train: options must be an object such as { settings: { … } }, got null',
  );
});

test('a setting among the options, and an option among the settings, are told where they belong', async (t) => {
  t.equal(
    await refusal({ rounds: 3 }),
    "RangeError: train: there is no option 'rounds'; it is a setting: { settings: { rounds: … } }",
  );
  t.throws(
    open({ settings: { isShared: true } }),
    /settings: there is no setting 'isShared'; it is an option of openRun beside settings/,
  );
});

test('loops are chosen as an option, by chooseLoops, which knows their names', async (t) => {
  t.equal(
    await refusal({ backend: 'fast' }),
    "RangeError: train: there is no option 'backend'; choose loops instead: { loops: chooseLoops('plain') }",
  );
  for (const [loops, got] of [
    ['fast', "'fast'"],
    [null, 'null'],
    [{ name: 'plain' }, 'an object'],
  ]) {
    t.equal(
      await refusal({ loops }),
      `RangeError: openRun: loops must be Loops, got ${got}; chooseLoops(name) opens them`,
    );
  }
  t.throws(
    () => chooseLoops('Plain'),
    /^RangeError: chooseLoops: the loops must be one of plain, tiled, simd, got 'Plain'; did you mean 'plain'\?/,
  );
});

test('a wrong setting stops the run before it begins', async (t) => {
  let opened = 0;
  const onOpen = () => {
    opened++;
  };
  t.match(
    await refusal({ settings: { codec: 'Int8' }, onOpen }),
    /codec must be one of float32, int8, int4, int3, int2, got 'Int8'; did you mean 'int8'\?/,
  );
  t.match(
    await refusal({ settings: { round: 3 }, onOpen }),
    /there is no setting 'round'; did you mean 'rounds'\?/,
  );
  t.equal(opened, 0);
});

test("a recipe's own settings are checked like the caller's", (t) => {
  const misspelt = { ...fedtlrec, defaults: { round: 3 } as object };
  t.throws(() => openRun(misspelt, split), /there is no setting 'round'; did you mean 'rounds'\?/);
  const fixed = { ...fedtlrec, fixed: { rank: 99 } };
  t.throws(() => openRun(fixed, split), /rank must be a whole number between 1 and 17, got 99/);
  t.equal(
    openRun({ ...fedtlrec, defaults: { rounds: 3 } }, split, { settings: { rounds: undefined } }).settings
      .rounds,
    3,
  );
  t.end();
});

test('a name or a promise in place of a recipe is refused', (t) => {
  for (const [wrong, got] of [
    ['fedtlrec', "'fedtlrec'"],
    [Promise.resolve(fedtlrec), 'a promise'],
    [undefined, 'none'],
  ] as const) {
    const message = `openRun: recipe must be a Recipe, got ${got}; await recipeNamed(name) of fedtlrec/recipes finds one`;
    t.throws(() => openRun(wrong as never, split), { name: 'RangeError', message });
  }
  t.end();
});

test('a stream of rounds refuses an unknown option too', async (t) => {
  const run = openRun(fedtlrec, split, { settings: { rounds: 1 } });
  const options = { firstround: 2 } as RoundsOptions;
  try {
    for await (const _ of run.rounds(options)) t.fail('it ran');
  } catch (error) {
    t.match((error as Error).message, /rounds: there is no option 'firstround'; did you mean 'firstRound'\?/);
  }
});
