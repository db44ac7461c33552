#!/usr/bin/env python3
"""Reads a run that `fedtlrec train --out DIR` has saved, with numpy alone: prints its figures, recommends to one user what
`fedtlrec recommend` does, and draws the learning curve.

    python3 read_run.py DIR --user u1 --plot curve.png

What stands in the files: docs/files.md. The formulas are those of docs/equations.md. The vectors of users and the tokens of
clients are in one folder here because it is a simulation; in a real federation each device computes this for itself.
"""
import argparse
import json
import os

import numpy as np

TYPES = {"F32": "<f4", "F64": "<f8", "U32": "<u4", "I32": "<i4", "U8": "u1"}


def read_safetensors(path):
    """Arrays by name: the length of the header, the header as JSON, then the arrays."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    arrays = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        arrays[name] = np.frombuffer(data[begin:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
    return arrays


def read_run(folder):
    with open(os.path.join(folder, "run.json"), encoding="utf-8") as file:
        run = json.load(file)
    with open(os.path.join(folder, "ids.json"), encoding="utf-8") as file:
        ids = json.load(file)
    return run, ids, read_safetensors(os.path.join(folder, "model.safetensors"))


def fading(count, span):
    """Weights e^(-age / span) of items from the oldest to the latest; they sum to 1."""
    weights = np.exp(-np.arange(count)[::-1] / span)
    return weights / weights.sum()


def refit(vector, table, positives, settings):
    """One Newton step of a user's vector towards the recent past (Eq. 13)."""
    items, factors = len(table), len(vector)
    features = table[:, :factors]
    negatives = settings["negatives"]
    weights = np.full(items, negatives / (1 + negatives) / max(1, items - len(positives)))
    weights[positives] = fading(len(positives), settings["recency"]) / (1 + negatives)
    labels = np.zeros(items)
    labels[positives] = 1
    chances = 1 / (1 + np.exp(-(features @ vector + table[:, factors])))
    gradient = features.T @ (weights * (chances - labels)) + 0.02 * vector
    hessian = features.T @ (features * (weights * chances * (1 - chances))[:, None]) + 0.04 * np.eye(factors)
    return vector - np.linalg.solve(hessian, gradient)


def nearness(table, positives, span):
    """How far items point where the latest items of the user point."""
    directions = table[:, :-1] / np.maximum(np.linalg.norm(table[:, :-1], axis=1, keepdims=True), 1e-30)
    recent = fading(len(positives), span) @ directions[positives]
    return len(positives) / (len(positives) + 10) * (directions @ recent)


def peers_of(user, arrays, settings):
    """The clients that this one listens to: those of its cluster and of the nearest ones (Eq. 10)."""
    cluster_of = arrays["clusterOf"].astype(int) - 1
    if cluster_of[user] < 0:
        return np.array([], int)
    centroids = arrays["centroids"].reshape(-1, settings["factors"]).astype(float)
    probes = 3 if settings["probes"] == "auto" else settings["probes"]
    distances = ((centroids - centroids[cluster_of[user]]) ** 2).sum(axis=1)
    near = np.argsort(distances, kind="stable")[:probes]
    return np.flatnonzero(np.isin(cluster_of, np.union1d(near, [cluster_of[user]])))


def personal_part(user, arrays, settings):
    """What clients with a similar token want that the model does not give this user (Eq. 11 and 12)."""
    peers = peers_of(user, arrays, settings)
    if len(peers) < 2:
        return np.zeros(len(arrays["meanToken"]))
    lengths = arrays["tokenNorms"][peers].astype(float)
    centred = arrays["tokenValues"][peers].astype(float) - arrays["meanToken"]
    norms = np.linalg.norm(centred, axis=1)
    scale = np.where((lengths > 0) & (norms > 0), 1 / np.maximum(norms, 1e-30), 0)
    directions = centred * scale[:, None]
    values = lengths[:, None] * directions
    values -= values.mean(axis=0)
    own = np.flatnonzero(peers == user)[0]
    cosines = directions @ directions[own]
    cosines[own] = -np.inf
    mixed = np.zeros(values.shape[1])
    for head in range(settings["heads"]):
        scores = cosines / (settings["temperature"] * 2**head)
        weights = np.exp(scores - scores.max())
        mixed += weights / weights.sum() @ values / settings["heads"]
    size = np.sqrt((mixed**2).mean())
    return mixed / size if size > 0 else mixed


