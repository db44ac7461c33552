// What lessons ask: a prediction before the stepper shows the answer, an exercise at the end. The truth is worked out here, by the
// stepper's numbers or the library's functions, when a reader has answered; nowhere is it written down.

export interface Answer {
  /** The place of the right choice, from 0; or the right number. */
  readonly right: number;
  /** How far off a number may be. Choices have none. */
  readonly within?: number;
  /** Why, with the numbers. */
  readonly because: string;
  /** The stepper's state that shows it: `?step=5`. */
  readonly show?: string;
}

/** The first bin that a value does not exceed: [below .6, below .9, the rest] are places 0, 1, 2. */
function binOf(value: number, limits: readonly number[]): number {
  const found = limits.findIndex((limit) => value < limit);
  return found < 0 ? limits.length : found;
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

export const predictions: Readonly<Record<string, () => Promise<Answer>>> = {
  async '01-factors'() {
    const { factorsSteps } = await import('../steppers/factors.ts');
    const steps = factorsSteps();
    const chance = steps.at(-1)!.probabilities[0]![2]!;
    const show = `?step=${steps.length - 1}`;
    return { right: binOf(chance, [0.2, 0.8]), because: `The last step gives ${chance.toFixed(2)}.`, show };
  },
  async '02-data-at-home'() {
    const { roundSteps } = await import('../steppers/round.ts');
    const step = roundSteps().findIndex(({ caption }) => caption.startsWith('Q moves'));
    const sizes = roundSteps()
      [step]!.wire!.values.flat()
      .map((value) => Math.abs(value).toFixed(2));
    const isEven = new Set(sizes).size === 1;
    const because = isEven
      ? `Every entry moves by ${sizes[0]}: in its first step, Adam looks at the sign alone.`
      : 'The steps have different sizes.';
    return { right: isEven ? 1 : 0, because, show: `?step=${step + 1}` };
  },
  async '03-low-rank'() {
    const { feedbackSteps } = await import('../steppers/low-rank.ts');
    const needed = 1 + feedbackSteps(3).steps.findIndex(({ carriedSize }) => carriedSize < 0.005);
    const because = `A matrix of 8 × 5 has at most rank 5, and each message takes three of it: nothing is missing after message ${needed}.`;
    return { right: binOf(needed, [2, 3]), because, show: `?step=${needed}&rank=3` };
  },
  async '04-what-travels'() {
    const { messageIn } = await import('../steppers/wire.ts');
    const [full, small] = (['float32', 'int8'] as const).map((codec) => messageIn(codec).bytes.length);
    const because = `${full} bytes become ${small}: the header and the item numbers do not shrink with B.`;
    return { right: binOf(small! / full!, [0.3, 0.8]), because, show: '?step=13&codec=int8' };
  },
  async '05-who-is-similar'() {
    const { lloydFrames } = await import('../steppers/lloyd.ts');
    const [good, other] = (['corner', 'two-in-one'] as const).map((start) => lloydFrames(start).at(-1)!.sum!);
    const because = `It ends at ${other!.toFixed(1)}, and the start in one corner at ${good!.toFixed(1)}. No further step helps.`;
    const show = `?step=${lloydFrames('two-in-one').length - 1}&start=two-in-one`;
    return { right: Math.abs(other! - good!) < 0.05 ? 0 : other! > good! ? 1 : 2, because, show };
  },
  async '06-attention'() {
    const { attentionSteps } = await import('../steppers/attention.ts');
    const [before, after] = [0.5, 0.1].map(
      (temperature) => attentionSteps(temperature, true)[4]!.values[0]![1]!,
    );
    const because = `It rises from ${percent(before!)} to ${percent(after!)}.`;
    return { right: binOf(after!, [0.6, 0.9]), because, show: '?step=5&temperature=0.1' };
  },
  async '07-vanishing-clients'() {
    const { vanishingSteps } = await import('../steppers/vanishing.ts');
    const { round } = vanishingSteps(0.5).find(({ kept }) => kept >= 0.95)!;
    const because = `Round ${round} is the first in which the mean cosine is .95 or more.`;
    return { right: binOf(round, [3, 7]), because, show: `?step=${round}` };
  },
  async '08-what-the-server-infers'() {
    const { attack } = await import('../steppers/attack.ts');
    const { ranked } = attack(0);
    const touched = ranked.filter(({ isTouched }) => isTouched).length;
    const right = ranked.slice(0, touched).filter(({ isTouched }) => isTouched).length;
    const because = `Of the ${touched} items with the largest numbers, the user touched ${right}.`;
    return { right: right === touched ? 2 : right > touched / 2 ? 1 : 0, because, show: `?step=${touched}` };
  },
  async '09-fooling-yourself'() {
    const { leakSteps } = await import('../steppers/leak.ts');
    const steps = leakSteps('released', 'placebo');
    const { rank, ranked, meanRank } = steps.at(-1)!;
    const because = `Place ${rank} of ${ranked.length}, and ${meanRank.toFixed(1)} on average over 60 such clients.`;
    return { right: binOf(meanRank / ranked.length, [0.2, 0.7]), because, show: `?step=${steps.length - 1}` };
  },
  async '10-making-it-fast'() {
    const { productSteps, walks } = await import('../steppers/product.ts');
    const [plain, tiled] = walks.map((walk) => productSteps(walk));
    const [from, to] = [plain!.at(-1)!.reads, tiled!.at(-1)!.reads];
    const because = `${from} numbers read become ${to}: each number that is read is used four times.`;
    return { right: binOf(to / from, [0.2, 0.4]), because, show: `?step=${tiled!.length}&walk=tiled` };
  },
  async '11-clients-that-lie'() {
    const { liarsSteps } = await import('../steppers/liars.ts');
    const from = liarsSteps('opposite').findIndex(
      ({ results }) => results.find(({ strategy }) => strategy === 'median')!.isFooled,
    );
    const because = `With ${from} liars, the median leaves what honest clients want.`;
    return { right: binOf(from, [2, 5, 6]), because, show: `?step=${from}` };
  },
  async '12-order'() {
    const { films, orderSteps } = await import('../steppers/order.ts');
    const near = orderSteps().at(-1)!.nearness[0]!;
    const best = near.indexOf(Math.max(...near));
    const because = `${films[best]} has the largest number in the framed row: ${near[best]!.toFixed(2)}.`;
    return { right: [1, 2, 5].indexOf(best), because, show: `?step=${orderSteps().length}` };
  },
};

export const exercises: Readonly<Record<string, () => Promise<Answer>>> = {
  async '01-factors'() {
    const { sigmoid } = await import('../../../../lib/model/loss.ts');
    const { matmul } = await import('../../../../lib/numeric/matmul.ts');
    const { fromRows } = await import('../../../../lib/numeric/matrix.ts');
    const score = matmul(fromRows([[1, -2, 1]]), fromRows([[0.5], [0.25], [0.3]])).get(0, 0);
    const right = sigmoid(score);
    return { right, within: 0.006, because: `s = ${score.toFixed(2)} and σ(s) = ${right.toFixed(3)}.` };
  },
  async '02-data-at-home'() {
    const { combined, plainMean } = await import('../steppers/liars.ts');
    const right = 2 * combined(plainMean, [0.4, 0.1]);
    return { right, within: 0.001, because: `The server adds: ${right.toFixed(1)}. No mean is taken.` };
  },
  async '03-low-rank'() {
    const { bytesSaved } = await import('../../../../lib/model/low-rank.ts');
    const right = bytesSaved(30, 17, 2).saved / 4;
    return { right, within: 0, because: `30 · 17 − 2 · (30 + 17) = ${right}.` };
  },
  async '04-what-travels'() {
    const { decode, encode } = await import('../../../../lib/federated/wire.ts');
    const sent = {
      ...{ client: 0, round: 1, rows: Uint32Array.of(0, 1), rank: 1, dims: 2 },
      ...{ left: Float32Array.of(0.7, 0.33), right: Float32Array.of(1, 1), extra: new Float32Array(0) },
    };
    const bytes = encode(sent, 2, 'int4');
    const right = decode(bytes, { client: 0, round: 1, items: 2, dims: 2, extra: 0 }).left[1]!;
    return {
      right,
      within: 0.005,
      because: `round(7 · .33 / .7) = 3, and .7 · 3 / 7 = ${right.toFixed(2)}.`,
    };
  },
  async '05-who-is-similar'() {
    const { lloyd } = await import('../../../../lib/model/kmeans.ts');
    const { fromRows } = await import('../../../../lib/numeric/matrix.ts');
    const [first] = lloyd(fromRows([[1], [2], [6]]), fromRows([[0], [5]]));
    const right = first!.centroids.get(0, 0);
    return {
      right,
      within: 0.001,
      because: `1 and 2 are nearer to 0 than to 5, and their mean is ${right}.`,
    };
  },
  async '06-attention'() {
    const { softmaxRows } = await import('../../../../lib/model/softmax.ts');
    const { fromRows } = await import('../../../../lib/numeric/matrix.ts');
    const shares = softmaxRows(fromRows([[0.9, 0.5, -0.2].map((cosine) => cosine / 0.25)]));
    const right = shares.get(0, 0);
    return {
      right,
      within: 0.006,
      because: `exp(3.6) / (exp(3.6) + exp(2) + exp(−0.8)) = ${right.toFixed(3)}.`,
    };
  },
  async '07-vanishing-clients'() {
    const { attentionSteps } = await import('../steppers/attention.ts');
    const row = attentionSteps(0.5, false)[4]!.values[0]!;
    const right = row.reduce<number>((sum, share) => sum + (share ?? 0), 0);
    const because = `Whoever is masked gets exactly 0, and the others share ${right.toFixed(2)}.`;
    return { right, within: 0.006, because };
  },
  async '08-what-the-server-infers'() {
    const { areaUnderCurve } = await import('../../../../lib/privacy/attack.ts');
    const right = areaUnderCurve([4, 3, 2, 1], [1, 0, 1, 0]);
    const because = `Of the four pairs of a touched and another item, three are in the right order: ${right}.`;
    return { right, within: 0.001, because };
  },
  async '09-fooling-yourself'() {
    const { rankOf } = await import('../../../../lib/evaluation/ranking.ts');
    const { rank } = rankOf(Float32Array.of(5, 9, 8, 7, 5, 5, 1), 0, []);
    return {
      right: rank,
      within: 0,
      because: `Three are ahead and two ties count against it: place ${rank}.`,
    };
  },
  async '10-making-it-fast'() {
    const { productSteps } = await import('../steppers/product.ts');
    const { reads, products } = productSteps({ word: '', name: '', height: 2, width: 8, lanes: 1 }).at(-1)!;
    const right = reads / products;
    return { right, within: 0.001, because: `(2 + 8) / (2 · 8) = ${right}.` };
  },
  async '11-clients-that-lie'() {
    const { combined } = await import('../steppers/liars.ts');
    const { trimmedMean } = await import('../../../../lib/robust/trimmed-mean.ts');
    const right = combined(trimmedMean({ trim: 0.2 }), [1, 2, 3, 4, -100]);
    return {
      right,
      within: 0.006,
      because: `−100 and 4 are left out; the mean of 1, 2 and 3 is ${right.toFixed(2)}.`,
    };
  },
  async '12-order'() {
    const { WindowCounts } = await import('../../../../lib/federated/windows/count-windows.ts');
    const windows = [...new Array(3).fill([0, 1]), ...new Array(5).fill([1, 2])] as number[][];
    const list = Uint32Array.from(windows.flatMap((items) => [items.length, ...items]));
    const row = new Float32Array(3);
    new WindowCounts(list, list.length, 3).nearness(0, row);
    const right = row[1]!;
    return { right, within: 0.006, because: `3 / √((3 + 1)(8 + 1)) = ${right.toFixed(2)}.` };
  },
};
