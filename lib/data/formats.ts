// The layouts in which ratings are published: which separator, and whether quotes are quotes.
// Layouts: the READMEs of MovieLens 100K and 1M (`u.data`, `ratings.dat`); CSV as in RFC 4180; KONECT's `out.*` files;
// LightGCN's lists of items.

/**
 * The layouts this library reads. `movielens-1m` is also that of MovieTweetings, `space` that of FilmTrust and KONECT;
 * `lightgcn` has a user and all of the user's items in one line.
 */
export type RatingsFormat =
  | 'movielens-100k'
  | 'movielens-1m'
  | 'csv'
  | 'tsv'
  | 'semicolon'
  | 'pipe'
  | 'space'
  | 'lightgcn';

/** All formats. */
export const ratingsFormats: readonly RatingsFormat[] = [
  'movielens-1m',
  'movielens-100k',
  'tsv',
  'csv',
  'semicolon',
  'pipe',
  'space',
  'lightgcn',
];

export interface Layout {
  /** What stands between two fields; a blank is any run of blanks and tabs. */
  readonly separator: string;
  /** The separator in words, for messages. */
  readonly separatorName: string;
  /**
   * `csv`: a field that begins with a quote ends with one, and may contain separators and line ends. `whole`: a quote is a
   * character like others, except around a whole field.
   */
  readonly quotes: 'csv' | 'whole';
  /** Whether user, item, rating and time stand in this order, without a header. */
  readonly isFixed: boolean;
}

const layouts: Record<RatingsFormat, Layout> = {
  'movielens-1m': { separator: '::', separatorName: '"::"', quotes: 'whole', isFixed: true },
  'movielens-100k': { separator: '\t', separatorName: 'tabs', quotes: 'whole', isFixed: true },
  tsv: { separator: '\t', separatorName: 'tabs', quotes: 'whole', isFixed: false },
  csv: { separator: ',', separatorName: 'commas', quotes: 'csv', isFixed: false },
  semicolon: { separator: ';', separatorName: 'semicolons', quotes: 'csv', isFixed: false },
  pipe: { separator: '|', separatorName: '"|"', quotes: 'csv', isFixed: false },
  space: { separator: ' ', separatorName: 'spaces', quotes: 'whole', isFixed: false },
  lightgcn: { separator: ' ', separatorName: 'spaces', quotes: 'whole', isFixed: false },
};

export function layoutOf(format: RatingsFormat): Layout {
  return layouts[format];
}
