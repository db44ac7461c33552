// Files: reading ratings files, saving runs, checkpoints. Needs Node; the rest of the library also runs in browsers.
export * from './checkpoint.ts';
export { cachedArchive, cacheFolder } from './data-cache.ts';
export { type DataSource, dataSource, dataSources } from './data-sources.ts';
export { DownloadError, type DownloadOptions, download } from './download.ts';
export { type OutputFile, openOutputFile } from './output-file.ts';
export * from './output-folder.ts';
export { OutputPathError } from './output-path.ts';
export * from './ratings-file.ts';
export * from './saved-run.ts';
