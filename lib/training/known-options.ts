// Options are checked by name where a run is opened, so that a misspelt one is not silently left out.
import { hint, shown } from '../federated/setting-kinds.ts';
import { settingNames } from '../federated/settings.ts';

/** The names of an options type, each once: `{ settings: true, … }`; the compiler sees to it that none is missing. */
export type OptionNames<Options> = Readonly<Record<keyof Required<Options>, true>>;

/**
 * Checks that every option is a known one.
 *
 * @throws RangeError naming the function, the option and the closest known one
 */
export function expectKnownOptions(caller: string, options: unknown, known: Readonly<Record<string, true>>) {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new RangeError(
      `${caller}: options must be an object such as { settings: { … } }, got ${shown(options)}`,
    );
  }
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(known, name)) continue;
    throw new RangeError(`${caller}: there is no option '${name}'${wayOut(name, known)}`);
  }
}

/** Where the option belongs, or which one was probably meant. */
function wayOut(name: string, known: Readonly<Record<string, true>>): string {
  const isRun = Object.hasOwn(known, 'settings');
  if (isRun && (settingNames as readonly string[]).includes(name))
    return `; it is a setting: { settings: { ${name}: … } }`;
  if (isRun && name === 'backend') return "; choose loops instead: { loops: chooseLoops('plain') }";
  return hint(name, Object.keys(known));
}

/** Says where an option that stands among the settings belongs. */
export function expectNoOptionAmong(
  caller: string,
  settings: unknown,
  known: Readonly<Record<string, true>>,
) {
  for (const name of Object.keys(settings ?? {})) {
    if (!Object.hasOwn(known, name)) continue;
    throw new RangeError(
      `settings: there is no setting '${name}'; it is an option of ${caller} beside settings`,
    );
  }
}
