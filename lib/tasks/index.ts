// biome-ignore-all assist/source/organizeImports: the order is the reading order
// Tasks: a federation for anything, what a task is, tasks that are ready, data to try them on, and further server optimisers.
export * from '../federated/task.ts';
export * from '../federated/task-program.ts';
export * from '../federated/task-combine.ts';
export * from './vectors.ts';
export { type ClassificationOptions, logisticRegression } from './logistic-regression.ts';
export * from './perceptron.ts';
export * from './next-item.ts';
export * from './fedyogi.ts';
export * from './fedadagrad.ts';
export * from './server-optimizers.ts';
