// Clients as points on a sheet of paper: the two principal components of their directions.
// In: points [points, dims]; out: two axes and a centre. Axes of a later round are turned so that the points move as
// little as possible, or a picture would jump with every sign that flips. Pearson (1901); Schönemann (1966) for the turn.
import { matrix } from '../numeric/ndarrays.ts';
import { truncatedSvd } from '../numeric/svd.ts';

/** A plane in the space of the points. */
export interface Plane {
  /** [dims] */
  readonly centre: Float64Array;
  /** Two orthonormal rows, [2, dims]. */
  readonly axes: Float64Array;
}

/**
 * The plane in which the points spread most.
 *
 * @param points [points, dims], at least one
 * @param before the plane of an earlier round; axes are turned towards it
 */
export function planeOf(points: Float32Array, dims: number, before: Plane | null): Plane {
  const count = points.length / dims;
  const centre = new Float64Array(dims);
  for (let at = 0; at < points.length; at++) centre[at % dims]! += points[at]! / count;
  const centred = Float64Array.from(points, (value, at) => value - centre[at % dims]!);
  const axes = new Float64Array(2 * dims);
  const rank = Math.min(2, count, dims);
  axes.set(truncatedSvd(matrix(centred, count, dims), rank).right.data);
  const plane = { centre, axes };
  return before && before.axes.length === axes.length ? turned(plane, before, points) : plane;
}

/** Where points lie in a plane, [points, 2]. */
export function project(points: ArrayLike<number>, dims: number, { centre, axes }: Plane): Float32Array {
  const count = points.length / dims;
  const placed = new Float32Array(count * 2);
  for (let point = 0; point < count; point++) {
    for (let dim = 0; dim < dims; dim++) {
      const value = points[point * dims + dim]! - centre[dim]!;
      placed[2 * point]! += value * axes[dim]!;
      placed[2 * point + 1]! += value * axes[dims + dim]!;
    }
  }
  return placed;
}

/** The same plane with axes turned, and mirrored if that is better, so that points lie near where they lay before. */
function turned(plane: Plane, before: Plane, points: Float32Array): Plane {
  const dims = plane.centre.length;
  const now = project(points, dims, plane);
  const then = project(points, dims, before);
  let [xx, xy, yx, yy] = [0, 0, 0, 0]; // nowᵀ then
  for (let at = 0; at < now.length; at += 2) {
    xx += now[at]! * then[at]!;
    xy += now[at]! * then[at + 1]!;
    yx += now[at + 1]! * then[at]!;
    yy += now[at + 1]! * then[at + 1]!;
  }
  const isMirrored = Math.hypot(xx - yy, xy + yx) > Math.hypot(xx + yy, xy - yx);
  const sign = isMirrored ? -1 : 1;
  const angle = isMirrored ? Math.atan2(xy + yx, xx - yy) : Math.atan2(xy - yx, xx + yy);
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const axes = new Float64Array(2 * dims);
  for (let dim = 0; dim < dims; dim++) {
    const [first, second] = [plane.axes[dim]!, plane.axes[dims + dim]!];
    axes[dim] = cosine * first - sign * sine * second;
    axes[dims + dim] = sine * first + sign * cosine * second;
  }
  return { centre: plane.centre, axes };
}
