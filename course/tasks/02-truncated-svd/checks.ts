// Whether singular values, their vectors and the factors are right. Signs of vectors are free, so what is compared is what does
// not depend on them: products, lengths, angles. What is expected comes from matrices made of known singular vectors.

import { fromRows, type Matrix, transpose } from '../../../lib/numeric/matrix.ts';
import type { RandomStream } from '../../../lib/numeric/rng.ts';
import type { Call, Case, Check, Dials } from '../../kit/task.ts';
import {
  areNear,
  argumentAfter,
  expectHidden,
  expectRowsShown,
  expectShown,
  fail,
  fieldsOf,
  hold,
  numbersOf,
  returned,
  rowsOf,
  times,
  turned,
  verdict,
} from '../verdicts.ts';

type Rows = number[][];

interface Svd {
  readonly left: Rows;
  readonly values: number[];
  readonly right: Rows;
}

const call = (name: string, ...args: unknown[]): Call => ({ function: name, arguments: args });

function readSvd(value: unknown, rows: number, columns: number, rank: number): Svd {
  const fields = fieldsOf(value, 'singularVectors', 'left', 'singularValues', 'right');
  return {
    left: rowsOf(fields.left, 'left', rows, rank),
    values: numbersOf(fields.singularValues, 'singularValues', rank),
    right: rowsOf(fields.right, 'right', rank, columns),
  };
}

const productOf = ({ left, values, right }: Svd): Rows =>
  times(
    left.map((row) => row.map((value, r) => value * values[r]!)),
    right,
  );

/** A matrix U S Vᵀ whose singular values are known, and its best approximation of each rank. */
function known(stream: RandomStream, rows: number, columns: number, values: readonly number[]) {
  const left = orthonormal(stream, rows).slice(0, values.length); // uᵀ
  const right = orthonormal(stream, columns).slice(0, values.length); // vᵀ
  const cut = (rank: number) =>
    times(
      turned(left.slice(0, rank)).map((row) => row.map((value, r) => value * values[r]!)),
      right.slice(0, rank),
    );
  return { whole: cut(values.length), cut };
}

/** Orthonormal rows by Gram and Schmidt. */
function orthonormal(stream: RandomStream, size: number): Rows {
  const found: Rows = [];
  while (found.length < size) {
    const row = Array.from({ length: size }, () => stream.normal());
    for (const twice of [0, 1]) {
      void twice; // once more, against rounding
      for (const other of found) {
        const along = row.reduce((sum, value, k) => sum + value * other[k]!, 0);
        for (let k = 0; k < size; k++) row[k]! -= along * other[k]!;
      }
    }
    const length = Math.hypot(...row);
    if (length > 1e-3) found.push(row.map((value) => value / length));
  }
  return found;
}

function isOrthonormal(rows: Rows, tolerance = 1e-7): boolean {
  return rows.every((a, i) =>
    rows.every((b, j) => {
      const product = a.reduce((sum, value, k) => sum + value * b[k]!, 0);
      return Math.abs(product - (i === j ? 1 : 0)) <= tolerance;
    }),
  );
}

const svdCase = (rows: Rows, rank: number, read: (svd: Svd) => void): Case => ({
  calls: [call('singularVectors', fromRows(rows), rank)],
  verdict: verdict((answers) => read(readSvd(returned(answers), rows.length, rows[0]!.length, rank))),
});

interface Factors {
  readonly left: Rows;
  readonly right: Rows;
}

const compressCase = (values: Matrix, rank: number, read: (factors: Factors) => void): Case => ({
  calls: [call('compress', values, rank)],
  verdict: verdict((answers) => {
    const fields = fieldsOf(returned(answers), 'compress', 'left', 'right');
    const [rows, columns] = values.shape as [number, number];
    read({ left: rowsOf(fields.left, 'B', rows, rank), right: rowsOf(fields.right, 'A', rank, columns) });
  }),
});

