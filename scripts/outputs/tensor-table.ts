// The arrays of `model.safetensors`, with their shapes and meanings: what a reader in another language needs.

/** An array. Its shape in numbers of the run: `*` is a length that follows from the recipe's own parts. */
export interface TensorRow {
  readonly type: 'F32' | 'U32' | 'I32' | 'U8';
  readonly shape: readonly string[];
  readonly meaning: string;
}

const of =
  (type: TensorRow['type']) =>
  (meaning: string, ...shape: string[]): TensorRow => ({ type, shape, meaning });
const [f32, u32, i32, u8] = [of('F32'), of('U32'), of('I32'), of('U8')];

/** In every folder. */
const split: Readonly<Record<string, TensorRow>> = {
  'split.trainOffsets': u32(
    'where the training items of each user begin, and the end of the last',
    'users+1',
  ),
  'split.trainItems': u32(
    'the training items of user 0, of user 1, …; each in the order of time, if known',
    'interactions',
  ),
  'split.validation': i32('the validation item of each user, or −1', 'users'),
  'split.test': i32('the test item of each user, or −1', 'users'),
};

/** What clients, server and aggregator of the federated recipes keep. */
const federated: Readonly<Record<string, TensorRow>> = {
  itemTable: f32(
    "Q: an item's `factors` numbers, and its bias last; neumf has those of two models in a row",
    'items',
    '*',
  ),
  sharedExtra: f32('what clients and server share besides Q: the perceptron of fedncf, else nothing', '*'),
  modelVersion: u32('how many steps the shared model has made', '1'),
  clientStates: f32("a client's vector p (`factors` numbers), then what its optimiser keeps", 'users', '*'),
  serverFirstMoment: f32("Adam's m of Q", 'items', 'factors+1'),
  serverSecondMoment: f32("Adam's v of Q", 'items', 'factors+1'),
  serverSteps: u32("the server's steps so far", '1'),
  serverSquares: f32(
    'with `serverOptimizer` adagrad: the sum of the squared changes of Q',
    'items',
    'factors+1',
  ),
  downlinkError: f32('what was cut off the steps so far and is still to be sent', 'items', 'factors+1'),
  rowSquares: f32('mean square of the gradients of each row, of the optimiser of colr', 'items'),
  perceptronFirstMoment: f32("Adam's m of the shared perceptron", '*'),
  perceptronSecondMoment: f32("Adam's v of the shared perceptron", '*'),
  perceptronSteps: u32('its steps so far', '1'),
};

const attention: Readonly<Record<string, TensorRow>> = {
  tokenKnown: u8('1 where the server has a token of the client', 'users'),
  tokenNorms: f32('the length of each token', 'users'),
  tokenValues: f32('T: a running mean of what each client has sent, one number an item', 'users', 'items'),
  tokenItems: u32('where tokens are kept as lists, their items; else nothing', '*'),
  tokenLengths: u32('where tokens are kept as lists, their lengths; else nothing', '*'),
  meanToken: f32('m: the mean of the tokens, weighted by what is known', 'items'),
  directions: f32('what K-means groups: tokens seen in the space of the items', 'users', 'factors'),
  centroids: f32('of K-means, one after another', '*'),
  clusterOf: u32('the cluster of each client', 'users'),
  refreshes: u32('how often the groups were made', '1'),
  'note.refreshRound': u32('the round in which the personal parts were made last', '1'),
};

const windows: Readonly<Record<string, TensorRow>> = {
  windowsSent: u8('1 once a client has sent its windows', 'users'),
  windowsHeard: u8('1 once they have come', 'users'),
  windowList: u32('all windows, each its length, then its items; zeros behind them', '*'),
  windowListUsed: u32('how much of the list there is, and how much of it the table knows', '2'),
  windowScales: u32('the largest value of each row of M, in 65535ths', 'items'),
  windowLengths: u32('the neighbours that each item has', 'items'),
  windowNeighbours: u32('up to so many neighbours of each item, in increasing order', 'items', 'neighbours'),
  windowLevels: u8("how near they are, in 15ths of the row's largest value", 'items', 'neighbours'),
  windowDeviation: f32('standard deviation of all entries of M, zeros included', '1'),
};

/** What other recipes keep. */
const peers: Readonly<Record<string, TensorRow>> = {
  tableLeft: f32("gpfedrec: each client's last message, its left factor", 'users', 'items'),
  tableRight: f32('gpfedrec: and its right factor', 'users', 'factors+1'),
  tableNorm: f32('gpfedrec: and its length', 'users'),
  tableKnown: u8('gpfedrec: 1 where there is one', 'users'),
  answers: f32("fedtlrec-released, -as-described: what the server's encoder gave each client", '*'),
  baseItems: f32('the same: the frozen item factors W', '*'),
  clientModels: f32("the same: a client's own parameters", 'users', '*'),
  clusterOfPosition: u32('fedtlrec-released: the cluster of each place in the list of clients', 'users'),
  clusterOfClient: u32('fedtlrec-as-described: the cluster of each client', 'users'),
  encoder: f32("the same: the parameters of the server's encoder blocks", '*'),
  privateB: f32('fedtlrec-released: the factor B that stays with each client', '*', '*'),
  sharedB: f32('fedtlrec-as-described: the factor B that all share', '*'),
  receivedA: f32('the same: the factor A that each client received', 'users', '*'),
  isHere: u8('the same: 1 where the client took part in the last round', 'users'),
  popularity: f32('popularity: interactions of each item', 'items'),
  followers: f32('markov, ease-recency: how often an item soon follows another, as a share', '*'),
  followersPrior: f32('markov, ease-recency: what is expected of an item that was seen nowhere', 'items'),
  nextItem: f32('sasrec: the transformer: its blocks, the items, the positions', '*'),
  nextItemMoments: f32("sasrec: Adam's m and v of all that", '*'),
  nextItemSteps: u32('sasrec: the steps that Adam has made', '1'),
  nearestItems: u32('item-knn: the nearest items of each item, the nearest first', '*'),
  similarities: f32('item-knn: how near they are', '*'),
  easeWeights: f32('ease: B', '*'),
  userTable: f32('bpr-mf, neumf: the vectors of all users', '*'),
  userTableOptimizer: f32('neumf: what its optimiser keeps', '*'),
  itemTableOptimizer: f32('neumf: what its optimiser keeps', '*'),
  perceptron: f32('neumf: the weights', '*'),
  perceptronOptimizer: f32('neumf: what its optimiser keeps', '*'),
};

/** The sections of the page. */
export const tensorSections: Readonly<Record<string, Readonly<Record<string, TensorRow>>>> = {
  'The split, in every model': split,
  'Federated recipes': federated,
  'Attention between clients': attention,
  'Co-occurrence windows': windows,
  'Other recipes': peers,
};
