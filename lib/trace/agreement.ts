// How well found clusters agree with true groups, whatever they are called. In: two labellings; out: one number.
// Rand (1971), adjusted for chance by Hubert & Arabie (1985).

/**
 * The adjusted Rand index of two labellings: 1 if they are the same up to names, about 0 if they have nothing to do
 * with each other. Points with a negative label on either side are left out.
 *
 * @throws RangeError if the two differ in length
 */
export function adjustedRandIndex(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new RangeError(
      `adjustedRandIndex: both must have the same length, got ${a.length} and ${b.length}`,
    );
  }
  const together = new Map<string, number>();
  const [inA, inB] = [new Map<number, number>(), new Map<number, number>()];
  let count = 0;
  for (let at = 0; at < a.length; at++) {
    const [left, right] = [a[at]!, b[at]!];
    if (left < 0 || right < 0) continue;
    count++;
    const pair = `${left},${right}`;
    together.set(pair, (together.get(pair) ?? 0) + 1);
    inA.set(left, (inA.get(left) ?? 0) + 1);
    inB.set(right, (inB.get(right) ?? 0) + 1);
  }
  const pairs = pairsOf([count]);
  const [both, ofA, ofB] = [pairsOf(together.values()), pairsOf(inA.values()), pairsOf(inB.values())];
  const expected = pairs > 0 ? (ofA * ofB) / pairs : 0;
  const most = (ofA + ofB) / 2;
  return most === expected ? 1 : (both - expected) / (most - expected);
}

/** Σ n (n − 1) / 2. */
function pairsOf(sizes: Iterable<number>): number {
  let sum = 0;
  for (const size of sizes) sum += (size * (size - 1)) / 2;
  return sum;
}
