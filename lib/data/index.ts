// biome-ignore-all assist/source/organizeImports: the order is the reading order
// Data: who touched what, how files become ratings, what is held out, and what is drawn as negative.
export * from './ratings.ts';
export * from './build-ratings.ts';
export { type InteractionsOptions, interactionsOf } from './interactions.ts';
export { type RatingsFormat, ratingsFormats } from './formats.ts';
export { ParseError } from './parse-error.ts';
export { type Column, type Columns, columnsText } from './columns.ts';
export {
  type LayoutOptions,
  type ParseOptions,
  type ParseReport,
  parseRatings,
  RatingsParser,
} from './parse.ts';
export { type ReadOptions, type ReadReport, readRatings } from './read-ratings.ts';
export * from './ratings-facts.ts';
export * from './describe.ts';
export * from './synthetic.ts';
export * from './split.ts';
export * from './negatives.ts';
