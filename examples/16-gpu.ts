// 16. The same product on a GPU, if there is one. Operations are recorded, handed over at once, and read back; without a GPU
// the processor does it, and the output is the same: the numbers are whole, so that not even rounding differs.
//
// Run: npx tsx examples/16-gpu.ts
// Installed: import { … } from 'fedtlrec' and 'fedtlrec/webgpu'
import { type Matrix, matmul, matrix, transpose } from '../lib/index.ts';
import { GpuMatrix, matmul as matmulOnGpu, openGpu } from '../lib/webgpu/index.ts';
import { fixed, printTable, say } from './print.ts';

const tokens = matrix(
  Float32Array.from({ length: 5 * 7 }, (_, at) => ((at * 5) % 11) - 5),
  5,
  7,
); // T [clients, items]

// #region gpu
const { gpu, reason } = await openGpu();
let products: Matrix; // T Tᵀ [clients, clients]: how alike are any two clients?
if (gpu) {
  const onGpu = GpuMatrix.from(gpu, tokens); // to the memory of the GPU
  const square = matmulOnGpu(onGpu, onGpu.transpose()); // recorded; the transpose is a view and costs nothing
  products = await square.read(); // handed over, computed, copied back
  gpu.close();
} else {
  products = matmul(tokens, transpose(tokens));
}
// #endregion gpu

console.error(gpu ? `computed on ${gpu.name}` : `computed on the processor: ${reason}`);
say('T Tᵀ for five clients: how alike are their tokens?');
printTable(
  ['client', '0', '1', '2', '3', '4'],
  [0, 1, 2, 3, 4].map((row) => [
    String(row),
    ...[0, 1, 2, 3, 4].map((column) => fixed(products.get(row, column), 0)),
  ]),
);

const multiplications = (clients: number, items: number) => clients * clients * items;
say('One product is small. A refresh of the attention takes two of them, for all clients at once:');
printTable(
  ['clients', 'items', 'billion multiplications'],
  [
    [943, 1682],
    [6040, 3706],
  ].map(([clients, items]) => [
    String(clients),
    String(items),
    fixed((2 * multiplications(clients!, items!)) / 1e9, 1),
  ]),
);
