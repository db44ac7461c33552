// Every JSON document that the command line prints or saves, field by field. docs/public/output.schema.json and the
// page docs/files.md are written from here; settings and metrics come from the library's own tables.
import { furtherMetrics, listMetrics } from '../../lib/evaluation/further-metrics.ts';
import { metrics } from '../../lib/evaluation/metrics.ts';
import type { AnySetting } from '../../lib/federated/setting-kinds.ts';
import { settingNames, settingTable } from '../../lib/federated/settings.ts';
import {
  constant,
  count,
  either,
  type Field,
  flag,
  listOf,
  number,
  object,
  oneOf,
  orNull,
  reference,
  type Schema,
  sha256,
  share,
  text,
} from './schema-kinds.ts';

const protocols = settingTable.protocol.words;

/** The figures of merit, one field a metric. */
const Metrics = object(
  Object.fromEntries([
    ...metrics.map(({ name, meaning }): [string, Field] => [name, [number, meaning]]),
    ...[...furtherMetrics, ...listMetrics].map(({ name, meaning }): [string, Field] => [
      `${name}?`,
      [number, `${meaning}; where it was chosen`],
    ]),
  ]),
);

const StandardErrors = object(
  Object.fromEntries([
    ...metrics.map(({ name, label }): [string, Field] => [name, [number, `standard error of ${label}`]]),
    ...[...furtherMetrics, ...listMetrics].map(({ name, label }): [string, Field] => [
      `${name}?`,
      [number, `standard error of ${label}, where it was chosen`],
    ]),
  ]),
);

const Settings = object(
  Object.fromEntries(
    settingNames.map((name): [string, Field] => [
      name,
      [holdsOf(settingTable[name]), settingTable[name].meaning],
    ]),
  ),
);

function holdsOf(setting: AnySetting): Schema {
  if (setting.kind === 'word') return oneOf(...setting.words);
  if (setting.kind === 'words') return text;
  const value = setting.kind === 'whole' ? count : number;
  if (setting.or === undefined) return value;
  return setting.or === null ? orNull(value) : either(value, constant(setting.or));
}

const Column = object({
  position: [count, 'from 1'],
  name: [orNull(text), 'its name in the header; null without a header'],
});

const Columns = object({
  user: [reference('Column'), 'whose rating it is'],
  item: [reference('Column'), 'what was rated'],
  rating: [orNull(reference('Column')), 'null if every line is a like'],
  time: [
    orNull(
      object({
        position: [count, 'from 1'],
        name: [orNull(text), 'its name in the header; null without a header'],
        kind: [text, 'how times are written'],
      }),
    ),
    'null if no times are read',
  ],
  unused: [listOf(reference('Column')), 'columns that are not read'],
  isTold: [flag, 'whether `--columns` decided'],
});

const Candidates = object({
  fewest: [count, 'of the user with the fewest candidates'],
  most: [count, 'of the user with the most'],
  alone: [count, 'users whose held-out item was the only candidate'],
});

const Dataset = object({
  name: [text, 'file name, or `synthetic`'],
  users: [count, 'users in the data'],
  items: [count, 'items in the data'],
  interactions: [count, 'pairs of user and item'],
  evaluatedUsers: [count, 'users with a held-out item; those with fewer than three ratings only train'],
  candidates: [reference('Candidates'), "how many items a user's test item is ranked among"],
  split: [oneOf('latest', 'random'), 'which items are held out; random where the data have no times'],
  columns: [
    orNull(reference('Columns')),
    'which column of the file is what; null if the data came from no file',
  ],
  minRating: [orNull(number), 'the smallest rating that counts; null if every rating does'],
});

