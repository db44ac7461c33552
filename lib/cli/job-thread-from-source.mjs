// Lets a thread run the TypeScript sources of this folder: tsx, once registered, compiles what is imported.
// The built package does not need it: its threads start from job-thread.js.
import { register } from 'tsx/esm/api';

register();
export const { work } = await import('./job-thread.ts');
