// Privacy accounting: how much ε a run of many noisy rounds spends, and how much noise a planned ε asks for.
// In: a plan (ε, δ, rounds, kind of noise); out: the noise per unit of sensitivity, and the ε after some rounds.
// Zero-concentrated differential privacy (Bun & Steinke 2016) for Gaussian noise, whose ρ adds up over the rounds;
// basic composition of pure ε (Dwork et al. 2006) for Laplace noise.

import type { NoiseKind } from '../federated/settings.ts';

/** What is promised for a whole run. */
export interface PrivacyPlan {
  /** ε of all rounds together. */
  readonly epsilon: number;
  /** δ of all rounds together; Laplace noise does not need it. */
  readonly delta: number;
  readonly rounds: number;
  readonly noise: NoiseKind;
}

/**
 * ρ of one release with Gaussian noise: Δ² / (2σ²) (Eq. 26).
 *
 * @param sensitivity Δ: the largest Euclidean distance between what two neighbouring inputs release
 * @param deviation σ of the noise on every number
 * @throws RangeError unless both are positive
 */
export function zcdpOfGaussian(sensitivity: number, deviation: number): number {
  expectPositive('zcdpOfGaussian', 'sensitivity', sensitivity);
  expectPositive('zcdpOfGaussian', 'deviation', deviation);
  return sensitivity ** 2 / (2 * deviation ** 2);
}

/** The ε that ρ-zCDP implies for a δ: ρ + 2 √(ρ ln 1/δ) (Eq. 27). */
export function epsilonOfZcdp(rho: number, delta: number): number {
  if (!(rho >= 0)) throw new RangeError(`epsilonOfZcdp: rho must be at least 0, got ${rho}`);
  return rho + 2 * Math.sqrt(rho * logOneOver('epsilonOfZcdp', delta));
}

/** The largest ρ whose ε does not exceed the given one: the inverse of `epsilonOfZcdp` (Eq. 27). */
export function zcdpOfEpsilon(epsilon: number, delta: number): number {
  expectPositive('zcdpOfEpsilon', 'epsilon', epsilon);
  const log = logOneOver('zcdpOfEpsilon', delta);
  // (√(L + ε) − √L)², written so that nothing cancels where ε is small.
  return (epsilon / (Math.sqrt(log + epsilon) + Math.sqrt(log))) ** 2;
}

/** ε of one release with Laplace noise of scale b: Δ / b, with Δ a sum of sizes (Eq. 28). */
export function epsilonOfLaplace(sensitivity: number, scale: number): number {
  expectPositive('epsilonOfLaplace', 'sensitivity', sensitivity);
  expectPositive('epsilonOfLaplace', 'scale', scale);
  return sensitivity / scale;
}

/**
 * The noise per round and unit of sensitivity that keeps a plan: σ / Δ of a Gaussian, b / Δ of a Laplace number
 * (Eq. 26–28). Every round gets the same share: ρ / rounds, or ε / rounds.
 *
 * @throws RangeError unless ε is positive, δ in (0, 1) and rounds at least 1
 */
export function noiseMultiplier({ epsilon, delta, rounds, noise }: PrivacyPlan): number {
  expectPositive('noiseMultiplier', 'epsilon', epsilon);
  if (!(rounds >= 1)) throw new RangeError(`noiseMultiplier: rounds must be at least 1, got ${rounds}`);
  if (noise === 'laplace') return rounds / epsilon;
  return 1 / Math.sqrt((2 * zcdpOfEpsilon(epsilon, delta)) / rounds);
}

/** The ε that has been spent after some rounds of a plan; all of it after the last. */
export function epsilonSpent(plan: PrivacyPlan, rounds: number): number {
  if (!(rounds >= 0)) throw new RangeError(`epsilonSpent: rounds must be at least 0, got ${rounds}`);
  if (rounds === 0) return 0;
  const multiplier = noiseMultiplier(plan);
  if (plan.noise === 'laplace') return rounds * epsilonOfLaplace(1, multiplier);
  return epsilonOfZcdp(rounds * zcdpOfGaussian(1, multiplier), plan.delta);
}

function logOneOver(caller: string, delta: number): number {
  if (!(delta > 0 && delta < 1)) {
    throw new RangeError(`${caller}: delta must be above 0 and below 1, got ${delta}`);
  }
  return Math.log(1 / delta);
}

function expectPositive(caller: string, name: string, value: number): void {
  if (!(value > 0)) throw new RangeError(`${caller}: ${name} must be above 0, got ${value}`);
}
