// The fields of the playground's form, one sentence each, and where a page says more. They are part of the playground's first load;
// the other words are not: glossary.ts.

export interface Term {
  readonly word: string;
  /** One sentence that needs no other page. */
  readonly meaning: string;
  /** A page that says more, from docs/, and how it is called. */
  readonly more: readonly [page: string, name: string];
  /** How sentences on screen write it, as a regular expression without parentheses that catch. Default: they do not use it. */
  readonly written?: string;
}

export const page = (path: string, name: string) => [path, name] as const;
export const lesson = {
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

export const fieldTerms = {
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
} as const satisfies Record<string, Term>;
