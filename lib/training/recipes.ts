// The recipes of the library by name, in the order in which they are worth reading. A recipe's code is loaded when the
// recipe is named: whoever trains `fedtlrec`, in this thread or another, loads no other paper's program.
import { closestName } from '../federated/closest-name.ts';
import type { Recipe } from '../federated/recipe.ts';
import { shown } from '../federated/setting-kinds.ts';

/** What is known of a recipe before its code is loaded. */
export interface RecipeEntry {
  readonly name: string;
  /** The recipe's own summary. */
  readonly summary: string;
  load(): Promise<Recipe>;
}

/** All recipes that come with the library. */
export const recipeCatalogue: readonly RecipeEntry[] = [
  {
    name: 'fedtlrec',
    summary: 'rank-one updates up, low-rank steps down, attention between clients',
    load: async () => (await import('../federated/recipes/fedtlrec.ts')).fedtlrec,
  },
  {
    name: 'without-attention',
    summary: 'fedtlrec without the personal part: low rank only',
    load: async () => (await import('../federated/recipes/without-attention.ts')).withoutAttention,
  },
  {
    name: 'without-clusters',
    summary: 'fedtlrec with attention between all clients',
    load: async () => (await import('../federated/recipes/without-clusters.ts')).withoutClusters,
  },
  {
    name: 'without-low-rank',
    summary: 'fedtlrec with whole rows up and the whole step down',
    load: async () => (await import('../federated/recipes/without-low-rank.ts')).withoutLowRank,
  },
  {
    name: 'without-windows',
    summary: 'fedtlrec without co-occurrence windows',
    load: async () => (await import('../federated/recipes/without-windows.ts')).withoutWindows,
  },
  {
    name: 'a-only',
    summary: "LoRA's A travels, B stays private: the mean of A over the clients",
    load: async () => (await import('../federated/recipes/a-only.ts')).aOnly,
  },
  {
    name: 'fedmf',
    summary: 'matrix factorization with whole rows up and down, FedAdam on the server',
    load: async () => (await import('../peers/fedmf.ts')).fedmf,
  },
  {
    name: 'fedmf-fedavg',
    summary: 'matrix factorization with whole rows up and down, FedAvg per item on the server',
    load: async () => (await import('../peers/fedmf.ts')).fedmfFedavg,
  },
  {
    name: 'colr',
    summary: 'one random factor shared by all clients each round, so that low-rank updates add up',
    load: async () => (await import('../peers/colr.ts')).colr,
  },
  {
    name: 'colr-all-rows',
    summary:
      'one random factor shared by all clients each round, so that low-rank updates add up; a row for every item, as secure sums need',
    load: async () => (await import('../peers/colr.ts')).colrAllRows,
  },
  {
    name: 'colr-secure-sum',
    summary: 'colr with masked messages: the server sees the sum of a cohort, never an update',
    load: async () => (await import('../peers/colr-secure-sum.ts')).colrSecureSum,
  },
  {
    name: 'fedncf',
    summary: 'a shared perceptron on a private user vector beside an item vector',
    load: async () => (await import('../peers/fedncf.ts')).fedncf,
  },
  {
    name: 'fedrecon',
    summary: 'stateless clients: the user vector is rebuilt each round from half of the sample',
    load: async () => (await import('../peers/fedrecon.ts')).fedrecon,
  },
  {
    name: 'pfedrec',
    summary: 'private score functions and item tables tuned at home, moved rows averaged',
    load: async () => (await import('../peers/pfedrec.ts')).pfedrec,
  },
  {
    name: 'gpfedrec',
    summary: 'an item table for each client: the mean of the tables of clients with similar ones',
    load: async () => (await import('../peers/gpfedrec.ts')).gpfedrec,
  },
  {
    name: 'fedtlrec-released',
    summary: "the authors' released program: A of LoRA travels, an encoder over sequences of length one",
    load: async () => (await import('../peers/fedtlrec-released.ts')).fedtlrecReleased,
  },
  {
    name: 'fedtlrec-as-described',
    summary: 'the released program with attention between clients, and both LoRA factors shared',
    load: async () => (await import('../peers/fedtlrec-as-described.ts')).fedtlrecAsDescribed,
  },
  {
    name: 'local-only',
    summary: 'every client alone with its own item table; nothing is sent',
    load: async () => (await import('../peers/local-only.ts')).localOnly,
  },
  {
    name: 'popularity',
    summary: 'the most popular items for everybody (central, not personal)',
    load: async () => (await import('../peers/popularity.ts')).popularity,
  },
  {
    name: 'item-knn',
    summary: 'items whose users have much in common with your items (central)',
    load: async () => (await import('../peers/item-knn.ts')).itemKnn,
  },
  {
    name: 'ease',
    summary: 'the best linear item-to-item weights, in closed form (central); λ = regularization × users',
    load: async () => (await import('../peers/ease.ts')).ease,
  },
  {
    name: 'markov',
    summary: 'what soon follows the last items of a user, counted over all sequences (central)',
    load: async () => (await import('../peers/markov.ts')).markov,
  },
  {
    name: 'ease-recency',
    summary: 'ease in which recent items speak louder, with a Markov chain beside it (central)',
    load: async () => (await import('../peers/ease-recency.ts')).easeRecency,
  },
  {
    name: 'sasrec',
    summary: 'a causal transformer over the last items of a user (central); a round is an epoch',
    load: async () => (await import('../peers/sasrec.ts')).sasrec,
  },
  {
    name: 'bpr-mf',
    summary: 'matrix factorization trained to rank pairs (central); a round is an epoch',
    load: async () => (await import('../peers/bpr-mf.ts')).bprMf,
  },
  {
    name: 'neumf',
    summary: 'factorization plus perceptron (central); a round is an epoch',
    load: async () => (await import('../peers/neumf.ts')).neumf,
  },
];

/**
 * Finds a recipe by its name and loads it.
 *
 * @throws RangeError naming the closest recipe
 * @throws TypeError if the name is no text
 */
export async function recipeNamed(name: string): Promise<Recipe> {
  if (typeof name !== 'string') {
    throw new TypeError(`recipeNamed: name must be text such as 'fedtlrec', got ${shown(name)}`);
  }
  const found = recipeCatalogue.find((entry) => entry.name === name);
  if (found) return found.load();
  const names = recipeCatalogue.map((entry) => entry.name);
  throw new RangeError(
    `recipe: there is no recipe "${name}"; did you mean "${closestName(name, names)}"? All: ${names.join(', ')}`,
  );
}
