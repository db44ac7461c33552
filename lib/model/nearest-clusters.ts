// Which clusters are nearest to a point: what an index of clusters (an inverted file) is asked before only the members
// of those few clusters are looked at. In: centroids and a point; out: the numbers of the nearest clusters, in order.
// Jégou, Douze & Schmid (2011) search so; here the server asks whom a client should be compared with.
import {
  dimensions,
  expectFinite,
  expectInteger,
  expectShape,
  type Matrix,
  rowMajorData,
  type Vector,
} from '../numeric/ndarrays.ts';
import { scaledBy, squaredDistance, squaringScale } from '../numeric/squares.ts';

/**
 * The numbers of the `probes` clusters whose centroids are nearest to a point, nearest first; of equally near ones the
 * lowest number first. Takes O(clusters · dims + clusters · log clusters).
 *
 * @param centroids [clusters, dims]
 * @param point [dims], for example a row of `centroids` itself
 * @param probes P, how many clusters to name
 * @throws RangeError if the shapes do not fit, the numbers are not finite, or probes is not between 1 and the number of clusters
 */
export function nearestClusters(centroids: Matrix, point: Vector, probes: number): Uint32Array {
  const [clusters, dims] = dimensions('nearestClusters', centroids);
  expectShape('nearestClusters', 'point', point, [dims]);
  expectInteger('nearestClusters', 'probes', probes, 1, clusters);
  const given = rowMajorData(centroids);
  const wanted = Float64Array.from({ length: dims }, (_, dim) => point.get(dim));
  expectFinite('nearestClusters', 'centroids', given);
  expectFinite('nearestClusters', 'point', wanted);
  const scale = squaringScale(given, wanted);
  const rows = scale === 1 ? given : scaledBy(scale, given);
  const target = scaledBy(scale, wanted);
  const distances = Float64Array.from({ length: clusters }, (_, cluster) =>
    squaredDistance(target, 0, rows, cluster * dims, dims),
  );
  const order = Uint32Array.from(distances.keys()).sort((a, b) => distances[a]! - distances[b]! || a - b);
  return order.slice(0, probes);
}
