// A defence changes an update before anybody sees it. Which defences there are is not the round's concern: whoever opens the
// run hands them in with the setup (lib/privacy/defence.ts). A defence that is asked for is never left out in silence.
import type { ClientTask } from './local-model.ts';
import type { OwnStream } from './own-stream.ts';
import type { Settings } from './settings.ts';
import type { Update } from './wire.ts';

/** Turns an update into what may leave the client. */
export type Defence = (update: Update, task: ClientTask) => Update;

/**
 * Makes the defence that the settings ask for, or null.
 *
 * @param noiseShare part of the noise's scale that each client adds: 1, or less where only sums are seen (secure sums)
 * @param ownStream where decoys and noise are drawn from. Default: the run's seed
 */
export type MakeDefence = (
  settings: Settings,
  items: number,
  noiseShare?: (task: ClientTask) => number,
  ownStream?: OwnStream,
) => Defence | null;

/** The settings that make up a defence. */
export type DefenceSettings = Pick<Settings, 'padding' | 'clip' | 'epsilon' | 'delta' | 'noise'>;
