// Every row at one length, one workgroup a row:
//     y = scale · x / |x|
// scale 1 gives unit vectors, whose products are cosines; scale √columns gives a root mean square of 1. A row of zeros
// stays one.
import { rowKernel } from './row-kernel.ts';

export const normalizeRowsKernel = rowKernel(
  'normalize-rows',
  { matrices: { x: 'read', y: 'write' }, numbers: ['scale'] },
  [
    { sum: { squares: 'x(i, j) * x(i, j)' } },
    /* wgsl */ `
    var factor = 0.0;
    if (squares > 0.0) { factor = shape.scale / sqrt(squares); }`,
    { each: 'setY(i, j, factor * x(i, j));' },
  ],
);