const lengths = (rows: Rows) => rows.map((row) => Math.hypot(...row));

/** How long the columns of B and the rows of A are, given the singular values. */
function wantedLengths(dials: Dials, values: readonly number[]): { left: number[]; right: number[] } {
  const all = { left: [1, 0], right: [0, 1], both: [0.5, 0.5] } as const;
  const [ofLeft, ofRight] = all[(dials.sizes ?? 'left') as keyof typeof all];
  // Where B carries the sizes, A's rows have length 1; the other way round, B's columns have.
  return { left: values.map((value) => value ** ofLeft), right: values.map((value) => value ** ofRight) };
}

const spread = (stream: RandomStream, count: number): number[] => {
  const values = [];
  for (let value = 1 + 4 * stream.uniform(); values.length < count; value *= 0.3 + 0.4 * stream.uniform())
    values.push(value);
  return values;
};

export const visible: readonly Check[] = [
  {
    name: 'gram-by-hand',
    title: 'The Gram matrix of [[1, 2], [3, 4], [5, 6]] is [[35, 44], [44, 56]].',
    cases: () => [
      {
        calls: [
          call(
            'gramMatrix',
            fromRows([
              [1, 2],
              [3, 4],
              [5, 6],
            ]),
          ),
        ],
        verdict: verdict((answers) => {
          const got = rowsOf(returned(answers), 'gramMatrix', 2, 2);
          expectRowsShown(
            got,
            [
              [35, 44],
              [44, 56],
            ],
            'MᵀM is wrong: entry (i, j) is the product of columns i and j of M',
          );
        }),
      },
    ],
  },
  {
    name: 'diagonal',
    title:
      'Of a matrix with one number in each column, the singular values are these numbers, the largest first.',
    cases: () => [
      svdCase(
        [
          [0, 3, 0],
          [4, 0, 0],
          [0, 0, 1],
          [0, 0, 0],
        ],
        3,
        ({ values }) =>
          expectShown(
            values,
            [4, 3, 1],
            'M = [[0, 3, 0], [4, 0, 0], [0, 0, 1], [0, 0, 0]], rank 3: the singular values are wrong',
          ),
      ),
      svdCase(
        [
          [0, 3, 0],
          [4, 0, 0],
          [0, 0, 1],
          [0, 0, 0],
        ],
        1,
        (svd) =>
          expectRowsShown(
            productOf(svd),
            [
              [0, 0, 0],
              [4, 0, 0],
              [0, 0, 0],
              [0, 0, 0],
            ],
            'M = [[0, 3, 0], [4, 0, 0], [0, 0, 1], [0, 0, 0]], rank 1: U S Vᵀ must keep the largest number',
          ),
      ),
      svdCase(
        [
          [3, 0],
          [0, 0],
        ],
        1,
        ({ left, right }) =>
          expectShown(
            [...left.flat(), ...right.flat()].map(Math.abs),
            [1, 0, 1, 0],
            'M = [[3, 0], [0, 0]], rank 1: U and Vᵀ are wrong, also without their signs',
          ),
      ),
    ],
  },
  {
    name: 'compress-by-hand',
    title: 'The factors of a diagonal matrix keep its largest number, and the sizes are where they belong.',
    cases: (_stream, dials) => [
      compressCase(
        fromRows([
          [2, 0],
          [0, 9],
          [0, 0],
        ]),
        1,
        ({ left, right }) => {
          const wanted = wantedLengths(dials, [9]);
          expectRowsShown(
            times(left, right),
            [
              [0, 0],
              [0, 9],
              [0, 0],
            ],
            'M = [[2, 0], [0, 9], [0, 0]], rank 1: B A is wrong',
          );
          expectShown(
            lengths(turned(left)),
            wanted.left,
            'M = [[2, 0], [0, 9], [0, 0]], rank 1: B’s column has another length',
          );
          expectShown(
            lengths(right),
            wanted.right,
            'M = [[2, 0], [0, 9], [0, 0]], rank 1: A’s row has another length',
          );
        },
      ),
    ],
  },
];

