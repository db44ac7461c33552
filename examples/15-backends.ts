// 15. Making it fast without making it wrong. A matrix product has one definition and many loops. The slow one is the
// definition; the others must give the same numbers, up to rounding. Times go to stderr: they are your machine's.
//
// Run: npx tsx examples/15-backends.ts
// Installed: import { … } from 'fedtlrec'
import { chooseLoops, loopNames, type Matrix, matmul, randomStream, transpose, zeros } from '../lib/index.ts';
import { fixed, printTable, say } from './print.ts';

const rng = randomStream(1, 'example');
const a = randomMatrix(131, 97); // odd sizes: no tile divides them
const b = randomMatrix(113, 97);

// #region backends
const definition = matmul(a, transpose(b), { backend: chooseLoops('plain').matmul }); // the transpose costs nothing
const rows = loopNames.map((name) => {
  const backend = chooseLoops(name).matmul;
  const product = matmul(a, transpose(b), { backend }); // C = A Bᵀ [131, 113]
  let worst = 0;
  product.data.forEach((value, index) => {
    worst = Math.max(worst, Math.abs(value - definition.data[index]!));
  });
  return [name, worst < 1e-4 ? 'yes' : 'no', fixed((2 * 131 * 97 * 113) / 1e6, 2)];
});
// #endregion backends

say('C = A Bᵀ with A [131, 97] and B [113, 97], all float32:');
printTable(['loop', 'equal within 0.0001', 'million operations'], rows);

const large = randomMatrix(256, 256);
for (const name of loopNames) {
  const backend = chooseLoops(name).matmul;
  matmul(large, large, { backend }); // the engine compiles on the way
  const start = performance.now();
  matmul(large, large, { backend });
  const milliseconds = performance.now() - start;
  const billions = (2 * 256 ** 3) / milliseconds / 1e6;
  console.error(
    `${name.padEnd(6)} 256³ in ${milliseconds.toFixed(1)} ms: ${billions.toFixed(1)} billion operations a second`,
  );
}
say(
  'The same arithmetic in another order: tiles keep numbers where the processor can reach them, SIMD takes four at once.',
);

function randomMatrix(height: number, width: number): Matrix {
  const values = zeros(height, width, 'float32');
  for (let index = 0; index < values.size; index++) values.data[index] = rng.normal();
  return values;
}
