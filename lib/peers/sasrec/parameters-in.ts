// A model's parameters as one flat array, which an optimiser steps, a checkpoint holds and a thread shares, and as the tree
// of matrices that its layers read. In: a tree that says which shapes there are; out: the same tree over the flat array.
import { type NamedParameter, namedParameters, type ParameterTree } from '../../model/parameters.ts';
import { type FloatArray, type Matrix, matrix, type Vector, vector } from '../../numeric/ndarrays.ts';

/** The number of parameters of a tree. */
export function lengthOf(tree: ParameterTree): number {
  return namedParameters(tree).reduce((length, { data }) => length + data.length, 0);
}

/**
 * A tree of the same shapes whose leaves are views of `flat`, in the order of `namedParameters`.
 *
 * @throws RangeError if `flat` has another length than the tree's leaves together
 */
export function parametersIn<T extends ParameterTree>(flat: FloatArray, shapes: T): T {
  if (flat.length !== lengthOf(shapes)) {
    throw new RangeError(`parametersIn: flat must have ${lengthOf(shapes)} numbers, got ${flat.length}`);
  }
  let at = 0;
  const leaf = (like: Matrix | Vector): Matrix | Vector => {
    const data = flat.subarray(at, at + like.size);
    at += like.size;
    return like.dimension === 1 ? vector(data) : matrix(data, like.shape[0]!, like.shape[1]!);
  };
  const placed = (node: ParameterTree): ParameterTree =>
    Object.fromEntries(
      Object.keys(node)
        .sort()
        .map((name) => {
          const child = node[name]!;
          return [name, isLeaf(child) ? leaf(child) : placed(child)];
        }),
    );
  return placed(shapes) as T;
}

/** Adds gradients of some parameters to those kept. */
export function addTo(kept: readonly NamedParameter[], gradients: ParameterTree): void {
  namedParameters(gradients).forEach(({ data }, place) => {
    const sum = kept[place]!.data;
    for (let at = 0; at < data.length; at++) sum[at]! += data[at]!;
  });
}

function isLeaf(node: Matrix | Vector | ParameterTree): node is Matrix | Vector {
  return ArrayBuffer.isView(node.data);
}
