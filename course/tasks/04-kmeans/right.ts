// Solutions that are right and look otherwise: they must pass.
import type { RightSolution } from '../../kit/task.ts';

export const right: readonly RightSolution[] = [
  {
    name: 'running sums, and distances from the other end',
    edits: [
      {
        find: `  let remaining = rng.uniform() * total;
  const drawn = weights.findIndex((weight) => {
    remaining -= weight;
    return remaining < 0;
  });
  return drawn >= 0 ? drawn : weights.findLastIndex((weight) => weight > 0); // rounding may leave a little
`,
        replace: `  const aim = rng.uniform() * total;
  let sum = 0;
  let last = 0;
  for (let index = 0; index < weights.length; index++) {
    if (weights[index]! === 0) continue;
    sum += weights[index]!;
    last = index;
    if (aim < sum) return index;
  }
  return last;
`,
      },
      {
        find: `      const distance = squaredDistance(values, point * dims, means, cluster * dims, dims);
      if (!(distance < distances[point]!)) continue;`,
        replace: `      let distance = 0;
      for (let dim = dims - 1; dim >= 0; dim--) {
        const apart = means[cluster * dims + dim]! - values[point * dims + dim]!;
        distance += apart * apart;
      }
      if (!(distance < distances[point]!)) continue;`,
      },
    ],
  },
  {
    name: 'clusters one by one, with filter and reduce',
    edits: [
      {
        find: `  labels.forEach((label, point) => {
    for (let dim = 0; dim < dims; dim++) means[label * dims + dim]! += values[point * dims + dim]!;
  });
  clusterSizes(labels, clusters).forEach((size, cluster) => {
    for (let dim = 0; dim < dims; dim++) {
      const at = cluster * dims + dim;
      means[at] = size > 0 ? means[at]! / size : centroids.get(cluster, dim);
    }
  });
`,
        replace: `  for (let cluster = 0; cluster < clusters; cluster++) {
    const own = [...labels.keys()].filter((point) => labels[point] === cluster);
    for (let dim = 0; dim < dims; dim++) {
      means[cluster * dims + dim] =
        own.length === 0
          ? centroids.get(cluster, dim)
          : own.reduceRight((sum, point) => sum + values[point * dims + dim]! / own.length, 0);
    }
  }
`,
      },
    ],
  },
];
