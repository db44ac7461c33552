"""Candidates for the attention between clients, trained on what a server has, judged on validation.

In: a folder written by bench/aggregators.ts. Out: one JSON document on stdout. A candidate makes X [users, items] of the
tokens T [users, items]; the client adds beta * X / rms(X) to its scores. All gradients are written by hand. What is
trained sees messages only; validation judges and chooses beta, nothing else.
"""

import json
import sys
import time
from math import lgamma
from pathlib import Path

import numpy as np

FOLDER = Path(sys.argv[1])
SIZES = json.loads((FOLDER / "sizes.json").read_text())
U, I, D = SIZES["users"], SIZES["items"], SIZES["factors"]
TAU = 0.1
SUBSET = 1200  # clients that a training step looks at; all of them where there are fewer
MIXES = (0.0, 0.15, 0.3, 0.45, 0.7, 1.0)
RNG = np.random.default_rng(1)


def read(name, kind=np.float32):
    return np.fromfile(FOLDER / name, dtype=kind)


T = read("tokens").reshape(U, I)
NEXT = (read("next").reshape(U, I) - SIZES["memory"] * T) / (1 - SIZES["memory"])  # the next messages' last columns
Q = read("items").reshape(I, D + 1)
P = read("states").reshape(U, -1)[:, :D]
DIRECTIONS = read("directions").reshape(U, D)
OFFSETS, POSITIVES = read("offsets", np.uint32).astype(int), read("positives", np.uint32).astype(int)
VALIDATION = read("validation", np.int32)
BASE = P @ Q[:, :D].T + Q[:, D]
MEAN = T.mean(0)
C = T - MEAN  # centred tokens


# Judging: the exact expectation over 99 unseen items, as lib/evaluation/ranking.ts has it.


def expected_worth(others, ahead, drawn=99, cutoff=10):
    choose = lambda n, k: lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    hit = gain = 0.0
    for above in range(min(cutoff, ahead + 1)):
        if drawn - above > others - ahead:
            continue
        chance = np.exp(choose(ahead, above) + choose(others - ahead, drawn - above) - choose(others, drawn))
        hit += chance
        gain += chance / np.log2(above + 2)
    return hit, gain


WORTH = {}


def judge(scores):
    """[users, 2]: HR@10 and NDCG@10 of the validation item; NaN without one."""
    result = np.full((U, 2), np.nan)
    for user in range(U):
        target = VALIDATION[user]
        if target < 0:
            continue
        row = scores[user]
        seen = POSITIVES[OFFSETS[user] : OFFSETS[user + 1]]
        ahead = int((row >= row[target]).sum() - (row[seen] >= row[target]).sum()) - 1
        others = I - len(seen) - 1
        if (others, ahead) not in WORTH:
            WORTH[others, ahead] = expected_worth(others, ahead)
        result[user] = WORTH[others, ahead]
    return result


def best_mix(x):
    x = x / np.sqrt(np.maximum(1e-30, (x * x).mean(1, keepdims=True)))
    judged = [(judge(BASE + mix * x), mix) for mix in MIXES]
    return max(judged, key=lambda pair: np.nanmean(pair[0][:, 1]))


# Attention and its pieces.


def unit(rows):
    return rows / np.maximum(1e-12, np.linalg.norm(rows, axis=1, keepdims=True))


def softmax(logits):
    np.fill_diagonal(logits, -np.inf)  # nobody attends to itself
    logits -= logits.max(1, keepdims=True)
    np.exp(logits, out=logits)
    logits /= logits.sum(1, keepdims=True)
    return logits


def attend(signatures, values=C, tau=TAU):
    s = unit(signatures)
    return softmax(s @ s.T / tau) @ values


def unit_backward(rows, gradient):
    norms = np.maximum(1e-12, np.linalg.norm(rows, axis=1, keepdims=True))
    s = rows / norms
    return (gradient - s * (s * gradient).sum(1, keepdims=True)) / norms


class Adam:
    def __init__(self, rate):
        self.rate, self.step, self.moments = rate, 0, {}

    def __call__(self, name, values, gradient):
        first, second = self.moments.setdefault(name, [np.zeros_like(values), np.zeros_like(values)])
        first += 0.1 * (gradient - first)
        second += 0.01 * (gradient * gradient - second)
        values -= self.rate * (first / (1 - 0.9 ** self.step)) / (np.sqrt(second / (1 - 0.99 ** self.step)) + 1e-8)


