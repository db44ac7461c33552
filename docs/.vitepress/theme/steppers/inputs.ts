// What a reader can choose in a stepper, as data: the frame draws it, the page's address holds it, and the tests try all of
// it. A choice is a word, so that it can stand in an address.

export interface Input {
  readonly label: string;
  /** The word in the address, and the text on the page. */
  readonly choices: readonly (readonly [word: string, text: string])[];
  readonly usual: string;
  /** Drawn as a box to tick: `yes` or `no`. */
  readonly isFlag?: boolean;
  /** Whoever chooses begins at the first step again. */
  readonly restarts?: boolean;
}

export type Inputs = Readonly<Record<string, Input>>;
/** What is chosen, a word for each input. */
export type Values<All extends Inputs = Inputs> = { -readonly [Name in keyof All]: string };

/** A number out of a few. */
export function numberInput(label: string, choices: readonly number[], usual: number, unit = ''): Input {
  return {
    label,
    choices: choices.map((choice) => [String(choice), `${choice}${unit}`]),
    usual: String(usual),
  };
}

/** Yes or no. */
export function flagInput(label: string, usual: 'yes' | 'no'): Input {
  return {
    label,
    choices: ['no', 'yes'].map((word) => [word, word]),
    usual,
    isFlag: true,
  };
}

/** What is chosen before anybody has chosen. */
export function usualValues<All extends Inputs>(inputs: All): Values<All> {
  return Object.fromEntries(Object.entries(inputs).map(([name, { usual }]) => [name, usual])) as Values<All>;
}
