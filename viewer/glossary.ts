// What the words on screen mean, one sentence each: shown where a word is pointed at, tapped or reached by the keyboard
// (term-help.ts), and listed on docs/glossary.md, where the site's search finds it.

export interface Term {
  readonly word: string;
  /** One sentence that needs no other page. */
  readonly meaning: string;
  /** A page that says more, from docs/, and how it is called. */
  readonly more: readonly [page: string, name: string];
  /** How sentences on screen write it, as a regular expression without parentheses that catch. Default: they do not use it. */
  readonly written?: string;
}

const page = (path: string, name: string) => [path, name] as const;
const lesson = {
  factors: page('lessons/01-factors.md', 'lesson 1'),
  home: page('lessons/02-data-at-home.md', 'lesson 2'),
  lowRank: page('lessons/03-low-rank.md', 'lesson 3'),
  travels: page('lessons/04-what-travels.md', 'lesson 4'),
  similar: page('lessons/05-who-is-similar.md', 'lesson 5'),
  attention: page('lessons/06-attention.md', 'lesson 6'),
  vanishing: page('lessons/07-vanishing-clients.md', 'lesson 7'),
  infers: page('lessons/08-what-the-server-infers.md', 'lesson 8'),
  fooling: page('lessons/09-fooling-yourself.md', 'lesson 9'),
  fast: page('lessons/10-making-it-fast.md', 'lesson 10'),
  liars: page('lessons/11-clients-that-lie.md', 'lesson 11'),
  order: page('lessons/12-order.md', 'lesson 12'),
};

/** Fields of the playground by their names, then words of panels and pages. */
export const glossary = {
  users: {
    word: 'Clients',
    meaning: 'How many people take part; each one’s ratings stay on its own device.',
    more: lesson.home,
  },
  items: {
    word: 'Items',
    meaning: 'How many things can be recommended, films for example.',
    more: lesson.factors,
  },
  groups: {
    word: 'Taste groups',
    meaning: 'How many kinds of taste the invented people have; no server and no recipe is told.',
    more: lesson.similar,
    written: 'taste groups?',
  },
  seed: {
    word: 'Seed',
    meaning:
      'The number that everything random follows from: the same seed gives the same run, digit by digit.',
    more: page('evaluation.md', 'evaluation'),
    written: 'seed',
  },
  rounds: {
    word: 'Rounds',
    meaning: 'How often clients train at home, send an update, and get the server’s step back.',
    more: lesson.home,
  },
  recipe: {
    word: 'Recipe',
    meaning: 'Which algorithm runs: this library’s, one of it with a part left out, or another paper’s.',
    more: page('recipes.md', 'recipes'),
    written: 'recipes?',
  },
  rank: {
    word: 'Rank down',
    meaning:
      'How many pairs of columns and rows the server’s step is cut down to before it is sent; what is cut off is sent later.',
    more: lesson.lowRank,
  },
  codec: {
    word: 'Codec',
    meaning: 'In how many bits a number travels; fewer bits are rounded more coarsely.',
    more: lesson.travels,
    written: 'codecs?',
  },
  clusters: {
    word: 'Clusters',
    meaning:
      'How many groups K-means sorts the clients into by what their updates have in common; attention looks into the nearest ones.',
    more: lesson.similar,
    written: 'clusters?',
  },
  heads: {
    word: 'Heads',
    meaning:
      'How many attentions look at the same clients, each twice as soft as the one before; what they find is averaged.',
    more: lesson.attention,
    written: 'heads',
  },
  dropout: {
    word: 'Dropout',
    meaning: 'The probability that a client misses a round: 0.5 leaves half of them out, others each time.',
    more: lesson.vanishing,
    written: 'dropout',
  },
  epsilon: {
    word: 'ε',
    meaning:
      'How much an update may reveal of one client: small is private and noisy, empty is without noise.',
    more: lesson.infers,
    written: 'ε',
  },
  liars: {
    word: 'Liars',
    meaning:
      'The share of the clients that send the opposite of their update, ten times as loud: 0.1 is one in ten.',
    more: lesson.liars,
  },
  compute: {
    word: 'Compute',
    meaning:
      'What multiplies the matrices of the attention: the processor, or the graphics processor where the browser allows it.',
    more: page('webgpu.md', 'WebGPU'),
  },
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
