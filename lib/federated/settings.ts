// Every number a run depends on, with its default and its meaning: the one place to look and to change.
// In: what the caller wants changed; out: complete, checked settings that client, server and evaluation read.
import { expectInteger } from '../numeric/matrix.ts';
import type { NoiseKind } from '../privacy/accounting.ts';
import type { Codec } from './wire.ts';

/**
 * How held-out items are treated when negatives are drawn; see docs/evaluation.md. `released` never draws them, which
 * leaks; `placebo` is `released` with random untouched items in place of the held-out ones; see docs/reproduction.md.
 */
export type Protocol = 'leak-free' | 'released' | 'placebo';

export interface Settings {
  /** Everything random follows from it. */
  seed: number;
  /** Federated rounds. */
  rounds: number;
  /** d: length of a user vector. Item rows are one longer: their last entry is the item bias, D = d + 1. */
  factors: number;
  /** Negatives drawn per positive, anew each round. */
  negatives: number;
  /** Adam steps on the private user vector before the item gradient is taken; one more follows it. */
  localSteps: number;
  /** Adam's learning rate for the user vector. */
  clientLearningRate: number;
  /** λ: pulls user vectors towards 0. */
  regularization: number;
  /** Learning rate of the server's optimiser. */
  serverLearningRate: number;
  /** Standard deviation of the initial item factors. */
  itemScale: number;
  /** Standard deviation of the initial user vectors. */
  userScale: number;
  /** How B travels up. */
  codec: Codec;
  /** r: rank of the factors that the server sends down. */
  rank: number;
  /** K: clusters that index the clients; 'auto' is 1 up to 10,000 clients and U/500 above. */
  clusters: number | 'auto';
  /** P: how many of the nearest clusters a client attends to, its own included; 'auto' is 3. */
  probes: number | 'auto';
  /** Attention heads; head h has temperature τ·2ʰ. */
  heads: number;
  /** τ: temperature of the attention's softmax over cosines. */
  temperature: number;
  /** β: weight of the personal part in a client's scores; 'auto' is chosen on validation, 0 allowed. */
  mix: number | 'auto';
  /** Weight of the past in a client's token: T ← memory·T + (1 − memory)·update. */
  tokenMemory: number;
  /** Rounds between two refreshes of the personal parts. */
  refreshEvery: number;
  /** Rounds between two evaluations. */
  evaluateEvery: number;
  /** τ of the recency re-fit, in positives; null turns it off. */
  recency: number | null;
  /** Probability that a client is absent in a round. */
  dropout: number;
  /** Share of the clients that fall silent for good after round `silentAfter`. */
  silentShare: number;
  silentAfter: number;
  /** C: the largest norm of a client's update, longer ones are shortened; null is no limit, or 1 where ε is given. */
  clip: number | null;
  /** ε that all rounds together may spend on each client; null is no noise. */
  epsilon: number | null;
  /** δ that goes with ε where the noise is Gaussian. */
  delta: number;
  noise: NoiseKind;
  /** Decoys per positive that a client hides its positives among; 0 is none. */
  padding: number;
  protocol: Protocol;
}

export const defaultSettings: Readonly<Settings> = Object.freeze({
  seed: 1,
  rounds: 150,
  factors: 16,
  negatives: 4,
  localSteps: 2,
  clientLearningRate: 0.05,
  regularization: 0.01,
  serverLearningRate: 0.03,
  itemScale: 0.01,
  userScale: 0.1,
  codec: 'float32',
  rank: 2,
  clusters: 'auto',
  probes: 'auto',
  heads: 1,
  temperature: 0.1,
  mix: 'auto',
  tokenMemory: 0.9,
  refreshEvery: 10,
  evaluateEvery: 5,
  recency: 4,
  dropout: 0,
  silentShare: 0,
  silentAfter: 30,
  clip: null,
  epsilon: null,
  delta: 1e-5,
  noise: 'gaussian',
  padding: 0,
  protocol: 'leak-free',
});

/**
 * Completes settings with the defaults and checks them.
 *
 * @throws RangeError naming the setting, its rule and what it got
 */
export function completeSettings(wanted: Partial<Settings> = {}): Settings {
  const settings: Settings = { ...defaultSettings, ...wanted };
  const whole = (name: keyof Settings, least: number, most?: number) =>
    expectInteger('settings', name, settings[name] as number, least, most);
  whole('seed', 0, Number.MAX_SAFE_INTEGER);
  whole('rounds', 1);
  whole('factors', 1, 1024);
  whole('negatives', 1, 1000);
  whole('localSteps', 0, 1000);
  whole('rank', 1, settings.factors + 1);
  whole('heads', 1, 64);
  whole('refreshEvery', 1);
  whole('evaluateEvery', 1);
  whole('silentAfter', 0);
  if (settings.clusters !== 'auto') whole('clusters', 1);
  if (settings.probes !== 'auto') whole('probes', 1);
  within('clientLearningRate', settings.clientLearningRate, 0, 10);
  within('serverLearningRate', settings.serverLearningRate, 0, 10);
  within('regularization', settings.regularization, 0, 10);
  within('itemScale', settings.itemScale, 0, 10);
  within('userScale', settings.userScale, 0, 10);
  within('temperature', settings.temperature, 1e-3, 100);
  within('tokenMemory', settings.tokenMemory, 0, 0.999);
  within('dropout', settings.dropout, 0, 0.99);
  within('silentShare', settings.silentShare, 0, 0.99);
  if (settings.epsilon !== null) {
    within('epsilon', settings.epsilon, 1e-3, 1e6);
    settings.clip ??= 1;
  }
  if (settings.clip !== null) within('clip', settings.clip, 1e-6, 1e6);
  if (settings.noise !== 'gaussian' && settings.noise !== 'laplace') {
    throw new RangeError(`settings: noise must be gaussian or laplace, got ${settings.noise}`);
  }
  within('delta', settings.delta, 1e-12, 0.1);
  within('padding', settings.padding, 0, 1000);
  if (settings.mix !== 'auto') within('mix', settings.mix, 0, 100);
  if (settings.recency !== null) within('recency', settings.recency, 0.1, 1e6);
  return settings;
}

function within(name: keyof Settings, value: number, least: number, most: number): void {
  if (!(typeof value === 'number' && value >= least && value <= most)) {
    throw new RangeError(`settings: ${name} must be a number between ${least} and ${most}, got ${value}`);
  }
}
