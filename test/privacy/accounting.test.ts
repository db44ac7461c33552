import test from 'tape';
import {
  epsilonOfLaplace,
  epsilonOfZcdp,
  epsilonSpent,
  noiseMultiplier,
  type PrivacyPlan,
  zcdpOfEpsilon,
  zcdpOfGaussian,
} from '../../lib/privacy/accounting.ts';

/** ∫ f over [−reach, reach] by Simpson's rule. */
function integrate(f: (x: number) => number, reach: number, steps = 40_000): number {
  const width = (2 * reach) / steps;
  let sum = f(-reach) + f(reach);
  for (let step = 1; step < steps; step++) sum += (step % 2 === 1 ? 4 : 2) * f(-reach + step * width);
  return (sum * width) / 3;
}

const gaussian = (x: number, mean: number, deviation: number) =>
  Math.exp(-((x - mean) ** 2) / (2 * deviation ** 2)) / (deviation * Math.sqrt(2 * Math.PI));
const laplace = (x: number, mean: number, scale: number) =>
  Math.exp(-Math.abs(x - mean) / scale) / (2 * scale);

/** The smallest δ that goes with an ε by definition: ∫ max(0, p(x) − e^ε q(x)) dx. */
const exactDelta = (p: (x: number) => number, q: (x: number) => number, epsilon: number, reach: number) =>
  integrate((x) => Math.max(0, p(x) - Math.exp(epsilon) * q(x)), reach);

test('ρ, ε and the noise of a small plan are what a pocket calculator says', (t) => {
  t.equal(zcdpOfGaussian(2, 4), 0.125, '2² / (2 · 4²)');
  const delta = Math.exp(-4); // ln 1/δ = 4
  t.ok(Math.abs(epsilonOfZcdp(0.25, delta) - 2.25) < 1e-12, '.25 + 2 √(.25 · 4)');
  t.ok(Math.abs(zcdpOfEpsilon(2.25, delta) - 0.25) < 1e-12, 'and back');
  t.equal(epsilonOfLaplace(2, 4), 0.5);
  t.equal(noiseMultiplier({ epsilon: 5, delta, rounds: 10, noise: 'laplace' }), 2, 'ten rounds of ε = 1/2');
  const multiplier = noiseMultiplier({ epsilon: 2.25, delta, rounds: 2, noise: 'gaussian' });
  t.ok(Math.abs(multiplier - 2) < 1e-12, 'two rounds of ρ = 1/8');
  t.end();
});

test('a plan spends exactly its ε over its rounds, and less before', (t) => {
  for (const noise of ['gaussian', 'laplace'] as const) {
    for (const epsilon of [0.01, 1, 50]) {
      const plan: PrivacyPlan = { epsilon, delta: 1e-5, rounds: 40, noise };
      t.ok(Math.abs(epsilonSpent(plan, 40) / epsilon - 1) < 1e-9, `${noise}: all of ${epsilon}`);
      t.equal(epsilonSpent(plan, 0), 0);
      t.ok(epsilonSpent(plan, 10) < epsilonSpent(plan, 11), 'it grows with every round');
    }
  }
  t.end();
});

test('the divergence of two Gaussians is ρ times its order, by numeric integration', (t) => {
  const [sensitivity, deviation] = [1.3, 2];
  const rho = zcdpOfGaussian(sensitivity, deviation);
  for (const order of [1.5, 2, 5, 12]) {
    const log = (x: number, mean: number) => -((x - mean) ** 2) / (2 * deviation ** 2); // the constants cancel
    const density = (x: number) =>
      Math.exp(order * log(x, 0) + (1 - order) * log(x, sensitivity)) / (deviation * Math.sqrt(2 * Math.PI));
    const divergence = Math.log(integrate(density, 60)) / (order - 1);
    t.ok(Math.abs(divergence / (rho * order) - 1) < 1e-6, `order ${order}: ${divergence}`);
  }
  t.end();
});

test('the exact δ of all rounds of Gaussian noise together keeps the promise, by numeric integration', (t) => {
  // The rounds together are one Gaussian release with √rounds times the sensitivity.
  for (const [epsilon, delta, rounds] of [
    [1, 1e-5, 1],
    [3, 1e-5, 40],
    [10, 1e-3, 150],
  ] as const) {
    const deviation = noiseMultiplier({ epsilon, delta, rounds, noise: 'gaussian' }) / Math.sqrt(rounds);
    const reach = 12 * deviation + 2;
    const density = (mean: number) => (x: number) => gaussian(x, mean, deviation);
    const exact = exactDelta(density(1), density(0), epsilon, reach);
    t.ok(exact <= delta, `ε ${epsilon}: δ is ${exact.toExponential(1)}, promised ${delta}`);
    const careless = exactDelta(density(1.6), density(0), epsilon, reach);
    t.ok(
      careless > delta,
      `with 1.6 times the sensitivity the promise is broken: ${careless.toExponential(1)}`,
    );
  }
  t.end();
});

test('Laplace noise promises ε with δ = 0, and no smaller ε, by numeric integration', (t) => {
  const scale = 0.8;
  const epsilon = epsilonOfLaplace(1, scale);
  const density = (mean: number) => (x: number) => laplace(x, mean, scale);
  t.ok(exactDelta(density(1), density(0), epsilon, 40) < 1e-12, 'at ε');
  t.ok(exactDelta(density(1), density(0), 0.99 * epsilon, 40) > 1e-4, 'just below ε');
  t.end();
});

test('plans that promise nothing are refused with the rule', (t) => {
  const plan: PrivacyPlan = { epsilon: 1, delta: 1e-5, rounds: 10, noise: 'gaussian' };
  t.throws(() => noiseMultiplier({ ...plan, epsilon: 0 }), /noiseMultiplier: epsilon must be above 0, got 0/);
  t.throws(() => noiseMultiplier({ ...plan, delta: 1 }), /delta must be above 0 and below 1, got 1/);
  t.throws(() => noiseMultiplier({ ...plan, rounds: 0 }), /rounds must be at least 1, got 0/);
  t.throws(() => zcdpOfGaussian(1, 0), /deviation must be above 0, got 0/);
  t.throws(() => epsilonOfZcdp(-1, 0.1), /rho must be at least 0, got -1/);
  t.end();
});
