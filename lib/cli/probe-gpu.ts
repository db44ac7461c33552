// Tries the GPU of the command line and prints why it cannot be used, or null: a process of its own, see backend.ts.
import { openConfiguredGpu } from './configured-gpu.ts';

const { gpu, reason } = await openConfiguredGpu();
console.log(JSON.stringify({ reason }));
gpu?.close();