def some_clients():
    return np.sort(RNG.choice(U, SUBSET, replace=False)) if U > SUBSET else np.arange(U)


# Targets: what X_u should tell about u, though it is made of the others only. Each returns the loss's gradient by X.


def cosine_loss(x, target):
    """Of 1 - cos(x, target), a mean over clients."""
    return unit_backward(x, -unit(target) / len(x))


def ranking_loss(x, target, hidden):
    """Pairs of hidden items, one that u was sent towards and one away: X should tell them apart."""
    gradient = np.zeros_like(x)
    columns = np.flatnonzero(hidden)
    scale = 1 / np.maximum(1e-12, np.sqrt((x * x).mean(1)))
    for user in range(len(x)):
        row = target[user, columns]
        liked, other = columns[row > 0], columns[row <= 0]
        if len(liked) == 0 or len(other) == 0:
            continue
        count = min(64, 4 * len(liked))
        i, j = RNG.choice(liked, count), RNG.choice(other, count)
        margin = (x[user, i] - x[user, j]) * scale[user]
        slope = -1 / (1 + np.exp(margin)) / count / len(x) * scale[user]
        np.add.at(gradient[user], i, slope)
        np.add.at(gradient[user], j, -slope)
    return gradient


def train_signatures(signature, backward, parameters, target, steps, rate):
    """Trains what turns tokens into signatures. Each step hides a random half of the items from the signatures."""
    adam = Adam(rate)
    for adam.step in range(1, steps + 1):
        some = some_clients()
        c = C[some]
        hidden = RNG.random(I) < 0.5
        rows = signature(parameters, c * ~hidden)
        s = unit(rows)
        weights = softmax(s @ s.T / TAU)
        x = weights @ c
        if target == "own token":
            by_x = cosine_loss(x * hidden, c * hidden) * hidden
        elif target == "next message":
            by_x = cosine_loss(x, NEXT[some])
        else:
            by_x = ranking_loss(x, c, hidden)
        by_weights = by_x @ c.T
        by_logits = weights * (by_weights - (weights * by_weights).sum(1, keepdims=True))
        by_s = (by_logits @ s + by_logits.T @ s) / TAU
        gradients = backward(parameters, c * ~hidden, unit_backward(rows, by_s))
        for name, gradient in gradients.items():
            adam(name, parameters[name], gradient)
    return parameters


# Candidates.


def gates(target, steps=60):
    """A learned weight for every item in the signatures."""
    signature = lambda p, c: c * np.exp(p["gates"])
    backward = lambda p, c, g: {"gates": (g * c * np.exp(p["gates"])).sum(0)}
    start = {"gates": np.zeros(I, np.float32)}
    return attend(signature(train_signatures(signature, backward, start, target, steps, 0.03), C))


def principal_directions(width):
    """[items, width], by the Gram matrix of the smaller side."""
    if U < I:
        _, vectors = np.linalg.eigh((C @ C.T).astype(np.float64))
        return unit((C.T @ vectors[:, ::-1][:, :width]).T.astype(np.float32)).T
    _, vectors = np.linalg.eigh((C.T @ C).astype(np.float64))
    return vectors[:, ::-1][:, :width].astype(np.float32)


def metric(target, width=48, steps=60):
    """Signatures are a learned linear map of the tokens, started at their principal components."""
    start = {"map": np.ascontiguousarray(principal_directions(width))}
    signature = lambda p, c: c @ p["map"]
    backward = lambda p, c, g: {"map": c.T @ g}
    return attend(signature(train_signatures(signature, backward, start, target, steps, 0.003), C))


def projections(target, width=64, inner=16, steps=60):
    """The cosine plus (y Wq)(y Wk)' / sqrt(inner) on Gaussian sketches y."""
    sketch = RNG.normal(size=(I, width)).astype(np.float32) / np.sqrt(width)
    wq, wk = np.zeros((width, inner), np.float32), RNG.normal(size=(width, inner)).astype(np.float32) / np.sqrt(width)
    adam = Adam(0.01)

    def logits(c):
        s = unit(c)
        y = unit(c @ sketch) * np.sqrt(width)
        return s @ s.T / TAU + (y @ wq) @ (y @ wk).T / np.sqrt(inner), y

    for adam.step in range(1, steps + 1):
        some = some_clients()
        c = C[some]
        hidden = RNG.random(I) < 0.5
        raw, y = logits(c * ~hidden)
        weights = softmax(raw)
        x = weights @ c
        if target == "next message":
            by_x = cosine_loss(x, NEXT[some])
        else:
            by_x = cosine_loss(x * hidden, c * hidden) * hidden
        by_weights = by_x @ c.T
        by_logits = weights * (by_weights - (weights * by_weights).sum(1, keepdims=True)) / np.sqrt(inner)
        by_q, by_k = y.T @ (by_logits @ (y @ wk)), y.T @ (by_logits.T @ (y @ wq))
        adam("q", wq, by_q)
        adam("k", wk, by_k)
    return softmax(logits(C)[0]) @ C


