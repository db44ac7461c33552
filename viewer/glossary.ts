// What the words on screen mean, one sentence each: shown where a word is pointed at, tapped or reached by the keyboard
// (term-help.ts), and listed on docs/glossary.md, where the site's search finds it.

import { fieldTerms, lesson, page, type Term } from './glossary-fields.ts';

export type { Term } from './glossary-fields.ts';

/** Fields of the playground by their names, then words of panels and pages. */
export const glossary = {
  ...fieldTerms,
  absent: {
    word: 'Absent',
    meaning:
      'A client that misses the round: it trains nothing and sends nothing, but is remembered by its token.',
    more: lesson.vanishing,
    written: 'absent',
  },
  token: {
    word: 'Token',
    meaning: 'What the server remembers of a client: the running mean of its updates, brought to length 1.',
    more: lesson.attention,
    written: 'tokens?',
  },
  attention: {
    word: 'Attention',
    meaning:
      'Weights that say how much a client takes from each other one: large where their tokens point the same way.',
    more: lesson.attention,
    written: 'attention',
  },
  temperature: {
    word: 'Temperature, τ',
    meaning:
      'How sharply attention tells near from far: small looks at the nearest alone, large at everybody alike.',
    more: lesson.attention,
    written: 'temperature|τ',
  },
  personalPart: {
    word: 'Personal part, δ',
    meaning: 'What attention mixes for one client: a number an item, added to its scores.',
    more: lesson.attention,
    written: 'personal parts?|δ',
  },
  mix: {
    word: 'β',
    meaning: 'How much the personal part counts beside a client’s own scores; chosen on validation.',
    more: lesson.attention,
    written: 'β',
  },
  inertia: {
    word: 'Inertia',
    meaning:
      'The sum of the squared distances of all points to the means of their clusters: what K-means makes small.',
    more: lesson.similar,
    written: 'inertia',
  },
  update: {
    word: 'Update',
    meaning: 'How a client would change the item table: a column times a row, so it is sent as these two.',
    more: lesson.lowRank,
    written: 'updates?',
  },
  window: {
    word: 'Window',
    meaning:
      'A short stretch of what a client touched, sent once and without its order, from which the server learns what comes together.',
    more: lesson.order,
    written: 'windows?',
  },
  refit: {
    word: 'Re-fit',
    meaning:
      'A private step before scoring that turns a client’s vector towards what it touched last; it costs no byte.',
    more: page('evaluation.md', 'evaluation'),
    written: 're-fit',
  },
  validation: {
    word: 'Validation',
    meaning:
      'Each client’s last item but one: rounds and weights are chosen on it, so its figures are a little too good.',
    more: lesson.fooling,
    written: 'validation',
  },
  test: {
    word: 'Test',
    meaning: 'Each client’s last item: looked at once, at the end.',
    more: lesson.fooling,
  },
  hr: {
    word: 'HR@10',
    meaning:
      'The share of clients whose held-out item is among their first ten of a hundred: it and 99 unseen ones.',
    more: page('evaluation.md', 'evaluation'),
    written: 'HR@10',
  },
  full: {
    word: 'Full',
    meaning: 'Ranked among all unseen items, not among 99 of them: harder, and closer to what people see.',
    more: page('evaluation.md', 'evaluation'),
  },
  placebo: {
    word: 'Placebo',
    meaning: 'Data in which nothing can be learned: whoever scores on it measures a leak.',
    more: lesson.fooling,
    written: 'placebo',
  },
  liar: {
    word: 'Liar',
    meaning: 'A client that sends something else than what it should, to spoil the model or to lift an item.',
    more: lesson.liars,
    written: 'liars?',
  },
  kmeans: {
    word: 'K-means',
    meaning:
      'Sorts points into groups: each goes to the nearest mean, each mean moves to the middle of its points, until nothing changes.',
    more: lesson.similar,
    written: 'K-means',
  },
  centroid: {
    word: 'Centroid',
    meaning: 'The mean of a group’s points; K-means moves it.',
    more: lesson.similar,
    written: 'centroids?',
  },
  lowRank: {
    word: 'Low rank',
    meaning: 'A matrix of rank r is the sum of r columns times rows, so these are all that has to be sent.',
    more: lesson.lowRank,
    written: 'low[- ]rank|of rank one|rank one|rank [1-9]\\d*',
  },
  factors: {
    word: 'Factors',
    meaning:
      'The few numbers that stand for a person or an item; two such rows multiplied and added up are a score.',
    more: lesson.factors,
    written: 'factors',
  },
  itemTable: {
    word: 'Item table, Q',
    meaning: 'One row of factors for each item: what the clients learn together and the server keeps.',
    more: lesson.home,
    written: 'item table|Q',
  },
  loss: {
    word: 'Loss',
    meaning: 'How wrong the scores are on the ratings a client trains on; training makes it small.',
    more: lesson.home,
    written: 'loss',
  },
  ndcg: {
    word: 'NDCG@10',
    meaning: 'Like HR@10, but a held-out item counts the less the lower it stands in the list of ten.',
    more: page('evaluation.md', 'evaluation'),
    written: 'NDCG@10',
  },
  standardError: {
    word: 'Standard error',
    meaning:
      'How far a mean would typically be off with other people of the same kind: four times as many halve it.',
    more: lesson.fooling,
    written: 'standard errors?',
  },
} as const satisfies Record<string, Term>;

export type TermName = keyof typeof glossary;
