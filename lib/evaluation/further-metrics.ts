// Metrics that a run measures when they are chosen (setting `metrics`, `--metrics`): the field's other names for what a rank is
// worth, and what the lists of all users say together. One held-out item a user makes some of them the same figure twice: recall
// is HR, precision is HR / 10, MAP is MRR. They are here to be compared with papers that report them.
import { catalogueCoverage, giniIndex, novelty } from './list-figures.ts';
import type { ListMetric, Metric } from './metric-kinds.ts';
import { CUTOFF, expectedWorth, reciprocal, undiscounted, worthOfRank } from './rank-worth.ts';

/** Precision: a hit is one of the places that are shown. */
const placesShown = () => CUTOFF;

/** What else a user's rank is worth, in the order of tables. */
export const furtherMetrics = [
  {
    name: 'precision10',
    label: 'precision@10',
    meaning:
      'share of the best 10 that is the hidden item, expected among 99 random unseen items: HR@10 / 10',
    candidates: 'sampled',
    isBrief: false,
    of: (_, chances) => expectedWorth(chances, placesShown),
  },
  {
    name: 'recall10',
    label: 'recall@10',
    meaning:
      'share of the one hidden item that is among the best 10, expected among 99 random unseen items: HR@10',
    candidates: 'sampled',
    isBrief: false,
    of: (_, chances) => expectedWorth(chances, undiscounted),
  },
  {
    name: 'map10',
    label: 'MAP@10',
    meaning:
      'mean of the average precision of the one hidden item, expected among 99 random unseen items: MRR@10',
    candidates: 'sampled',
    isBrief: false,
    of: (_, chances) => expectedWorth(chances, reciprocal),
  },
  {
    name: 'fullMrr10',
    label: 'full MRR@10',
    meaning: 'mean of 1 / rank where rank ≤ 10, else 0, among all unseen items',
    candidates: 'all',
    isBrief: false,
    of: ({ rank }) => worthOfRank(rank, reciprocal),
  },
  {
    name: 'fullPrecision10',
    label: 'full precision@10',
    meaning: 'share of the best 10 of all unseen items that is the hidden item: full HR@10 / 10',
    candidates: 'all',
    isBrief: false,
    of: ({ rank }) => worthOfRank(rank, placesShown),
  },
  {
    name: 'fullRecall10',
    label: 'full recall@10',
    meaning: 'share of the one hidden item that is among the best 10 of all unseen items: full HR@10',
    candidates: 'all',
    isBrief: false,
    of: ({ rank }) => worthOfRank(rank, undiscounted),
  },
  {
    name: 'fullMap10',
    label: 'full MAP@10',
    meaning: 'mean of the average precision of the one hidden item among all unseen items: full MRR@10',
    candidates: 'all',
    isBrief: false,
    of: ({ rank }) => worthOfRank(rank, reciprocal),
  },
] as const satisfies readonly Metric[];

/** What the best 10 unseen items of all users say together. */
export const listMetrics = [
  {
    name: 'coverage10',
    label: 'coverage@10',
    meaning: "share of the items that stand in somebody's best 10 unseen items",
    candidates: 'lists',
    of: ({ counts }) => catalogueCoverage(counts),
  },
  {
    name: 'novelty10',
    label: 'novelty@10',
    meaning:
      "bits: mean −log₂ of the share of users who train on an item, over all users' best 10 unseen items",
    candidates: 'lists',
    of: ({ counts, popularity, users }) => novelty(counts, popularity, users),
  },
  {
    name: 'gini10',
    label: 'Gini@10',
    meaning:
      "Gini index of how often items stand in the users' best 10 unseen items: 0 is all equally often, 1 always the same",
    candidates: 'lists',
    of: ({ counts }) => giniIndex(counts),
  },
] as const satisfies readonly ListMetric[];
