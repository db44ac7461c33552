// Who is there in a round. Phones run out of battery: a client may miss single rounds, or fall silent for good.
// Each client's fate has its own random stream, so it does not depend on anybody else's.
import { randomStream } from '../numeric/rng.ts';
import type { Settings } from './settings.ts';

/** Whether a client takes part in a round (rounds count from 1). */
export function isPresent(client: number, round: number, settings: Settings): boolean {
  if (isSilent(client, round, settings)) return false;
  if (settings.dropout === 0) return true;
  return randomStream(settings.seed, 'dropout', round, client).uniform() >= settings.dropout;
}

function isSilent(client: number, round: number, settings: Settings): boolean {
  if (settings.silentShare === 0 || round <= settings.silentAfter) return false;
  return randomStream(settings.seed, 'silent', client).uniform() < settings.silentShare;
}