def values(heads=2, width=32, steps=60):
    """A value map per head, x + (x M) N', trained to give the client's own token; heads differ in temperature."""
    result = np.zeros_like(C)
    for head in range(heads):
        x = attend(C, tau=TAU * 2**head)
        m = RNG.normal(size=(I, width)).astype(np.float32) / np.sqrt(I)
        n = np.zeros((I, width), np.float32)
        adam = Adam(0.003)
        for adam.step in range(1, steps + 1):
            by_y = cosine_loss(x + (x @ m) @ n.T, C)
            adam("m", m, x.T @ (by_y @ n))
            adam("n", n, by_y.T @ (x @ m))
        y = x + (x @ m) @ n.T
        result += unit(y) / heads
    return result


def two_blocks():
    """A second block whose signatures also hold what the first one found."""
    return attend(unit(C) + 0.5 * unit(attend(C)))


def lloyd(rows, k, rounds=30):
    centroids = rows[RNG.choice(len(rows), k, replace=False)]
    for _ in range(rounds):
        labels = ((rows**2).sum(1)[:, None] - 2 * rows @ centroids.T + (centroids**2).sum(1)).argmin(1)
        centroids = np.stack([rows[labels == c].mean(0) if (labels == c).any() else centroids[c] for c in range(k)])
    return labels


def mixture(k=12):
    """Attention plus the mean token of the own K-means cluster."""
    labels = lloyd(unit(DIRECTIONS), k)
    sums = np.stack([C[labels == c].sum(0) for c in range(k)])
    counts = np.bincount(labels, minlength=k)
    others = (sums[labels] - C) / np.maximum(1, counts[labels] - 1)[:, None]
    return unit(attend(C)) + 0.5 * unit(others)


def sketched(width):
    sketch = RNG.normal(size=(I, width)).astype(np.float32)
    return attend(C @ sketch)


CANDIDATES = {
    "no attention": lambda: np.zeros_like(C),
    "untrained cosine (the default)": lambda: attend(C),
    "sketched signatures, 64 numbers": lambda: sketched(64),
    "sketched signatures, 256 numbers": lambda: sketched(256),
    "random weights": lambda: softmax(RNG.normal(size=(U, U)).astype(np.float32)) @ C,
    "item gates, own token": lambda: gates("own token"),
    "item gates, next message": lambda: gates("next message"),
    "item gates, ranking loss": lambda: gates("ranking", steps=30),
    "projections beside the cosine, own token": lambda: projections("own token"),
    "projections beside the cosine, next message": lambda: projections("next message"),
    "learned linear signatures, own token": lambda: metric("own token"),
    "learned linear signatures, next message": lambda: metric("next message"),
    "value maps, two heads": values,
    "two blocks": two_blocks,
    "mixture with the own cluster's mean": mixture,
}


def main():
    reference = None
    rows = []
    order = sorted(CANDIDATES, key=lambda name: name != "untrained cosine (the default)")
    for name in order:
        start = time.process_time()
        x = CANDIDATES[name]()
        seconds = time.process_time() - start
        judged, mix = best_mix(x)
        if reference is None:
            reference = judged
        difference = (judged - reference)[:, 1]
        difference = difference[~np.isnan(difference)]
        hr, ndcg = np.nanmean(judged, 0)
        row = {"name": name, "mix": mix, "ndcg10": ndcg, "hr10": hr, "difference": difference.mean()}
        row |= {"standardError": difference.std(ddof=1) / np.sqrt(len(difference)), "seconds": seconds}
        rows.append({key: round(float(v), 5) if key != "name" else v for key, v in row.items()})
        print(name, rows[-1], file=sys.stderr)
    print(json.dumps({"candidates": rows}))


main()
