// The numbers of the flow picture at a moment. In: a trace, a moment, the client in focus; out: a frame, rounded.
// `scripts/first-run.ts` writes such frames for the start page.
import { headTemperatures } from '../../lib/federated/temperature.ts';
import { type Known, knownAt, type Moment, type Phase, phases } from '../../lib/trace/moments.ts';
import { TOP, type Trace, type TraceRound } from '../../lib/trace/trace.ts';
import { storyOf } from '../story.ts';
import { coloursOf, coloursOfClusters, labelsAt } from '../view.ts';
import type {
  FlowAttention,
  FlowFrame,
  FlowGroups,
  FlowHome,
  FlowList,
  FlowMessage,
  FlowPhone,
  FlowSum,
  FlowTable,
} from './flow-frame.ts';

/** How many phones, dots and rows are drawn. */
export const flowSizes = { phones: 12, dots: 60, rows: 8 };

/** Three digits are all that a picture needs. */
const rounded = (value: number) => Number(value.toPrecision(3));
const roundedOrNull = (value: number | undefined) =>
  value === undefined || Number.isNaN(value) ? null : rounded(value);

const parts = new WeakMap<object, Map<string, unknown>>();

/** A part of a frame, made once of a source and what else it depends on: most frames show most parts as they were. */
function kept<T>(source: object | null | undefined, on: readonly unknown[], make: () => T): T {
  if (!source) return make();
  const key = on.join();
  const made = parts.get(source) ?? new Map<string, unknown>();
  parts.set(source, made);
  if (!made.has(key)) made.set(key, make());
  return made.get(key) as T;
}

/** The frame of a moment; `choice`: which client in focus and which attention head. */
export function flowFrame(trace: Trace, moment: Moment, { focus, head } = { focus: 0, head: 0 }): FlowFrame {
  const known = knownAt(trace, moment);
  const places = phonePlaces(trace);
  const focused = trace.about.focus[focus] ?? trace.about.focus[0] ?? 0;
  const { round, phase, step } = moment;
  const { users, items } = trace.about.dataset;
  const [sent, merged] = [reached(trace, moment, 'send'), reached(trace, moment, 'broadcast')];
  const grouping = ['groups', known.refresh?.round.round, known.refresh?.step];
  return {
    ...{ round, phase, step, users, items },
    story: storyOf({ trace, known }),
    phones: kept(known.details?.round, grouping, () => phonesOf(trace, known, places)),
    focus: places.indexOf(focused),
    home: homeOf(known),
    sentRound: sent?.round ?? 0,
    message: kept(sent, ['message', focused], () => messageOf(trace, sent, focused)),
    sum: kept(merged, ['sum'], () => sumOf(merged, places)),
    table: kept(merged, ['table'], () => tableOf(trace, merged)),
    tokens: tokensOf(trace, known, places),
    groups: kept(
      known.refresh?.refresh,
      [...grouping, known.details?.round.round, known.sent?.round.round],
      () => groupsOf(trace, known),
    ),
    attention: kept(known.attention?.refresh, [focused, head], () =>
      attentionOf(trace, known, places, focused, head),
    ),
    list: kept(known.evaluation?.evaluation, ['list', focus], () => listOf(trace, known, focus, focused)),
  };
}

/** Places in `about.clients` of the clients that have a phone: those in focus, and others spread over the owners. */
export function phonePlaces({ about: { focus, owners } }: Pick<Trace, 'about'>): number[] {
  const chosen = new Set(focus);
  const others = owners.filter((place) => !chosen.has(place));
  const wanted = Math.max(0, flowSizes.phones - chosen.size);
  for (const place of spread(others, wanted)) chosen.add(place);
  return [...chosen].sort((a, b) => a - b);
}

function spread<T>(values: readonly T[], count: number): T[] {
  if (values.length <= count) return [...values];
  return Array.from({ length: count }, (_, at) => values[Math.floor((at * values.length) / count)]!);
}

function colours(trace: Trace, known: Known): number[] {
  const isGrouped = (known.refresh?.refresh.clusters ?? 0) > 1;
  return isGrouped ? coloursOf({ trace, known }) : trace.about.clients.map(() => -1);
}

function phonesOf(trace: Trace, known: Known, places: readonly number[]): FlowPhone[] {
  const { ids, owners } = trace.about;
  const { losses } = known.details?.details ?? {};
  const colourOf = colours(trace, known);
  return places.map((place) => {
    const owner = owners.indexOf(place);
    const loss = losses ? roundedOrNull(losses[place]) : null;
    return {
      ...{ id: ids[place] ?? String(place), colour: colourOf[place]!, loss },
      isPresent: losses === undefined || loss !== null,
      ratings: trace.start.ratingOffsets[owner + 1]! - trace.start.ratingOffsets[owner]!,
    };
  });
}

function homeOf({ details }: Known): FlowHome | null {
  return details && { trained: details.round.trained, loss: roundedOrNull(details.round.loss) };
}

const name = ({ about }: Trace, item: number) => about.items[item] ?? String(item);

/** The latest round that has come as far as a phase. */
function reached(trace: Trace, { place, phase }: Moment, wanted: Phase): TraceRound | undefined {
  if (phase === null) return undefined;
  return trace.rounds[phases.indexOf(phase) >= phases.indexOf(wanted) ? place : place - 1];
}

