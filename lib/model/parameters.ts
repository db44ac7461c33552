// A model's parameters are a tree of named matrices and vectors; an optimiser wants flat arrays. This lists the leaves.
// In: the tree of any model in this folder, or the tree of its gradients; out: the same leaves in the same order,
// under names such as `attention.query.weight`, without a copy: what is written there is written into the model.
import { type FloatArray, isRowMajor, type Matrix, type Vector } from '../numeric/ndarrays.ts';

/** Parameters, or their gradients, by name. */
export type ParameterTree = { [name: string]: Matrix | Vector | ParameterTree };

/** One matrix or vector of a model. */
export interface NamedParameter {
  /** The path from the root, e.g. `attention.query.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** The elements in row-major order: a view, not a copy. */
  readonly data: FloatArray;
}

/**
 * Lists a model's parameters in the alphabetical order of their names, so that the gradients, listed alike, pair up
 * with them however either tree was built.
 *
 * @throws RangeError if a parameter does not lie in memory row by row without gaps
 */
export function namedParameters(tree: ParameterTree, prefix = ''): NamedParameter[] {
  return Object.keys(tree)
    .sort()
    .flatMap((key) => {
      const node = tree[key]!;
      const name = prefix + key;
      if (!isLeaf(node)) return namedParameters(node, `${name}.`);
      const isFlat = node.dimension === 1 ? node.stride[0] === 1 || node.size <= 1 : isRowMajor(node);
      if (!isFlat) {
        throw new RangeError(
          `namedParameters: ${name} must lie row by row without gaps, got strides [${node.stride.join(', ')}]`,
        );
      }
      const data = node.data.subarray(node.offset, node.offset + node.size);
      return [{ name, shape: [...node.shape], data }];
    });
}

function isLeaf(node: Matrix | Vector | ParameterTree): node is Matrix | Vector {
  return ArrayBuffer.isView(node.data);
}