const Round = object({
  event: [constant('round'), 'one line of `train --json` a round'],
  round: [count, 'from 1; 0 for the only evaluation of a recipe without rounds'],
  trained: [orNull(count), 'clients that trained; null where the recipe has no rounds'],
  clients: [count, 'clients whose message was merged'],
  rejected: [count, 'messages that were refused'],
  loss: [orNull(number), 'mean loss of the clients; null if none trained'],
  bytesUpPerClient: [number, 'bytes of a message, the mean of this round'],
  bytesDownPerClient: [number, 'bytes that a client received in this round'],
  megabytesPerClient: [number, 'what one client has sent and received since the start, in 10⁶ bytes'],
  cutOff: [number, 'what the low-rank step left out, relative to the whole step'],
  seconds: [number, 'since the start'],
  'validation?': [reference('Metrics'), 'where this round was evaluated'],
  'mix?': [number, 'where this round was evaluated: the weight β that did best'],
});

const PrivacySpent = object({
  epsilon: [number, 'ε that a client has spent at most'],
  delta: [number, 'δ that goes with it; 0 for Laplace noise'],
  noise: [oneOf(...settingTable.noise.words), 'which noise'],
  clip: [number, 'largest norm of an update'],
  noiseScale: [number, 'σ or b of the noise on each number'],
});

const Order = object({
  weight: [number, 'w: weight of what tends to come next'],
  span: [number, 'τ: how far back a client looks, in items'],
});
const order = [
  orNull(reference('Order')),
  'how much windows count, chosen on validation; null without',
] as const;

/** What every measured run and saved evaluation says about itself. */
const Summary = object({
  event: [constant('summary'), 'the last line of `train --json`'],
  recipe: [text, 'its name'],
  dataset: [reference('Dataset'), 'what it was trained and tested on'],
  protocol: [oneOf(...protocols), 'how held-out items were treated'],
  seed: [count, 'everything random follows from it'],
  rounds: [count, 'rounds that were run; 0 for a recipe without rounds'],
  bestRound: [count, 'the round with the best validation NDCG@10, whose model was tested and is saved'],
  mix: [number, 'β: weight of the personal part, chosen on validation'],
  order,
  test: [reference('Metrics'), 'means over users'],
  testStandardErrors: [reference('StandardErrors'), 'over users'],
  validation: [reference('Metrics'), 'means over users, of the best round'],
  validationStandardErrors: [reference('StandardErrors'), 'over users'],
  guessing: [reference('Metrics'), 'what guessing gets on the test'],
  popularity: [reference('Metrics'), 'what popularity gets on the test'],
  warnings: [listOf(text), 'what makes these figures say less than they seem to'],
  bytesUpPerClientRound: [number, 'mean bytes of a message'],
  bytesDownPerClientRound: [number, 'mean bytes that a client received in a round'],
  bytesOncePerClient: [number, 'bytes of the table of what comes next, which a client receives once'],
  rejectedMessages: [count, 'messages that were refused'],
  privacy: [orNull(reference('PrivacySpent')), 'null if no noise was added or nothing was sent'],
  secondsPerRound: [number, '0 for a recipe without rounds'],
  secondsTotal: [number, 'of training and its evaluations'],
  peakRssMb: [number, 'largest resident memory of the process so far, in 2²⁰ bytes'],
  backend: [text, 'what computed it'],
  workers: [count, 'threads; 0 for none'],
  digest: [sha256, 'of the parameters: equal digests, equal models'],
});

const CurvePoint = object({
  round: [count, 'an evaluated round'],
  megabytes: [number, 'what one client had sent and received by then, in 10⁶ bytes'],
  ...Object.fromEntries(
    [...metrics, ...furtherMetrics].map(({ name, label }): [string, Field] => [
      metrics.some((usual) => usual.name === name) ? name : `${name}?`,
      [number, `${label} on validation`],
    ]),
  ),
});

const Difference = object({
  mean: [reference('Metrics'), 'of the differences, user by user'],
  standardErrors: [reference('StandardErrors'), 'of these means'],
});

