// Parts of a round that only some settings ask for: defences at home, server strategies, attacks. What is asked for is never left
// out in silence. In: settings, and the parts that a run was given; out: which setting asks, or an error.
import type { LoadParts } from './combine.ts';
import type { MakeDefence } from './defence.ts';
import type { Memory } from './memory.ts';
import type { ServerOptimizer } from './server.ts';
import type { SettingName, Settings } from './settings.ts';

/** Makes the server's optimiser that the settings name, of a table of `length` numbers; null where they name none. */
export type MakeOptimizer = (length: number, memory: Memory, settings: Settings) => ServerOptimizer | null;

/**
 * Parts of a round that only some settings ask for. They are handed to a run (`allParts` of lib/training/parts.ts), so that
 * whoever reads or bundles a plain round has none of them.
 */
export interface OptionalParts {
  /** Makes what clients do to their updates before they leave home: `padding`, `clip`, `epsilon`. */
  readonly makeDefence?: MakeDefence;
  /** Makes the optimiser that `serverOptimizer` names. */
  readonly makeOptimizer?: MakeOptimizer;
  /** Loads the server strategy and the attack that `combine` and `attack` name. */
  readonly loadParts?: LoadParts;
}

/** Whether any defence is asked for. */
export function isDefended({
  padding,
  clip,
  epsilon,
}: Pick<Settings, 'padding' | 'clip' | 'epsilon'>): boolean {
  return padding > 0 || clip !== null || epsilon !== null;
}

/** No defence; for setups in which none may be asked for. @throws RangeError if the settings ask for one */
export const withoutDefence: MakeDefence = (settings) => {
  if (isDefended(settings)) throw absentPart(defenceAskedFor(settings));
  return null;
};

/** No other optimiser than the recipe's. @throws RangeError if the settings name one */
export const withoutOptimizers: MakeOptimizer = (_length, _memory, { serverOptimizer }) => {
  if (serverOptimizer !== 'auto') throw absentPart('serverOptimizer');
  return null;
};

/** The setting that asks for a defence. */
export function defenceAskedFor({ epsilon, clip }: Pick<Settings, 'clip' | 'epsilon'>) {
  return epsilon !== null ? 'epsilon' : clip !== null ? 'clip' : 'padding';
}

/** The error where a setting asks for a part of the round that nobody has handed to the run. */
export function absentPart(setting: SettingName): RangeError {
  return new RangeError(
    `settings: ${setting} asks for a part that this run was not given; import { allParts } from 'fedtlrec/parts' and pass { parts: allParts }`,
  );
}

/** Which setting names something that has to be loaded, or null. */
export function namingPart({ combine, attack }: Pick<Settings, 'combine' | 'attack'>) {
  return combine !== 'sum' ? 'combine' : attack !== 'none' ? 'attack' : null;
}
