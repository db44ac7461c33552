// A defence changes an update before anybody sees it. Which defences there are is not the round's concern: whoever opens the
// run hands them in with the setup (lib/privacy/defence.ts). A defence that is asked for is never left out in silence.
import type { ClientTask } from './local-model.ts';
import type { SettingName, Settings } from './settings.ts';
import type { Update } from './wire.ts';

/** Turns an update into what may leave the client. */
export type Defence = (update: Update, task: ClientTask) => Update;

/**
 * Makes the defence that the settings ask for, or null.
 *
 * @param noiseShare part of the noise's scale that each client adds: 1, or less where only sums are seen (secure sums)
 */
export type MakeDefence = (
  settings: Settings,
  items: number,
  noiseShare?: (task: ClientTask) => number,
) => Defence | null;

/** The settings that make up a defence. */
export type DefenceSettings = Pick<Settings, 'padding' | 'clip' | 'epsilon' | 'delta' | 'noise'>;

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

/** The setting that asks for a defence. */
export function defenceAskedFor({ epsilon, clip }: Pick<Settings, 'clip' | 'epsilon'>) {
  return epsilon !== null ? 'epsilon' : clip !== null ? 'clip' : 'padding';
}

/** The error where a setting asks for a part of the round that nobody has handed to the run. */
export function absentPart(setting: SettingName): RangeError {
  return new RangeError(
    `settings: ${setting} asks for a part that this run was not given; hand it { parts: allParts } of fedtlrec/parts`,
  );
}
