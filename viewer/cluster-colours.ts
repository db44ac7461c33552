// A cluster keeps its colour from refresh to refresh. K-means numbers its clusters anew each time; here each takes the
// colour of the earlier cluster that most of its members come from. In: labels of refreshes in order; out: colours.

/**
 * The colour of each cluster of the last of some refreshes, [clusters].
 *
 * @param refreshes labels of the followed clients, -1 for none, a refresh after another; all with the same number of clusters
 */
export function clusterColours(refreshes: readonly ArrayLike<number>[], clusters: number): number[] {
  let colours = Array.from({ length: clusters }, (_, cluster) => cluster);
  for (let at = 1; at < refreshes.length; at++) {
    const matched = matchLabels(refreshes[at - 1]!, refreshes[at]!, clusters);
    colours = matched.map((before) => colours[before]!);
  }
  return colours;
}

/**
 * For each cluster, the earlier cluster that it continues; each earlier one is continued once. The pair with the most
 * common members comes first, so the result is a good matching and need not be the best.
 */
export function matchLabels(before: ArrayLike<number>, now: ArrayLike<number>, clusters: number): number[] {
  const common = new Float64Array(clusters * clusters); // members of both, [now, before]
  for (let client = 0; client < now.length; client++) {
    const [later, earlier] = [now[client]!, before[client] ?? -1];
    if (later >= 0 && earlier >= 0) common[later * clusters + earlier]!++;
  }
  const pairs = Array.from(common.keys()).sort((a, b) => common[b]! - common[a]! || a - b);
  const continues = new Array<number>(clusters).fill(-1);
  const taken = new Set<number>();
  for (const pair of pairs) {
    const [later, earlier] = [Math.floor(pair / clusters), pair % clusters];
    if (continues[later] !== -1 || taken.has(earlier)) continue;
    continues[later] = earlier;
    taken.add(earlier);
  }
  return continues;
}
