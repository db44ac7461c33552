// What a saved model's safetensors file holds: every array of the run's memory, and the split under `split.*`.
// In: memory and split; out: tensors with the shapes that a reader in Python expects. And the split back from them.
import type { Interactions } from '../data/ratings.ts';
import type { Split } from '../data/split.ts';
import type { Memory } from '../federated/memory.ts';
import { SafetensorsError, type Tensor } from '../numeric/safetensors.ts';

/** Arrays of the memory with a row for each item. */
const itemTables = new Set([
  ...['itemTable', 'serverFirstMoment', 'serverSecondMoment', 'serverSquares', 'downlinkError'],
  ...['windowNeighbours', 'windowLevels'],
]);

/** The arrays with the shapes that a reader in Python expects where they are tables of clients or items, else flat. */
export function modelTensors(memory: Memory, split: Split): Record<string, Tensor> {
  const { users, items } = split.train;
  const rowsOf = (name: string) =>
    memory.clientRows.has(name) ? users : itemTables.has(name) ? items : null;
  return Object.fromEntries(
    Object.entries(memory.arrays).map(([name, data]) => {
      const rows = rowsOf(name);
      const isTable = rows !== null && data.length > rows && data.length % rows === 0;
      return [name, { shape: isTable ? [rows, data.length / rows] : [data.length], data }];
    }),
  );
}

/** The split: who trained on which items, and what is held out. */
export function splitTensors({ train, validation, test }: Split): Record<string, Tensor> {
  const arrays = { trainOffsets: train.offsets, trainItems: train.itemOf, validation, test };
  return Object.fromEntries(
    Object.entries(arrays).map(([name, data]) => [`split.${name}`, { shape: [data.length], data }]),
  );
}

/**
 * The split again.
 *
 * @throws SafetensorsError if an array is missing or has another length than the number of users asks for
 */
export function splitOf(
  tensors: Readonly<Record<string, Tensor>>,
  facts: Pick<Split, 'name' | 'ordered' | 'skippedUsers'>,
  users: number,
  items: number,
): Split {
  const arrayOf = (name: string, length: number | null) => {
    const data = tensors[`split.${name}`]?.data;
    if (!data) throw new SafetensorsError(`the array split.${name} is missing`);
    if (length !== null && data.length !== length) {
      throw new SafetensorsError(`split.${name} must have ${length} elements, got ${data.length}`);
    }
    return data;
  };
  const train: Interactions = {
    users,
    items,
    offsets: arrayOf('trainOffsets', users + 1) as Uint32Array,
    itemOf: arrayOf('trainItems', null) as Uint32Array,
  };
  const validation = arrayOf('validation', users) as Int32Array;
  const test = arrayOf('test', users) as Int32Array;
  return { ...facts, train, validation, test };
}
