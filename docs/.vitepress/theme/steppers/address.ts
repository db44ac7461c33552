// A stepper's state in the page's address: `?step=3&temperature=0.25`. The step is the number that the reader sees; what is
// as usual is left out. Words that no stepper knows, such as `theme=dark`, stay where they are.
import { type Inputs, usualValues, type Values } from './inputs.ts';

export interface StepperState<All extends Inputs = Inputs> {
  /** From 0. */
  step: number;
  values: Values<All>;
}

/**
 * The state that an address names; what it leaves out, or names wrongly, is as usual.
 *
 * @param search `?step=3&…`
 * @param first the number of the first step, as readers see it
 */
export function stateIn<All extends Inputs>(search: string, inputs: All, first: number): StepperState<All> {
  const words = new URLSearchParams(search);
  const values: Record<string, string> = usualValues(inputs);
  for (const [name, { choices }] of Object.entries(inputs)) {
    const word = words.get(name);
    if (choices.some(([choice]) => choice === word)) values[name] = word!;
  }
  const step = Number(words.get('step') ?? first) - first;
  return { step: Number.isInteger(step) && step > 0 ? step : 0, values: values as Values<All> };
}

/** The address's words for a state, with what else stood there: `?step=3`, or nothing. */
export function searchOf({ step, values }: StepperState, inputs: Inputs, first: number, search = ''): string {
  const words = new URLSearchParams(search);
  for (const [name, { usual }] of Object.entries(inputs)) {
    if (values[name] === usual) words.delete(name);
    else words.set(name, values[name]!);
  }
  if (step === 0) words.delete('step');
  else words.set('step', String(step + first));
  const text = words.toString();
  return text === '' ? '' : `?${text}`;
}
