// Where published data sets come from. None is redistributed here: `fedtlrec data get` fetches them from their publishers.
// A checksum stands here where independent copies of the publisher's archive agree on it; else the first download
// records it. `latest-small` may be replaced by its publisher at any time.

/** A published data set. */
export interface DataSource {
  readonly name: string;
  readonly title: string;
  readonly url: string;
  /** Bytes of the archive, where they are known. */
  readonly bytes: number | null;
  readonly sha256: string | null;
  /** The file inside the archive that holds the ratings. */
  readonly member: string;
  /** What the publisher asks of users, in our words; the publisher's own are behind `termsUrl`. */
  readonly terms: string;
  readonly termsUrl: string;
  readonly citation: string;
}

const movieLens = {
  termsUrl: 'https://grouplens.org/datasets/movielens/',
  citation:
    'F. M. Harper and J. A. Konstan (2015). The MovieLens Datasets: History and Context. ACM TiiS 5(4), 19. doi 10.1145/2827872',
};
const research =
  'For research. Say in publications that you used it; do not imply that GroupLens endorses you; ask GroupLens before you redistribute it or use it commercially.';

/** All data sets that can be fetched by name. */
export const dataSources: readonly DataSource[] = [
  {
    ...movieLens,
    name: 'ml-100k',
    title: 'MovieLens 100K',
    url: 'https://files.grouplens.org/datasets/movielens/ml-100k.zip',
    bytes: 4_924_029,
    sha256: '50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229',
    member: 'ml-100k/u.data',
    terms: research,
  },
  {
    ...movieLens,
    name: 'ml-1m',
    title: 'MovieLens 1M',
    url: 'https://files.grouplens.org/datasets/movielens/ml-1m.zip',
    bytes: null,
    sha256: 'a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20',
    member: 'ml-1m/ratings.dat',
    terms: research,
  },
  {
    ...movieLens,
    name: 'ml-latest-small',
    title: 'MovieLens latest, small',
    url: 'https://files.grouplens.org/datasets/movielens/ml-latest-small.zip',
    bytes: null,
    sha256: null,
    member: 'ml-latest-small/ratings.csv',
    terms:
      'For research and teaching; redistribution, also of what is made from it, under the same conditions only; ask before commercial use. It may change: the publisher advises against reporting results on it.',
  },
  {
    ...movieLens,
    name: 'ml-25m',
    title: 'MovieLens 25M',
    url: 'https://files.grouplens.org/datasets/movielens/ml-25m.zip',
    bytes: 261_978_986,
    sha256: '8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa',
    member: 'ml-25m/ratings.csv',
    terms: research,
  },
  {
    name: 'filmtrust',
    title: 'FilmTrust',
    url: 'https://guoguibing.github.io/librec/datasets/filmtrust.zip',
    bytes: null,
    sha256: null,
    member: 'ratings.txt',
    terms: 'No licence is stated. Treat it as for research only, and do not redistribute it.',
    termsUrl: 'https://guoguibing.github.io/librec/datasets.html',
    citation:
      'G. Guo, J. Zhang and N. Yorke-Smith (2013). A Novel Bayesian Similarity Measure for Recommender Systems. IJCAI, 2619–2625',
  },
  {
    name: 'lastfm-2k',
    title: 'Last.FM 2K (HetRec 2011)',
    url: 'https://files.grouplens.org/datasets/hetrec2011/hetrec2011-lastfm-2k.zip',
    bytes: null,
    sha256: '6738f48195667ff03caaab4d32ca9a3133d8cc026b7c3cdaf6ce1010e913c59c',
    member: 'user_artists.dat',
    terms: 'For non-commercial use; commercial users ask Last.fm. Name Last.fm and cite the workshop.',
    termsUrl: 'https://grouplens.org/datasets/hetrec-2011/',
    citation:
      'I. Cantador, P. Brusilovsky and T. Kuflik (2011). Second Workshop on Information Heterogeneity and Fusion in Recommender Systems. RecSys. doi 10.1145/2043932.2044016',
  },
];

/** The source of that name, if there is one. */
export function dataSource(name: string): DataSource | undefined {
  return dataSources.find((source) => source.name === name);
}
