// What needs Node: reading ratings files, saving runs, checkpoints. The rest of the library also runs in browsers.
export * from './checkpoint.ts';
export * from './output-folder.ts';
export * from './ratings-file.ts';
export * from './saved-run.ts';
