// Every number a run depends on, with its default, its range and its meaning: the one place to look and to change.
// In: what the caller wants changed; out: complete, checked settings that client, server and evaluation read.
import { metricWords } from '../evaluation/metric-choice.ts';
import { type ClientOptimizerName, clientOptimizerNames } from './client-optimizer.ts';
import { checkSetting, hint, real, severalWords, shown, type ValueOf, whole, word } from './setting-kinds.ts';
import { type Codec, codecNames } from './wire.ts';

/**
 * How held-out items are treated when negatives are drawn; see docs/evaluation.md. `released` never draws them, which
 * leaks; `placebo` is `released` with random untouched items in place of the held-out ones; see docs/reproduction.md.
 */
export type Protocol = 'leak-free' | 'released' | 'placebo';

/** Gaussian noise with a bound on the Euclidean norm, or Laplace noise with a bound on the sum of absolute values. */
export type NoiseKind = 'gaussian' | 'laplace';

/** The server strategies (lib/robust); the sum is what the paper has. */
export type CombineName = 'sum' | 'norm-bound' | 'median' | 'trimmed-mean' | 'krum' | 'multi-krum';
const combineNames: readonly CombineName[] = [
  'sum',
  'norm-bound',
  'median',
  'trimmed-mean',
  'krum',
  'multi-krum',
];

/** The server's optimisers, and the one that the recipe has. */
export type ServerOptimizerName = 'auto' | 'adam' | 'yogi' | 'adagrad' | 'average';
const serverOptimizerNames: readonly ServerOptimizerName[] = ['auto', 'adam', 'yogi', 'adagrad', 'average'];

/** What clients that lie send (lib/robust/attacks.ts). */
export type AttackName = 'none' | 'sign-flip' | 'scale' | 'random' | 'promote';
const attackNames: readonly AttackName[] = ['none', 'sign-flip', 'scale', 'random', 'promote'];

