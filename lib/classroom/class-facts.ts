// What everybody in a class knows of it, before the first round: recipe, settings, and the list of items to pick from.
import type { Settings } from '../federated/settings.ts';

/** What a class is. */
export interface ClassFacts {
  readonly version: 1;
  readonly run: string;
  readonly recipe: string;
  readonly settings: Settings;
  /** The loops' name. */
  readonly backend: string;
  readonly seats: number;
  readonly items: readonly ItemEntry[];
  readonly asksForFigures: boolean;
}

/** An item of the list that participants pick from. */
export interface ItemEntry {
  readonly id: string;
  readonly title: string;
}

/** Recipes whose messages are masked, so that participants must be able to agree on keys. */
export const maskedRecipes: readonly string[] = ['colr-secure-sum'];