const RecipeFigures = object({
  recipe: [text, 'its name'],
  rounds: [count, 'rounds that were run'],
  test: [reference('Metrics'), 'means over users and seeds'],
  testStandardErrors: [reference('StandardErrors'), 'over what `standardErrorsOver` says'],
  validation: [reference('Metrics'), 'means over users and seeds'],
  bytesUpPerClientRound: [number, 'mean bytes of a message'],
  bytesDownPerClientRound: [number, 'mean bytes that a client received in a round'],
  bytesOncePerClient: [number, 'bytes of the table of what comes next, which a client receives once'],
  secondsPerRound: [number, 'mean over the seeds'],
  secondsTotal: [number, 'mean over the seeds'],
  curve: [listOf(reference('CurvePoint')), 'the evaluated rounds of the first seed'],
  runs: [listOf(reference('Summary')), "each seed's summary"],
  difference: [orNull(reference('Difference')), 'this recipe minus the reference; null for the reference'],
});

const comparisonFields: Record<string, Field> = {
  event: [constant('comparison'), 'what `compare --json` prints'],
  dataset: [reference('Dataset'), 'what they were trained and tested on'],
  protocol: [oneOf(...protocols), 'how held-out items were treated'],
  seeds: [listOf(count), 'each recipe was run with each'],
  standardErrorsOver: [oneOf('users', 'seeds'), 'what the standard errors of `test` are over'],
  reference: [text, 'the recipe that differences are taken to'],
  recipes: [listOf(reference('RecipeFigures')), 'in the order asked for'],
  guessing: [reference('Metrics'), 'what guessing gets on the test'],
  popularity: [reference('Metrics'), 'what popularity gets on the test'],
  warnings: [listOf(text), 'what makes these figures say less than they seem to'],
  peakRssMb: [number, 'largest resident memory of the process, in 2²⁰ bytes'],
  backend: [text, 'what computed it'],
  workers: [count, 'threads; 0 for none'],
};

const evaluationFields = (part: 'test' | 'validation'): Schema =>
  object({
    event: [constant('evaluation'), 'what `evaluate --json` prints'],
    recipe: [text, 'of the saved model'],
    dataset: [reference('Dataset'), 'what it was trained on'],
    protocol: [oneOf(...protocols), 'how held-out items were treated'],
    seed: [count, 'of the saved model'],
    part: [constant(part), 'which held-out items were ranked'],
    recency: [orNull(number), 'span of the re-fit; null for none'],
    mix: [orNull(number), 'weight β of the personal part; null if the recipe has none'],
    order,
    [part]: [reference('Metrics'), 'means over users'],
    [`${part}StandardErrors`]: [reference('StandardErrors'), 'over users'],
    guessing: [reference('Metrics'), `what guessing gets on the ${part} items`],
    popularity: [reference('Metrics'), `what popularity gets on the ${part} items`],
    warnings: [listOf(text), 'what makes these figures say less than they seem to'],
    digest: [sha256, 'of the saved parameters'],
  });

const RankedItem = object({
  rank: [count, 'from 1'],
  item: [text, 'its id in the data'],
  score: [number, 'what the items are sorted by'],
  heldOut: [orNull(oneOf('test', 'validation')), 'whether the user took this item later'],
});

const Recommendations = object({
  event: [constant('recommendations'), 'what `recommend --json` prints'],
  recipe: [text, 'of the saved model'],
  user: [text, 'id in the data'],
  trainedItems: [count, 'items of this user that are left out, because the model has seen them'],
  items: [listOf(reference('RankedItem')), 'the best first'],
});

