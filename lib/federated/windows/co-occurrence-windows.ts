// The part *co-occurrence windows* of a recipe: its client's side and its server's side (Eq. 38–40; docs/lessons/12-order.md).
import { itemsOf, type Split } from '../../data/split.ts';
import type { Setup } from '../recipe.ts';
import { WINDOW_LENGTH, windowCount } from './draw-windows.ts';
import { WindowsAtHome } from './windows-at-home.ts';
import { WindowsAtServer } from './windows-at-server.ts';

/** Both sides of the windows. */
export interface CoOccurrenceWindows {
  readonly client: WindowsAtHome;
  readonly server: WindowsAtServer;
}

/**
 * The windows, or undefined where there are none: they are switched off, the data have no times, or updates are to hide what
 * windows would tell (noise with an ε, decoys).
 */
export function coOccurrenceWindows(setup: Setup): CoOccurrenceWindows | undefined {
  const { split, settings, memory } = setup;
  const { train } = split;
  const isHiding = settings.epsilon !== null || settings.padding > 0;
  if (settings.windows === 'off' || !split.ordered || isHiding) return undefined;
  const room = setup.roomForWindows ?? roomNeeded(train);
  return {
    client: new WindowsAtHome(setup),
    server: new WindowsAtServer(train.users, train.items, room, settings, memory),
  };
}

/** Numbers that all windows take, each with its length. */
function roomNeeded(train: Split['train']): number {
  let room = 0;
  for (let client = 0; client < train.users; client++) {
    const items = itemsOf(train, client).length;
    room += windowCount(items) * (1 + Math.min(items, WINDOW_LENGTH));
  }
  return room;
}
