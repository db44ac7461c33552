// What a metric is. Two kinds: what a user's rank is worth, a figure per user whose mean is reported; and what the lists of all
// users say together, one figure for all.
import type { RecommendedItems } from './list-figures.ts';
import type { TargetRank } from './ranking.ts';

/** A figure of merit: a number for each user, whose mean over users is reported. */
export interface Metric {
  /** Its key in JSON documents, checkpoints and traces. */
  readonly name: string;
  /** Its heading in tables. */
  readonly label: string;
  /** What the mean over users says, in one line. */
  readonly meaning: string;
  /** Whether the target is ranked among 99 random candidates, as an exact expectation, or among all of them. */
  readonly candidates: 'sampled' | 'all';
  /** Whether tables with room for few columns show it. */
  readonly isBrief: boolean;
  /**
   * The figure of one user, in [0, 1].
   *
   * @param target the rank among all candidates
   * @param chances probability of rank 1, 2, … among the target and 99 random candidates
   */
  of(target: TargetRank, chances: Float64Array): number;
}

/** A figure of the best 10 unseen items of every user: it has no standard error over users, and there is no better or worse in it. */
export interface ListMetric extends Pick<Metric, 'name' | 'label' | 'meaning'> {
  readonly candidates: 'lists';
  of(recommended: RecommendedItems): number;
}
