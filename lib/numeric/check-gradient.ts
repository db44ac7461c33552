// Is a gradient right? mathjs differentiates the formula of the loss, and both are asked at many points.
// In: a loss as people write it and a function that claims to be its derivative; out: the true derivative as a formula, and
// the largest difference with the point where it occurs.
import { derivative, parse, simplify } from 'mathjs';
import { type RandomStream, randomStream } from './rng.ts';

export interface CheckGradientOptions {
  /** The variable that the loss is differentiated by. */
  readonly by: string;
  /** What claims to be the derivative, given a number for each variable. */
  gradient(values: Readonly<Record<string, number>>): number;
  /** Values that variables may take; one is drawn. Default for the others: normal numbers. */
  readonly among?: Readonly<Record<string, readonly number[]>>;
  /** How many points. Default: 100. */
  readonly points?: number;
  /** Where the points are drawn from: a seed, or a stream. Default: 1. */
  readonly seed?: number | RandomStream;
}

export interface GradientCheck {
  /** The derivative as mathjs finds it. */
  readonly derivative: string;
  /** The largest |gradient − derivative|, divided by the derivative's size where that is above 1. */
  readonly largestError: number;
  /** The point where it occurs. */
  readonly worst: Readonly<Record<string, number>>;
}

/**
 * Compares a gradient with the symbolic derivative of a loss, at random points.
 *
 * @param loss a formula of mathjs, such as `log(1 + exp(-y * s))`
 * @throws RangeError if the formula cannot be read or does not have the variable, or the gradient is no finite number somewhere
 * @example
 * const gradient = ({ y, s }) => -y * sigmoid(-y * s);
 * checkGradient('log(1 + exp(-y * s))', { by: 's', gradient, among: { y: [-1, 1] } }).largestError < 1e-12; // true
 */
export function checkGradient(loss: string, options: CheckGradientOptions): GradientCheck {
  const { by, gradient, among = {}, points = 100, seed = 1 } = options;
  if (!Number.isInteger(points) || points < 1) {
    throw new RangeError(`checkGradient: points must be a whole number of at least 1, got ${points}`);
  }
  const rng = typeof seed === 'number' ? randomStream(seed, 'check-gradient') : seed;
  const names = variablesOf(loss);
  if (!names.includes(by)) {
    throw new RangeError(`checkGradient: by must be a variable of the loss (${names.join(', ')}), got ${by}`);
  }
  const formula = derivative(loss, by);
  let check: GradientCheck = { derivative: simplify(formula).toString(), largestError: -1, worst: {} };
  for (let point = 0; point < points; point++) {
    const values = Object.fromEntries(
      names.map((name) => {
        const list = among[name];
        return [name, list ? list[rng.integer(list.length)]! : rng.normal()];
      }),
    );
    const wanted = Number(formula.evaluate({ ...values }));
    const got = gradient(values);
    const error = Math.abs(got - wanted) / Math.max(1, Math.abs(wanted));
    if (!Number.isFinite(error)) {
      const at = names.map((name) => `${name} = ${values[name]}`).join(', ');
      throw new RangeError(`checkGradient: the gradient must be finite, got ${got} for ${wanted} at ${at}`);
    }
    if (error > check.largestError) check = { ...check, largestError: error, worst: values };
  }
  return check;
}

/** The variables of a formula in alphabetical order: its names that are neither functions nor constants such as pi. */
function variablesOf(loss: string): string[] {
  const names = new Set<string>();
  try {
    parse(loss).traverse((node, path, parent) => {
      const { name } = node as unknown as { name?: string };
      const isCalled = parent?.type === 'FunctionNode' && path === 'fn';
      if (node.type === 'SymbolNode' && !isCalled && !constants.has(name!)) names.add(name!);
    });
  } catch (error) {
    throw new RangeError(`checkGradient: loss must be a formula, got '${loss}': ${(error as Error).message}`);
  }
  return [...names].sort();
}

const constants = new Set(['pi', 'e', 'tau', 'phi', 'Infinity']);
