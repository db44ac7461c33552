// How wrong a model is, and in which direction: each loss with the gradient that training descends.
// In: scores (logits) with labels 0 or 1, or an output with its target; out: the loss, and its gradient with respect to the input.
// Binary cross-entropy is computed from the score, not from the probability, so that it stays finite for any score.

/** The probability that a score stands for, σ(s) = 1 / (1 + e⁻ˢ). Never overflows: e is raised to −|s| only. */
export function sigmoid(score: number): number {
  const decay = Math.exp(-Math.abs(score));
  return score < 0 ? decay / (1 + decay) : 1 / (1 + decay);
}

/**
 * Binary cross-entropy −(y log σ(s) + (1 − y) log(1 − σ(s))), in nats.
 * Written as max(s, 0) − s·y + log(1 + e^−|s|), it is exact where σ(s) has already rounded to 0 or 1.
 *
 * @param score s, the logit
 * @param label y, 0 or 1 (any number between them is a soft label)
 */
export function binaryCrossEntropy(score: number, label: number): number {
  return Math.max(score, 0) - score * label + Math.log1p(Math.exp(-Math.abs(score)));
}

/** The gradient of `binaryCrossEntropy` with respect to the score: σ(s) − y. */
export function binaryCrossEntropyGradient(score: number, label: number): number {
  return sigmoid(score) - label;
}
