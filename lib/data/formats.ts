// The layouts in which ratings are published: which separator, and whether quotes are quotes.
// Layouts: the READMEs of MovieLens 100K and 1M (`u.data`, `ratings.dat`); CSV as in RFC 4180; KONECT's `out.*` files;
// LightGCN's lists of items.

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
  /** Cuts a line that no separator cuts. An error that it throws is reported with the line. */
  readonly cut?: (line: string) => readonly string[];
}

/**
 * The layouts this library reads. `movielens-1m` is also that of MovieTweetings, `space` that of FilmTrust and KONECT;
 * `lightgcn` has a user and all of the user's items in one line.
 */
const layouts = {
  'movielens-1m': { separator: '::', separatorName: '"::"', quotes: 'whole', isFixed: true },
  'movielens-100k': { separator: '\t', separatorName: 'tabs', quotes: 'whole', isFixed: true },
  tsv: { separator: '\t', separatorName: 'tabs', quotes: 'whole', isFixed: false },
  csv: { separator: ',', separatorName: 'commas', quotes: 'csv', isFixed: false },
  semicolon: { separator: ';', separatorName: 'semicolons', quotes: 'csv', isFixed: false },
  pipe: { separator: '|', separatorName: '"|"', quotes: 'csv', isFixed: false },
  space: { separator: ' ', separatorName: 'spaces', quotes: 'whole', isFixed: false },
  lightgcn: { separator: ' ', separatorName: 'spaces', quotes: 'whole', isFixed: false },
} as const satisfies Readonly<Record<string, Layout>>;

export type RatingsFormat = keyof typeof layouts;

/** All formats. */
export const ratingsFormats = Object.keys(layouts) as readonly RatingsFormat[];

export function layoutOf(format: RatingsFormat): Layout {
  return layouts[format];
}
