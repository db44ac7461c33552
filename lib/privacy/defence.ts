// The defence: what a client does to its update before anybody sees it. In this order: decoys, clipping, noise.
// In: the update and the settings `padding`, `clip`, `epsilon`, `delta`, `noise`; out: the update that is encoded.
// What ε promises here: whoever sees all messages of one client can hardly tell whether it trained on its own items or on
// any others (local differential privacy; neighbours differ in all data of one client). Who takes part is no secret.

import type { Defence, DefenceSettings } from '../federated/defence.ts';
import type { ClientTask } from '../federated/local-model.ts';
import { isDefended } from '../federated/optional-parts.ts';
import { type OwnStream, streamsOfRun } from '../federated/own-stream.ts';
import type { Recipe } from '../federated/recipe.ts';
import type { NoiseKind, Settings } from '../federated/settings.ts';
import { expectKind, expectParts } from '../numeric/arguments.ts';
import { expectInteger } from '../numeric/ndarrays.ts';
import { epsilonSpent, noiseMultiplier } from './accounting.ts';
import { clipUpdate, normOf } from './clipping.ts';
import { addNoise } from './noise.ts';
import { chooseDecoys, padRows, positivesOf } from './padding.ts';

/** What a run has spent. */
export interface PrivacySpent {
  readonly epsilon: number;
  /** 0 for Laplace noise. */
  readonly delta: number;
  readonly noise: NoiseKind;
  readonly clip: number;
  /** σ or b of the noise that protects each number: of every message, or of every sum with secure sums. */
  readonly noiseScale: number;
}

/**
 * The noise on each number, σ or b: the multiplier of the plan times the sensitivity. Two clipped updates of one client
 * lie at most 2 · clip apart (Eq. 25).
 */
export function noiseScale({ epsilon, delta, noise, clip, rounds }: Settings): number {
  if (epsilon === null || clip === null) return 0;
  return 2 * clip * noiseMultiplier({ epsilon, delta, rounds, noise });
}

/** What was spent by the messages of some rounds, or null if nothing was promised. */
export function privacySpent(settings: Settings, rounds = settings?.rounds): PrivacySpent | null {
  expectParts('privacySpent', 'settings', settings, 'completeSettings(…)', {
    rounds: 'number',
    noise: 'text',
  });
  expectInteger('privacySpent', 'rounds', rounds, 0);
  const { epsilon, delta, noise, clip, rounds: planned } = settings;
  if (epsilon === null || clip === null) return null;
  return {
    epsilon: epsilonSpent({ epsilon, delta, rounds: planned, noise }, rounds),
    delta: noise === 'laplace' ? 0 : delta,
    noise,
    clip,
    noiseScale: noiseScale(settings),
  };
}

/**
 * The defence that the settings ask for, or null.
 *
 * @param noiseShare part of the noise's scale that each client adds: 1, or less where only sums are seen (secure sums)
 * @param ownStream where decoys and noise are drawn from. Default: the run's seed
 */
export function makeDefence(
  settings: Settings,
  items: number,
  noiseShare: (task: ClientTask) => number = () => 1,
  ownStream: OwnStream = streamsOfRun(settings),
): Defence | null {
  if (!isDefended(settings)) return null;
  const scale = noiseScale(settings);
  return (update, task) => {
    let defended = update;
    if (settings.padding > 0) {
      const positives = positivesOf(task);
      const rng = ownStream('decoys', task.client);
      const decoys = chooseDecoys(positives, settings.padding * positives.size, items, rng);
      defended = padRows(defended, decoys, task.shared.itemTable);
    }
    if (settings.clip !== null) defended = clipUpdate(defended, settings.clip, normOf(settings.noise));
    if (scale > 0) {
      const rng = ownStream('privacy-noise', task.round, task.client);
      defended = addNoise(defended, items, settings.noise, scale * noiseShare(task), rng);
    }
    return defended;
  };
}

/** A recipe that always runs with a defence, under a name of its own. */
export function defend(recipe: Recipe, defence: Partial<DefenceSettings>, name?: string): Recipe {
  expectParts('defend', 'recipe', recipe, 'fedtlrec', { name: 'text', create: 'function' });
  expectKind('defend', 'defence', defence, 'object', '{ epsilon: 8 }');
  return {
    ...recipe,
    name: name ?? `${recipe.name}-defended`,
    defaults: { ...recipe.defaults, ...defence },
    create: (setup) => recipe.create({ ...setup, makeDefence }),
  };
}
