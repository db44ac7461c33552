// Lesson 10: which numbers a matrix product reads, one step of the innermost loop at a time, for three ways to walk
// through an 8 × 8 product; and how fast the library's three loops are on this machine.
import { chooseLoops, loopNames } from '../../../../lib/fast/choose-loops.ts';
import { matmul } from '../../../../lib/numeric/matmul.ts';
import { zeros } from '../../../../lib/numeric/matrix.ts';
import { randomStream } from '../../../../lib/numeric/rng.ts';
import type { Inputs } from './inputs.ts';
import { plural } from './words.ts';

export const size = 8;

export interface Walk {
  readonly word: string;
  readonly name: string;
  /** Rows and columns of C that one step adds to. */
  readonly height: number;
  readonly width: number;
  /** Numbers that one instruction handles. */
  readonly lanes: number;
}

export const walks: readonly Walk[] = [
  { word: 'plain', name: 'plain: one number of C', height: 1, width: 1, lanes: 1 },
  { word: 'tiled', name: 'tiled: 4 × 4 numbers of C', height: 4, width: 4, lanes: 1 },
  { word: 'simd', name: 'SIMD: 4 × 8 numbers of C', height: 4, width: 8, lanes: 4 },
];

export const inputs = {
  walk: {
    label: 'Walk',
    choices: walks.map(({ word, name }) => [word, name] as const),
    usual: 'plain',
    restarts: true,
  },
} as const satisfies Inputs;

export interface ProductStep {
  /** The part of C that this step adds to: rows from `row`, columns from `column`; and k. */
  readonly row: number;
  readonly column: number;
  readonly k: number;
  /** So far: numbers read from A and B, multiplications, and instructions that multiply. */
  readonly reads: number;
  readonly products: number;
  readonly instructions: number;
}

/** All steps of a walk, in order. */
export function productSteps({ height, width, lanes }: Walk): ProductStep[] {
  const steps: ProductStep[] = [];
  const count = { reads: 0, products: 0, instructions: 0 };
  for (let row = 0; row < size; row += height) {
    for (let column = 0; column < size; column += width) {
      for (let k = 0; k < size; k++) {
        count.reads += height + width;
        count.products += height * width;
        count.instructions += (height * width) / lanes;
        steps.push({ row, column, k, ...count });
      }
    }
  }
  return steps;
}

/** What has been read and multiplied up to a step. */
export function productCaption({ reads, products, instructions }: ProductStep): string {
  return `So far ${plural(reads, 'number')} read for ${plural(products, 'multiplication')}: ${(reads / products).toFixed(2)} reads each, in ${plural(instructions, 'multiplying instruction')}.`;
}

/** Billion operations a second of each loop at 256³, measured here and now. `clock` gives milliseconds. */
export function measure(clock: () => number): { name: string; speed: number }[] {
  const rng = randomStream(1, 'example');
  const [a, b] = [0, 1].map(() => {
    const values = zeros(256, 256, 'float32');
    for (let at = 0; at < values.size; at++) values.data[at] = rng.normal();
    return values;
  });
  return loopNames.flatMap((name) => {
    const backend = chooseLoops(name).matmul;
    matmul(a!, b!, { backend }); // the engine compiles on the way
    const begin = clock();
    let turns = 0;
    while (clock() - begin < 150) {
      matmul(a!, b!, { backend });
      turns++;
    }
    return [{ name, speed: (2 * 256 ** 3 * turns) / (clock() - begin) / 1e6 }];
  });
}
