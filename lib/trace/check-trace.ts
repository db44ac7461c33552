// Whether something read from a file is a trace: every part is there and has the length that the description promises,
// so that whoever draws it need not ask again. In: anything; out: the trace, or an error that names the part.
import { completeSettings } from '../federated/settings.ts';
import { TOP, type Trace } from './trace.ts';

/** Something that is no trace; `message` says why. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
}

type Fields = Record<string, unknown>;
type ArrayType = typeof Float32Array | typeof Uint32Array | typeof Int32Array | typeof Uint8Array;

/** @throws TraceError naming the part that is wrong */
export function checkTrace(value: unknown): Trace {
  const trace = fields(value, 'trace');
  const sizes = checkAbout(fields(trace.about, 'about'));
  const start = fields(trace.start, 'start');
  const offsets = array(start.ratingOffsets, 'start.ratingOffsets', Uint32Array, sizes.owners + 1);
  array(start.ratingItems, 'start.ratingItems', Uint32Array, offsets[sizes.owners]!);
  const groups = array(start.itemGroups, 'start.itemGroups', Uint8Array);
  if (groups.length !== 0) expectLength('start.itemGroups', groups, sizes.items);
  array(start.heldOut, 'start.heldOut', Int32Array, sizes.focus);
  checkTop(start.top, 'start.top', sizes);
  array(start.perClient, 'start.perClient', Float32Array, sizes.clients * sizes.metrics.length);
  const rounds = list(trace.rounds, 'rounds').map((round, at) => checkRound(round, `rounds.${at}`, sizes));
  return { ...trace, rounds } as unknown as Trace;
}

interface Sizes {
  readonly clients: number;
  readonly owners: number;
  readonly focus: number;
  readonly items: number;
  readonly heads: number;
  readonly dims: number;
  /** Their names. */
  readonly metrics: readonly string[];
}

function checkAbout(about: Fields): Sizes {
  text(about.recipe, 'about.recipe');
  const settings = checkSettings(about.settings);
  const dataset = fields(about.dataset, 'about.dataset');
  text(dataset.name, 'about.dataset.name');
  for (const name of ['users', 'items', 'interactions']) count(dataset[name], `about.dataset.${name}`);
  const users = dataset.users as number;
  const clients = list(about.clients, 'about.clients');
  clients.forEach((client, at) => {
    count(client, `about.clients.${at}`, users);
  });
  for (const name of ['owners', 'focus']) {
    list(about[name], `about.${name}`).forEach((place, at) => {
      count(place, `about.${name}.${at}`, clients.length);
    });
  }
  const ids = list(about.ids, 'about.ids');
  expectLength('about.ids', ids, clients.length);
  for (const [at, id] of ids.entries()) text(id, `about.ids.${at}`);
  if (about.groups !== null) {
    const groups = list(about.groups, 'about.groups');
    expectLength('about.groups', groups, clients.length);
    for (const [at, group] of groups.entries()) count(group, `about.groups.${at}`);
  }
  for (const [item, id] of Object.entries(fields(about.items, 'about.items')))
    text(id, `about.items.${item}`);
  count(about.fullBytesDown, 'about.fullBytesDown');
  const metrics = checkNames(about.metrics, 'about.metrics');
  if (about.baselines !== null) checkBaselines(fields(about.baselines, 'about.baselines'), metrics);
  return {
    clients: clients.length,
    owners: (about.owners as number[]).length,
    focus: (about.focus as number[]).length,
    items: dataset.items as number,
    heads: settings.heads,
    dims: count(about.dims, 'about.dims'),
    metrics,
  };
}

function checkBaselines(baselines: Fields, metrics: readonly string[]): void {
  for (const name of ['guessing', 'popularity']) {
    const figures = fields(baselines[name], `about.baselines.${name}`);
    for (const metric of metrics) {
      if (figures[metric] !== null) number(figures[metric], `about.baselines.${name}.${metric}`);
    }
  }
}

function checkNames(value: unknown, path: string): readonly string[] {
  const names = list(value, path);
  for (const [at, name] of names.entries()) text(name, `${path}.${at}`);
  return names as string[];
}

function checkSettings(settings: unknown) {
  try {
    return completeSettings(fields(settings, 'about.settings'));
  } catch (error) {
    if (error instanceof RangeError) throw new TraceError(error.message);
    throw error;
  }
}

/** The round with NaN where JSON had to write null. */
function checkRound(value: unknown, path: string, sizes: Sizes): Fields {
  const round = fields(value, path);
  for (const name of ['round', 'trained', 'clients', 'rejected']) count(round[name], `${path}.${name}`);
  for (const name of ['bytesUp', 'fullBytesUp', 'bytesDown', 'cutOff', 'megabytes']) {
    number(round[name], `${path}.${name}`);
  }
  const loss = round.loss === null ? Number.NaN : number(round.loss, `${path}.loss`);
  if (round.details !== null)
    checkDetails(fields(round.details, `${path}.details`), `${path}.details`, sizes);
  if (round.refresh !== null)
    checkRefresh(fields(round.refresh, `${path}.refresh`), `${path}.refresh`, sizes);
  if (round.evaluation === null) return { ...round, loss };
  const evaluation = fields(round.evaluation, `${path}.evaluation`);
  return { ...round, loss, evaluation: checkEvaluation(evaluation, `${path}.evaluation`, sizes) };
}

