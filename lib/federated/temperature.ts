// How sharply each head of the attention between clients looks: server, devices, traces and the viewer ask here.
import type { Settings } from './settings.ts';

/**
 * τ of each head: head h = 0, 1, … has τ · 2ʰ, in every round alike.
 *
 * @param _round the round of the refresh, for temperatures that change on the way
 */
export function headTemperatures({ heads, temperature }: Settings, _round: number): number[] {
  return Array.from({ length: heads }, (_, head) => temperature * 2 ** head);
}
