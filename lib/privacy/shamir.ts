// Secret sharing: a secret is the value at 0 of a polynomial whose other coefficients are random, and a share is its value elsewhere.
// As many shares as there are coefficients give the polynomial back; with fewer, every secret is as likely as any other.
// In: a secret of 32 bytes; out: shares of 33 bytes, and the secret again. Shamir (1979), How to Share a Secret, doi 10.1145/359168.359176.

/** Bytes of a secret. */
export const SECRET_BYTES = 32;
/** Bytes of a share, which may be a little above what 32 bytes hold. */
export const SHARE_BYTES = 33;

/** The smallest prime above 2²⁵⁶: shares are whole numbers modulo it, so that each 32 bytes are a number of the field. */
export const SHARE_PRIME = 2n ** 256n + 297n;

/** The value of the polynomial at a place, which is not 0: that would be the secret. */
export interface Share {
  readonly at: number;
  readonly value: Uint8Array;
}

/**
 * Splits a secret: f(0) is the secret, f(at) a share, f(x) = Σ a_k xᵏ modulo the prime (Eq. 41).
 *
 * @param places where shares are wanted: whole numbers of at least 1, each once
 * @param threshold how many shares give the secret back
 * @param random bytes that nobody else knows, 40 for each of the threshold − 1 coefficients: so many that the remainder modulo the
 *   prime favours none
 * @throws RangeError unless the secret has 32 bytes, the threshold is at least 1 and at most the number of places, and places differ
 * @example
 * splitSecret(new Uint8Array(32), [1, 2], 1, new Uint8Array(0)).length; // 2
 */
export function splitSecret(
  secret: Uint8Array,
  places: readonly number[],
  threshold: number,
  random: Uint8Array,
): Share[] {
  if (secret.length !== SECRET_BYTES)
    throw new RangeError(`splitSecret: the secret must have ${SECRET_BYTES} bytes, got ${secret.length}`);
  if (!(Number.isInteger(threshold) && threshold >= 1 && threshold <= places.length))
    throw new RangeError(
      `splitSecret: threshold must be a whole number between 1 and ${places.length}, got ${threshold}`,
    );
  if (random.length < COEFFICIENT_BYTES * (threshold - 1))
    throw new RangeError(
      `splitSecret: random must have ${COEFFICIENT_BYTES * (threshold - 1)} bytes, got ${random.length}`,
    );
  expectPlaces('splitSecret', places);
  const coefficients = [numberOf(secret)];
  for (let k = 0; k < threshold - 1; k++) {
    const drawn = random.subarray(COEFFICIENT_BYTES * k, COEFFICIENT_BYTES * (k + 1));
    coefficients.push(numberOf(drawn) % SHARE_PRIME);
  }
  return places.map((at) => ({ at, value: bytesOf(valueAt(coefficients, BigInt(at)), SHARE_BYTES) }));
}

/** Random bytes a coefficient: 64 bits more than the prime has. */
export const COEFFICIENT_BYTES = 40;

/**
 * The secret that shares belong to: f(0) by Lagrange's interpolation, Σ_i y_i Π_{j ≠ i} x_j / (x_j − x_i) (Eq. 42). From too few
 * shares, or false ones, comes another number, which nothing here can notice.
 *
 * @param shares as many as the threshold was, or more
 * @returns 32 bytes; null where the number is too large for them, so that some share must be false
 * @throws RangeError if there is none, or two are of the same place
 */
export function recoverSecret(shares: readonly Share[]): Uint8Array | null {
  const places = shares.map(({ at }) => at);
  if (shares.length === 0) throw new RangeError('recoverSecret: shares must be at least one, got none');
  expectPlaces('recoverSecret', places);
  const weights = weightsAtZero(places);
  const secret =
    shares.reduce((sum, { value }, at) => sum + numberOf(value) * weights[at]!, 0n) % SHARE_PRIME;
  return secret < 2n ** 256n ? bytesOf(secret, SECRET_BYTES) : null;
}

/** What each value counts in f(0). */
function weightsAtZero(places: readonly number[]): bigint[] {
  const points = places.map(BigInt);
  return points.map((own) => {
    let [above, below] = [1n, 1n];
    for (const other of points) {
      if (other === own) continue;
      above = (above * other) % SHARE_PRIME;
      below = modulo(below * (other - own));
    }
    return (above * inverse(below)) % SHARE_PRIME;
  });
}

/** Horner's rule. */
function valueAt(coefficients: readonly bigint[], x: bigint): bigint {
  return coefficients.reduceRight((value, coefficient) => (value * x + coefficient) % SHARE_PRIME, 0n);
}

/** 1 / x modulo the prime, by Euclid's extended algorithm. */
function inverse(x: bigint): bigint {
  let [remainder, next] = [SHARE_PRIME, x];
  let [factor, nextFactor] = [0n, 1n];
  while (next !== 0n) {
    const quotient = remainder / next;
    [remainder, next] = [next, remainder - quotient * next];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  return modulo(factor);
}

function modulo(x: bigint): bigint {
  const remainder = x % SHARE_PRIME;
  return remainder < 0n ? remainder + SHARE_PRIME : remainder;
}

/** Bytes as one number, the first byte the highest. */
function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

function bytesOf(number: bigint, length: number): Uint8Array {
  const hexadecimal = number.toString(16).padStart(2 * length, '0');
  return Uint8Array.from({ length }, (_, at) => Number.parseInt(hexadecimal.slice(2 * at, 2 * at + 2), 16));
}

function expectPlaces(caller: string, places: readonly number[]): void {
  if (places.every((at) => Number.isSafeInteger(at) && at >= 1) && new Set(places).size === places.length)
    return;
  throw new RangeError(
    `${caller}: places must be whole numbers of at least 1, each once, got ${places.join(', ')}`,
  );
}