def what_comes_next(positives, order, arrays):
    """Items that are often near the latest items of the user (Eq. 40)."""
    sums = np.zeros(len(arrays["windowLengths"]))
    ages = min(len(positives), int(np.ceil(np.log(1e4) * order["span"])))
    weights = fading(ages, order["span"])
    for weight, item in zip(weights, positives[len(positives) - ages :]):
        length = arrays["windowLengths"][item]
        levels = arrays["windowLevels"][item, :length].astype(float)
        near = arrays["windowNeighbours"][item, :length]
        sums[near] += weight * arrays["windowScales"][item] / 65535 * levels / 15
    return order["weight"] / arrays["windowDeviation"][0] * sums


def scores_of(user, run, arrays):
    settings = run["settings"]
    table = arrays["itemTable"].astype(float)
    if len(table) > 5000 and settings["recency"] is not None:
        raise SystemExit("read_run.py: above 5,000 items the re-fit draws negatives from the library's random stream")
    begin, end = arrays["split.trainOffsets"][user : user + 2]
    positives = arrays["split.trainItems"][begin:end]
    vector = arrays["clientStates"][user, : settings["factors"]].astype(float)
    if settings["recency"] is not None and run["dataset"]["ordered"]:
        fitted = refit(vector, table, positives, settings)
        scores = table[:, :-1] @ fitted + table[:, -1] + nearness(table, positives, settings["recency"] / 4)
    else:
        scores = table[:, :-1] @ vector + table[:, -1]
    if run.get("order"):
        scores += what_comes_next(positives, run["order"], arrays)
    if "tokenValues" in arrays and run["mix"] != 0:
        scores += run["mix"] * personal_part(user, arrays, settings)
    scores[positives] = -np.inf  # what the user has already taken
    return scores


def plot(run, path):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    measured = [row for row in run["rounds"] if "validation" in row]
    figure, axes = pyplot.subplots(figsize=(6, 3.5), layout="constrained")
    for name, label in (("hr10", "HR@10"), ("ndcg10", "NDCG@10")):
        axes.plot([row["round"] for row in measured], [row["validation"][name] for row in measured], "o-", label=label)
    axes.set(xlabel="round", ylabel="on validation", title=f"{run['recipe']} on {run['dataset']['name']}", ylim=(0, None))
    axes.legend()
    figure.savefig(path, dpi=150)


def main():
    parser = argparse.ArgumentParser(description="Reads a run of fedtlrec with numpy alone.")
    parser.add_argument("folder", help="what train --out has written")
    parser.add_argument("--user", help="an id of the data: recommend to this user")
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--plot", metavar="FILE", help="draw the learning curve (needs matplotlib)")
    words = parser.parse_args()
    run, ids, arrays = read_run(words.folder)
    test = run["summary"]["test"]
    print(f"{run['recipe']}, seed {run['settings']['seed']}: HR@10 {test['hr10']:.3f}, NDCG@10 {test['ndcg10']:.3f}")
    if words.user is not None:
        if words.user not in ids["users"]:
            parser.error(f"there is no user {words.user!r} in {words.folder}/ids.json")
        scores = scores_of(ids["users"].index(words.user), run, arrays)
        for rank, item in enumerate(np.argsort(-scores, kind="stable")[: words.count], 1):
            print(f"{rank:4} {ids['items'][item]:12} {scores[item]:8.3f}")
    if words.plot:
        plot(run, words.plot)
        print(f"wrote {words.plot}")


if __name__ == "__main__":
    main()