function checkDetails(details: Fields, path: string, { clients, dims, items }: Sizes): void {
  array(details.losses, `${path}.losses`, Float32Array, clients);
  array(details.bytes, `${path}.bytes`, Uint32Array, clients);
  array(details.plane, `${path}.plane`, Float32Array, 2 * clients);
  list(details.updates, `${path}.updates`).forEach((value, at) => {
    const where = `${path}.updates.${at}`;
    const update = fields(value, where);
    count(update.place, `${where}.place`, clients);
    for (const name of ['totalRows', 'bytes', 'fullBytes']) count(update[name], `${where}.${name}`);
    const rank = count(update.rank, `${where}.rank`);
    const rows = array(update.rows, `${where}.rows`, Uint32Array);
    if (rows.some((item) => item >= items))
      throw new TraceError(`${where}.rows names an item that is not there`);
    array(update.left, `${where}.left`, Float32Array, rows.length * rank);
    const right = array(update.right, `${where}.right`, Float32Array);
    if (rank > 0 && right.length % rank !== 0) throw new TraceError(`${where}.right must have ${rank} rows`);
    array(update.spectrum, `${where}.spectrum`, Float32Array);
  });
  if (details.step === null) return;
  const step = fields(details.step, `${path}.step`);
  const rows = array(step.rows, `${path}.step.rows`, Uint32Array);
  array(step.values, `${path}.step.values`, Float32Array, rows.length * dims);
  array(step.right, `${path}.step.right`, Float32Array, dims * dims);
  array(step.spectrum, `${path}.step.spectrum`, Float32Array, Math.min(dims, items));
}

function checkRefresh(refresh: Fields, path: string, { clients, owners, heads }: Sizes): void {
  for (const name of ['iterations', 'peers', 'probes']) count(refresh[name], `${path}.${name}`);
  const clusters = count(refresh.clusters, `${path}.clusters`);
  for (const name of ['inertia', 'bytesDown']) number(refresh[name], `${path}.${name}`);
  array(refresh.labels, `${path}.labels`, Int32Array, clients);
  list(refresh.steps, `${path}.steps`).forEach((value, at) => {
    const where = `${path}.steps.${at}`;
    const step = fields(value, where);
    for (const name of ['inertia', 'moved']) number(step[name], `${where}.${name}`);
    array(step.labels, `${where}.labels`, Int32Array, clients);
    array(step.centroids, `${where}.centroids`, Float32Array, 2 * clusters);
  });
  if (refresh.attention === null) return;
  const attention = fields(refresh.attention, `${path}.attention`);
  array(attention.cosines, `${path}.attention.cosines`, Float32Array, owners * owners);
  array(attention.weights, `${path}.attention.weights`, Float32Array, heads * owners * owners);
}

function checkEvaluation(evaluation: Fields, path: string, sizes: Sizes): Fields {
  number(evaluation.mix, `${path}.mix`);
  const means = fields(evaluation.validation, `${path}.validation`);
  for (const name of sizes.metrics) number(means[name], `${path}.validation.${name}`);
  const errors = fields(evaluation.standardErrors, `${path}.standardErrors`);
  const standardErrors = Object.fromEntries(
    sizes.metrics.map((name) => [
      name,
      errors[name] === null ? Number.NaN : number(errors[name], `${path}.standardErrors.${name}`),
    ]),
  );
  const perClient = array(evaluation.perClient, `${path}.perClient`, Float32Array);
  if (perClient.length > 0)
    expectLength(`${path}.perClient`, perClient, sizes.clients * sizes.metrics.length);
  if (evaluation.top !== null) checkTop(evaluation.top, `${path}.top`, sizes);
  return { ...evaluation, standardErrors };
}

function checkTop(value: unknown, path: string, { focus }: Sizes): void {
  const top = fields(value, path);
  array(top.items, `${path}.items`, Int32Array, focus * TOP);
  array(top.base, `${path}.base`, Float32Array, focus * TOP);
  array(top.personal, `${path}.personal`, Float32Array, focus * TOP);
  array(top.ranks, `${path}.ranks`, Uint32Array, focus);
}

function fields(value: unknown, path: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new TraceError(`${path} must be an object`);
}

function list(value: unknown, path: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new TraceError(`${path} must be a list`);
}

function text(value: unknown, path: string): void {
  if (typeof value !== 'string') throw new TraceError(`${path} must be text`);
}

function number(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new TraceError(`${path} must be a number, got ${value}`);
}

function count(value: unknown, path: string, below = Infinity): number {
  const whole = number(value, path);
  if (Number.isSafeInteger(whole) && whole >= 0 && whole < below) return whole;
  throw new TraceError(`${path} must be a whole number below ${below}, got ${whole}`);
}

function array<T extends ArrayType>(value: unknown, path: string, type: T, length?: number): InstanceType<T> {
  if (!(value instanceof type)) throw new TraceError(`${path} must be an array of type ${type.name}`);
  if (length !== undefined) expectLength(path, value, length);
  return value as InstanceType<T>;
}

function expectLength(path: string, { length }: { length: number }, wanted: number): void {
  if (length !== wanted) throw new TraceError(`${path} must have ${wanted} entries, got ${length}`);
}
