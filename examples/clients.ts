// Small sets of clients, for examples 4 and 5 and for the steppers of the lessons that go with them.
import { fromRows } from '../lib/numeric/matrix.ts';

/** Twelve clients on a plane, in three groups of four [clients, 2]. */
export const points = fromRows([
  [1, 1],
  [2, 1],
  [1, 2],
  [2, 3],
  [8, 1],
  [9, 2],
  [8, 3],
  [10, 1],
  [5, 6],
  [6, 6],
  [5, 5],
  [7, 6],
]);

export const clients = ['Ann', 'Ben', 'Cleo', 'Dan', 'Eve'];
export const items = ['Moon', 'Mars', 'Comet', 'Rose', 'Waltz', 'Letter'];
/** What each of five clients wants beyond what the shared model gives it: T [clients, items]. */
export const tokens = fromRows([
  [0.9, 0.8, 0.1, -0.3, -0.4, -0.3],
  [0.8, 0.7, 0.9, -0.4, -0.3, -0.5],
  [-0.4, -0.3, -0.4, 0.9, 0.7, 0.8],
  [-0.3, -0.5, -0.4, 0.8, 0.1, 0.9],
  [0.7, -0.2, 0.6, 0.6, -0.3, -0.2],
]);
