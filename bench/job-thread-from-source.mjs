// Lets a thread run the TypeScript sources of this folder: tsx, once registered, compiles what is imported.
import { register } from 'tsx/esm/api';

register();
export const { work } = await import('./job-thread.ts');