const DataInfo = object({
  name: [text, 'file name, or `synthetic`'],
  format: [orNull(text), 'how the file was laid out; null without a file'],
  encoding: [orNull(text), 'how its bytes stood for letters; null without a file'],
  member: [orNull(text), 'the file of a zip archive that was read; null without an archive'],
  columns: [orNull(reference('Columns')), 'which column is what; null without a file'],
  users: [count, 'users in the data'],
  items: [count, 'items in the data'],
  interactions: [count, 'pairs of user and item'],
  density: [share, 'interactions over users × items'],
  ratingsPerUser: [
    object({ fewest: [count, 'of any user'], median: [number, 'over users'], most: [count, 'of any user'] }),
    'how many ratings users have',
  ],
  values: [object({ smallest: [number, 'rating'], largest: [number, 'rating'] }), 'the range of ratings'],
  timeSpan: [
    orNull(object({ first: [number, 'seconds since 1970'], last: [number, 'seconds since 1970'] })),
    'null without times',
  ],
  dropped: [
    object({
      duplicates: [count, 'replaced by a later rating of the same user and item'],
      lowRatings: [count, 'below the smallest that counts'],
      blankLines: [count, 'of the file'],
      commentLines: [count, 'of the file'],
      headerLines: [count, 'of the file'],
    }),
    'what of the file is not in the figures above',
  ],
  minRating: [orNull(number), 'the smallest rating that counts; null if every rating does'],
  usersLeftOutOfSplit: [count, 'users with fewer than three ratings: they train, but are not evaluated'],
});

const RunFile = object({
  format: [constant(1), "version of the folder's layout"],
  fedtlrec: [text, 'version of the package'],
  recipe: [text, 'its name'],
  recipeModule: [orNull(text), "the file that exports the recipe; null for the library's own"],
  settings: [reference('Settings'), 'complete: whatever was not given has its default'],
  mix: [number, 'β: weight of the personal part, chosen on validation'],
  order,
  digest: [sha256, 'of the parameters'],
  dataset: [
    object({
      name: [text, 'file name, or `synthetic`'],
      ordered: [flag, 'whether the training items are in the order of time'],
      skippedUsers: [count, 'users with fewer than three ratings'],
    }),
    'what reading the split again needs',
  ],
  files: [
    object({ 'model.safetensors': [sha256, 'the arrays'], 'ids.json': [sha256, 'the ids'] }),
    'checksums of the files beside this one',
  ],
  bestRound: [count, 'the round that is saved'],
  summary: [reference('Summary'), 'what `train --json` printed last'],
  rounds: [listOf(reference('Round')), 'what it printed before'],
  testPerUser: [
    object(
      Object.fromEntries(
        [...metrics, ...furtherMetrics].map(({ name, label }): [string, Field] => [
          metrics.some((usual) => usual.name === name) ? name : `${name}?`,
          [
            listOf(orNull(number)),
            `${label} of each user, in the order of \`ids.json\`; null if not evaluated`,
          ],
        ]),
      ),
    ),
    'for paired comparisons',
  ],
});

const IdsFile = object({
  users: [listOf(text), 'id of user 0, 1, …'],
  items: [listOf(text), 'id of item 0, 1, …'],
});

/** Documents first, then the parts that they are made of. */
export const parts: Readonly<Record<string, Schema>> = {
  Round,
  Summary,
  Comparison: object(comparisonFields),
  TestEvaluation: evaluationFields('test'),
  ValidationEvaluation: evaluationFields('validation'),
  Recommendations,
  DataInfo,
  RunFile,
  ComparisonFile: object({ fedtlrec: [text, 'version of the package'], ...comparisonFields }),
  IdsFile,
  RecipeFigures,
  RankedItem,
  CurvePoint,
  Difference,
  Metrics,
  StandardErrors,
  PrivacySpent,
  Order,
  Dataset,
  Candidates,
  Columns,
  Column,
  Settings,
};

/** Where each document comes from. */
export const documents: Readonly<Record<string, string>> = {
  Round: '`train --json`, one line a round',
  Summary: '`train --json`, the last line',
  Comparison: '`compare --json`',
  TestEvaluation: '`evaluate --json`',
  ValidationEvaluation: '`evaluate --part validation --json`',
  Recommendations: '`recommend --json`',
  DataInfo: '`data info --json`',
  RunFile: '`run.json` of `train --out`, and of each recipe of `compare --out`',
  ComparisonFile: '`run.json` of `compare --out`',
  IdsFile: '`ids.json` beside a model',
};

/** The JSON Schema: a value is one of the documents. */
export const outputSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'What the command line of fedtlrec prints and saves as JSON',
  anyOf: Object.keys(documents).map(reference),
  $defs: parts,
};