const shapes = [
  [5, 3],
  [7, 4],
  [4, 4],
  [3, 6],
  [2, 5],
] as const;

export const hidden: readonly Check[] = [
  {
    name: 'gram',
    title: 'The Gram matrix holds for any shape.',
    cases: (stream) =>
      [
        [1, 3],
        [4, 2],
        [3, 5],
      ].map(([rows, columns]) => {
        const m = Array.from({ length: rows! }, () =>
          Array.from({ length: columns! }, () => stream.normal()),
        );
        return {
          calls: [call('gramMatrix', fromRows(m))],
          verdict: verdict((answers) => {
            const got = rowsOf(returned(answers), 'gramMatrix', columns!, columns!);
            expectHidden(
              got.flat(),
              times(turned(m), m).flat(),
              `a matrix [${rows}, ${columns}]: the result is not MᵀM`,
            );
          }),
        };
      }),
  },
  {
    name: 'best-approximation',
    title: 'Cut after the largest singular values, U S Vᵀ is the best approximation of its rank.',
    weight: 2,
    cases: (stream) =>
      shapes.flatMap(([rows, columns]) => {
        const count = Math.min(rows, columns);
        const values = spread(stream, count);
        const made = known(stream, rows, columns, values);
        return [1, count - 1, count].map((rank) =>
          svdCase(made.whole, rank, (svd) => {
            const where = `a matrix [${rows}, ${columns}], rank ${rank}`;
            expectHidden(svd.values, values.slice(0, rank), `${where}: the singular values are others`);
            expectHidden(
              productOf(svd).flat(),
              made.cut(rank).flat(),
              `${where}: U S Vᵀ is not the best approximation`,
              1e-7,
            );
          }),
        );
      }),
  },
  {
    name: 'orthonormal',
    title: 'The columns of U and the rows of Vᵀ have length 1 and right angles.',
    cases: (stream) =>
      shapes.map(([rows, columns]) => {
        const rank = Math.min(rows, columns);
        const { whole } = known(stream, rows, columns, spread(stream, rank));
        return svdCase(whole, rank, ({ left, right, values }) => {
          const where = `a matrix [${rows}, ${columns}], rank ${rank}`;
          hold(isOrthonormal(turned(left)), `${where}: the columns of U are not orthonormal`);
          hold(isOrthonormal(right), `${where}: the rows of Vᵀ are not orthonormal`);
          hold(
            values.every((value, at) => at === 0 || value <= values[at - 1]!),
            `${where}: the largest must come first`,
          );
        });
      }),
  },
  {
    name: 'wide',
    title: 'A wide matrix is treated as well as a tall one.',
    cases: (stream) =>
      (
        [
          [2, 4],
          [1, 3],
          [3, 8],
        ] as const
      ).map(([rows, columns]) => {
        const values = spread(stream, rows);
        const { whole } = known(stream, rows, columns, values);
        return svdCase(whole, rows, (svd) => {
          expectHidden(
            productOf(svd).flat(),
            whole.flat(),
            `a wide matrix [${rows}, ${columns}]: U S Vᵀ is not the matrix`,
            1e-7,
          );
          expectHidden(
            svd.values,
            values,
            `a wide matrix [${rows}, ${columns}]: the singular values are others`,
          );
        });
      }),
  },
  {
    name: 'rank-deficient',
    title: 'Where a singular value is 0, nothing becomes NaN, and U S Vᵀ is still the matrix.',
    cases: (stream) => {
      const [a, b] = [1 + stream.uniform(), 1 + stream.uniform()];
      const ones = [
        [a, 0],
        [2 * a, 0],
        [b, 0],
      ];
      const outer = [1, -2, 0.5, 3].map((x) => [x * a, x * b, -x]);
      const zero = [
        [0, 0],
        [0, 0],
        [0, 0],
      ];
      const wide = turned(outer);
      return [ones, outer, zero, wide].map((rows) => {
        const rank = Math.min(rows.length, rows[0]!.length);
        return svdCase(rows, rank, (svd) => {
          const where =
            rows === zero
              ? 'a matrix of zeros'
              : `a matrix [${rows.length}, ${rows[0]!.length}] of rank 1, cut after ${rank}`;
          expectHidden(productOf(svd).flat(), rows.flat(), `${where}: U S Vᵀ is not the matrix`, 1e-6);
          hold(
            svd.values.slice(rows === zero ? 0 : 1).every((value) => Math.abs(value) < 1e-6),
            `${where}: a singular value is not 0`,
          );
        });
      });
    },
  },
  {
    name: 'compress',
    title: 'B A is the best approximation, for tall, wide and turned matrices.',
    cases: (stream, dials) =>
      shapes.map(([rows, columns], at) => {
        const count = Math.min(rows, columns);
        const values = spread(stream, count);
        const rank = Math.max(1, count - 1);
        const made = known(stream, rows, columns, values);
        const isTurned = at % 2 === 1; // a view with other strides
        const given = isTurned ? transpose(fromRows(turned(made.whole))) : fromRows(made.whole);
        return compressCase(given, rank, ({ left, right }) => {
          const where = `a matrix [${rows}, ${columns}]${isTurned ? ', a transposed view' : ''}, rank ${rank}`;
          expectHidden(
            times(left, right).flat(),
            made.cut(rank).flat(),
            `${where}: B A is not the best approximation`,
            1e-7,
          );
          const wanted = wantedLengths(dials, values.slice(0, rank));
          expectHidden(
            lengths(turned(left)),
            wanted.left,
            `${where}: the columns of B have other lengths`,
            1e-7,
          );
          expectHidden(lengths(right), wanted.right, `${where}: the rows of A have other lengths`, 1e-7);
        });
      }),
  },
  {
    name: 'rank-beyond',
    title: 'A rank above the shorter side is filled up with zeros, and the element type stays.',
    cases: (stream) => {
      const m = [0, 1].map(() => [0, 1, 2, 3].map(() => stream.normal()));
      const single = fromRows(m, 'float32');
      return [
        compressCase(fromRows(m), 3, ({ left, right }) => {
          expectHidden(
            times(left, right).flat(),
            m.flat(),
            'a matrix [2, 4], rank 3: B A is not the matrix',
            1e-7,
          );
          hold(
            left.every((row) => row[2] === 0),
            'a matrix [2, 4], rank 3: the third column of B is not 0',
          );
          hold(
            right[2]!.every((value) => value === 0),
            'a matrix [2, 4], rank 3: the third row of A is not 0',
          );
        }),
        {
          calls: [call('compress', single, 1)],
          verdict: verdict((answers) => {
            const { left, right } = fieldsOf(returned(answers), 'compress', 'left', 'right') as Record<
              string,
              Matrix
            >;
            rowsOf(left, 'B', 2, 1);
            rowsOf(right, 'A', 1, 4);
            const isKept = left!.data instanceof Float32Array && right!.data instanceof Float32Array;
            hold(isKept, 'a float32 matrix: its factors are not float32');
          }),
        },
      ];
    },
  },
  {
    name: 'unchanged',
    title: 'The matrix that is given stays as it is.',
    cases: (stream) => {
      const m = [0, 1, 2].map(() => [0, 1].map(() => stream.normal()));
      return ['gramMatrix', 'singularVectors', 'compress'].map((name) => ({
        calls: [name === 'gramMatrix' ? call(name, fromRows(m)) : call(name, fromRows(m), 1)],
        verdict: verdict((answers) => {
          const after = rowsOf(argumentAfter(answers, 0, 0), 'the argument', 3, 2);
          if (!areNear(after.flat(), m.flat(), 0)) fail(`${name} changed the matrix that it was given`);
        }),
      }));
    },
  },
];