function messageOf(trace: Trace, round: TraceRound | undefined, focused: number): FlowMessage | null {
  const update = round?.details?.updates.find(({ place }) => place === focused);
  if (!update) return null;
  const { bytes, fullBytes, totalRows, rank } = update;
  const rows = update.rows.subarray(0, flowSizes.rows);
  return {
    ...{ bytes, fullBytes, totalRows },
    rows: Array.from(rows, (item) => name(trace, item)),
    left: Array.from(rows, (_, row) => rounded(update.left[row * rank]!)),
    right: Array.from(update.right.subarray(0, update.right.length / rank), rounded),
  };
}

function sumOf(round: TraceRound | undefined, places: readonly number[]): FlowSum | null {
  if (!round) return null;
  const { clients, rejected, bytesUp, details } = round;
  const bytes = places.map((place) => details?.bytes[place] ?? 0);
  return { clients, rejected, bytesUp: Math.round(bytesUp), bytes };
}

function tableOf(trace: Trace, round: TraceRound | undefined): FlowTable | null {
  const step = round?.details?.step;
  if (!round || !step) return null;
  const columns = Math.round(Math.sqrt(step.right.length));
  const { cutOff, bytesDown } = round;
  return {
    ...{ rank: trace.about.settings.rank, bytesDown, fullBytesDown: trace.about.fullBytesDown },
    cutOff: rounded(cutOff),
    rows: Array.from(step.rows.subarray(0, flowSizes.rows), (item) => name(trace, item)),
    values: Array.from(step.values.subarray(0, flowSizes.rows * columns), rounded),
  };
}

/** Known as soon as the server looks at what it remembers. */
function tokensOf(trace: Trace, known: Known, places: readonly number[]): number[] | null {
  const attention = refreshed(trace, known)?.attention;
  if (!attention) return null;
  return kept(attention, [], () => {
    const owners = places.map((place) => trace.about.owners.indexOf(place));
    const count = trace.about.owners.length;
    return owners.flatMap((u) => owners.map((v) => rounded(attention.cosines[u * count + v]!)));
  });
}

function refreshed(trace: Trace, { moment, attention }: Known) {
  const own = trace.rounds[moment.place]?.refresh;
  return moment.phase === 'cluster' && own?.attention ? own : attention?.refresh;
}

function groupsOf(trace: Trace, known: Known): FlowGroups | null {
  const { refresh, details, sent } = known;
  if (!refresh || !details || !sent) return null;
  const { plane } = sent.details;
  const step = refresh.refresh.steps[refresh.step];
  const colourOf = colours(trace, known);
  const shades = coloursOfClusters({ trace, known });
  const { losses } = details.details;
  const labels = Array.from(labelsAt({ known }));
  const isOfThisRound = refresh.round === sent.round; // else the plane has turned since
  return {
    ...{ clusters: refresh.refresh.clusters, step: refresh.step, steps: refresh.refresh.steps.length },
    moved: step?.moved ?? null,
    inertia: rounded(step?.inertia ?? refresh.refresh.inertia),
    dots: spread([...trace.about.clients.keys()], flowSizes.dots).flatMap((place) => [
      ...[rounded(plane[2 * place]!), rounded(plane[2 * place + 1]!)],
      ...[colourOf[place]!, Number.isNaN(losses[place]!) ? 0 : 1],
    ]),
    centroids: Array.from({ length: isOfThisRound && step ? refresh.refresh.clusters : 0 }, (_, cluster) => [
      ...[rounded(step!.centroids[2 * cluster]!), rounded(step!.centroids[2 * cluster + 1]!)],
      shades[cluster]!,
    ]).flat(),
    counts: Array.from(shades, (_, cluster) => labels.filter((label) => label === cluster).length),
  };
}

function attentionOf(
  trace: Trace,
  { attention }: Known,
  places: readonly number[],
  focused: number,
  head: number,
): FlowAttention | null {
  const weights = attention?.refresh.attention?.weights;
  if (!attention || !weights) return null;
  const { owners, settings } = trace.about;
  const row = head * owners.length ** 2 + owners.indexOf(focused) * owners.length;
  return {
    head,
    temperature: rounded(headTemperatures(settings, attention.round.round)[head] ?? Number.NaN),
    weights: places.map((place) => rounded(weights[row + owners.indexOf(place)]!)),
  };
}

function listOf(trace: Trace, { lists, evaluation }: Known, focus: number, focused: number): FlowList {
  const { start, about } = trace;
  const top = lists?.evaluation.top ?? start.top;
  const places = [...Array(TOP).keys()].filter((place) => top.items[focus * TOP + place]! >= 0);
  const items = places.map((place) => top.items[focus * TOP + place]!);
  const own = about.groups?.[focused];
  const pick = (scores: Float32Array) => places.map((place) => rounded(scores[focus * TOP + place]!));
  return {
    items: items.map((item) => name(trace, item)),
    ...{ base: pick(top.base), personal: pick(top.personal), mix: lists?.evaluation.mix ?? 0 },
    held: items.indexOf(start.heldOut[focus] ?? -1),
    isOwn:
      own === undefined || start.itemGroups.length === 0
        ? null
        : items.map((item) => start.itemGroups[item] === own),
    ...{ rankBefore: start.top.ranks[focus] ?? 0, rank: top.ranks[focus] ?? 0 },
    hr: roundedOrNull(evaluation?.evaluation.validation.hr10),
    error: roundedOrNull(evaluation?.evaluation.standardErrors.hr10),
  };
}
