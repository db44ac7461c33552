// Options that say something about another one, and nothing without it. Whoever gives one alone expects something to happen that
// does not, so it is refused. In: what was given on the command line; out: nothing, or an error that names both.
import { defaultSettings, type SettingName, type Settings } from '../federated/settings.ts';
import { flagOf } from './read-value.ts';
import { UsageError } from './usage-error.ts';

interface Companion {
  readonly options: readonly SettingName[];
  readonly isThere: (given: Settings) => boolean;
  /** What makes it count. */
  readonly with: string;
}

const companions: readonly Companion[] = [
  {
    options: ['liars', 'attackStrength'],
    isThere: ({ attack }) => attack !== 'none',
    with: '--attack NAME',
  },
  { options: ['promoted'], isThere: ({ attack }) => attack === 'promote', with: '--attack promote' },
  {
    options: ['assumedLiars'],
    isThere: ({ combine }) => ['trimmed-mean', 'krum', 'multi-krum'].includes(combine),
    with: '--combine trimmed-mean, krum or multi-krum',
  },
  {
    options: ['normBound'],
    isThere: ({ combine }) => combine === 'norm-bound',
    with: '--combine norm-bound',
  },
  { options: ['delta', 'noise'], isThere: ({ epsilon }) => epsilon !== null, with: '--epsilon E' },
  { options: ['silentAfter'], isThere: ({ silentShare }) => silentShare > 0, with: '--silent-share P' },
  { options: ['neighbours'], isThere: ({ windows }) => windows !== 'off', with: '--windows auto' },
  {
    options: ['rounding', 'errorFeedback'],
    isThere: ({ codec }) => codec !== 'float32',
    with: 'a --codec that rounds, such as int4',
  },
];

/** @throws UsageError naming an option that has no effect, and what it needs */
export function expectCompanions(given: Partial<Settings>): void {
  const settings: Settings = { ...defaultSettings, ...given };
  for (const { options, isThere, with: needed } of companions) {
    const lonely = options.find((name) => given[name] !== undefined && given[name] !== defaultSettings[name]);
    if (lonely !== undefined && !isThere(settings))
      throw new UsageError(`${flagOf(lonely)} has no effect without ${needed}; give both or neither`);
  }
}