/** The table of settings. A new one is one line here. */
export const settingTable = {
  seed: whole(1, { from: 0, to: Number.MAX_SAFE_INTEGER, symbol: 'S' }, 'everything random follows from it'),
  rounds: whole(150, { from: 1, to: 1_000_000 }, 'federated rounds'),
  factors: whole(
    16,
    { from: 1, to: 1024, symbol: 'd' },
    'length of a user vector; item rows are one longer (D = d + 1): their last entry is the item bias',
  ),
  negatives: whole(4, { from: 1, to: 1000 }, 'negatives drawn per positive, afresh each round'),
  localSteps: whole(
    2,
    { from: 0, to: 1000 },
    'steps on the private user vector before the item gradient is taken; one more follows it',
  ),
  clientOptimizer: word<ClientOptimizerName>(
    'adam',
    clientOptimizerNames,
    'optimiser of the private user vector; try learning rates of 0.2 for adagrad, 2 for sgd',
  ),
  clientLearningRate: real(
    0.05,
    { from: 0, to: 10, symbol: 'RATE' },
    "learning rate of the clients' optimiser",
  ),
  proximal: real(
    0,
    { from: 0, to: 1000, symbol: 'MU' },
    "μ of FedProx: pulls a client's copy of the shared weights back to the server's, where clients take several steps on one",
  ),
  regularization: real(0.01, { from: 0, to: 10, symbol: 'LAMBDA' }, 'λ: pulls user vectors towards 0'),
  serverOptimizer: word<ServerOptimizerName>(
    'auto',
    serverOptimizerNames,
    "the server's optimiser; auto is the recipe's own, average is FedAvg, the mean of the updates times the learning rate",
  ),
  serverLearningRate: real(
    0.03,
    { from: 0, to: 10, symbol: 'RATE' },
    "learning rate of the server's optimiser",
  ),
  itemScale: real(0.01, { from: 0, to: 10 }, 'standard deviation of the initial item factors'),
  userScale: real(0.1, { from: 0, to: 10 }, 'standard deviation of the initial user vectors'),
  codec: word<Codec>(
    'int4',
    codecNames,
    'bits of a number in messages, up and down: float32 is exact, whatever is rounded is described in docs/wire.md',
  ),
  codecDown: word<Codec | 'same'>(
    'same',
    ['same', ...codecNames],
    "the codec of the server's messages, if another",
  ),
  rounding: word<'random' | 'nearest'>(
    'random',
    ['random', 'nearest'],
    'how a client rounds B: up or down by chance, right in the mean over clients and rounds, or to the nearest level',
  ),
  errorFeedback: word<'off' | 'on'>(
    'off',
    ['off', 'on'],
    'whether a client keeps what rounding cut off and adds it to its next message',
  ),
  rank: whole(
    2,
    { from: 1, to: ({ factors }) => factors + 1, symbol: 'r' },
    "rank of the server's step on its way down",
  ),
  clusters: whole(
    'auto',
    { from: 1, or: 'auto', symbol: 'K' },
    'K-means clusters that index the clients; auto is 1 up to 10,000 clients and one per 500 clients above',
  ),
  probes: whole(
    'auto',
    { from: 1, or: 'auto', symbol: 'P' },
    'nearest clusters whose members a client attends to, its own included; auto is 3',
  ),
  heads: whole(1, { from: 1, to: 64, symbol: 'h' }, 'attention heads; head h = 0, 1, … has temperature τ·2ʰ'),
  temperature: real(
    0.1,
    { from: 1e-3, to: 100, symbol: 'T' },
    "τ: temperature of the attention's softmax over cosines",
  ),
  mix: real(
    'auto',
    { from: 0, to: 100, or: 'auto', symbol: 'BETA' },
    "β: weight of the personal part in a client's scores; auto is chosen on validation",
  ),
  tokenMemory: real(
    0.9,
    { from: 0, to: 0.999, symbol: 'M' },
    "weight of the past in a client's token: T ← M·T + (1 − M)·update",
  ),
  refreshEvery: whole(10, { from: 1 }, 'rounds between two refreshes of the personal parts'),
  evaluateEvery: whole(5, { from: 1 }, 'rounds between two evaluations'),
  metrics: severalWords(
    'usual',
    { words: metricWords, ending: '10' },
    'what tables show; what is not among the usual is measured besides, and 10 may be left out',
  ),
  recency: real(
    4,
    { from: 0.1, to: 1e6, or: null, symbol: 'SPAN' },
    'span of the private re-fit to the recent past, in positives',
  ),
  fraction: real(
    1,
    { from: 0.001, to: 1, symbol: 'C' },
    'fraction of the clients that the server asks in a round; each is asked with this probability',
  ),
  windows: word<'auto' | 'off'>(
    'auto',
    ['auto', 'off'],
    'co-occurrence windows, which tell what tends to come next; auto is on where the data have times and nothing is to be hidden by noise or decoys',
  ),
  neighbours: whole(
    128,
    { from: 1, to: 255, symbol: 'N' },
    'how many items that are near an item the table of windows keeps for it',
  ),
  dropout: real(0, { from: 0, to: 0.99, symbol: 'P' }, 'probability that a client misses a round'),
  silentShare: real(0, { from: 0, to: 0.99, symbol: 'P' }, 'share of the clients that fall silent for good'),
  silentAfter: whole(30, { from: 0 }, 'the round after which they do'),
  clip: real(
    null,
    { from: 1e-6, to: 1e6, or: null, symbol: 'C' },
    "largest norm of a client's update, longer ones are shortened; 1 where epsilon is given",
  ),
  epsilon: real(
    null,
    { from: 1e-3, to: 1e6, or: null, symbol: 'E' },
    'privacy budget ε of all rounds together, per client: updates are clipped and get noise',
  ),
  delta: real(1e-5, { from: 1e-12, to: 0.1, symbol: 'D' }, 'δ that goes with ε where the noise is Gaussian'),
  noise: word<NoiseKind>('gaussian', ['gaussian', 'laplace'], 'the noise that keeps ε'),
  padding: real(0, { from: 0, to: 1000, symbol: 'M' }, 'decoys per positive that hide the rows of an update'),
  combine: word<CombineName>('sum', combineNames, "how the server makes one update of the clients' many"),
  assumedLiars: real(
    0.2,
    { from: 0, to: 0.49 },
    'share of liars that trimmed-mean, krum and multi-krum are to withstand',
  ),
  normBound: real(
    'auto',
    { from: 1e-6, to: 1e6, or: 'auto', symbol: 'C' },
    "norm-bound's largest norm of an update; auto is the median of the round's norms",
  ),
  attack: word<AttackName>('none', attackNames, 'what liars send'),
  liars: real(
    0.1,
    { from: 0, to: 1, symbol: 'P' },
    'share of the clients that lie, where there is an attack',
  ),
  attackStrength: real(10, { from: 0, to: 1e6 }, 'how many times as loud as the truth a lie is'),
  promoted: whole(
    'auto',
    { from: 0, or: 'auto', symbol: 'ITEM' },
    'the item that promote pushes, by its index; auto draws one',
  ),
  protocol: word<Protocol>(
    'leak-free',
    ['leak-free', 'released', 'placebo'],
    'how held-out items are treated; all but leak-free are for the lesson on leaks only',
  ),
} as const;

/** The name of a setting. */
export type SettingName = keyof typeof settingTable;

/** Complete settings; docs/settings.md has them as a table. */
export type Settings = { -readonly [Name in SettingName]: ValueOf<(typeof settingTable)[Name]> };

/** The names of all settings, in the order of the table. */
export const settingNames = Object.freeze(Object.keys(settingTable) as SettingName[]);

export const defaultSettings: Readonly<Settings> = Object.freeze(
  Object.fromEntries(settingNames.map((name) => [name, settingTable[name].default])) as unknown as Settings,
);

/**
 * Completes settings with the defaults and checks them, by name and by value.
 *
 * @param layers what is wanted, later layers over earlier ones; what is undefined is not asked for
 * @throws RangeError naming the setting, its rule and what it got; for an unknown name, the closest one
 */
export function completeSettings(...layers: readonly (Partial<Settings> | undefined)[]): Settings {
  const settings: Record<string, unknown> = { ...defaultSettings };
  for (const layer of layers) {
    for (const [name, value] of entriesOf(layer)) if (value !== undefined) settings[name] = value;
  }
  const complete = settings as Settings;
  for (const name of settingNames) checkSetting(name, settingTable[name], complete[name], complete);
  if (complete.epsilon !== null) complete.clip ??= 1;
  return complete;
}

function entriesOf(layer: unknown): [string, unknown][] {
  if (layer === undefined) return [];
  if (typeof layer !== 'object' || layer === null || Array.isArray(layer)) {
    throw new RangeError(`settings: they must be an object such as { rounds: 20 }, got ${shown(layer)}`);
  }
  const entries = Object.entries(layer);
  const stranger = entries.find(([name]) => !Object.hasOwn(settingTable, name));
  if (stranger === undefined) return entries;
  const [name] = stranger;
  throw new RangeError(`settings: there is no setting '${name}'${hint(name, settingNames)}`);
}
