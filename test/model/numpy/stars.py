# Matrix factorization on stars, written again with numpy alone: what test/model/stars.test.ts compares lib/model with.
# The ratings are invented here. Run in the repository's root: python3 test/model/numpy/stars.py
# It writes test/model/numpy/stars.json: ratings, the tables to start from, an order of visits, and the tables after training.
import json

import numpy as np

USERS, ITEMS, FACTORS, RATINGS = 12, 9, 3, 60
generator = np.random.default_rng(20)


def invent():
    """Ratings of different pairs, with the last user and the last item left without any."""
    pairs = generator.choice((USERS - 1) * (ITEMS - 1), size=RATINGS, replace=False)
    users, items = np.sort(pairs) // (ITEMS - 1), np.sort(pairs) % (ITEMS - 1)
    taste = generator.normal(size=(USERS, 2)) @ generator.normal(size=(2, ITEMS))
    stars = np.clip(np.round(3.4 + taste[users, items] + generator.normal(size=RATINGS) / 2), 1, 5)
    return users, items, stars


def sgd(users, items, stars, order, P, b, Q, c, rate, penalty):
    """One epoch; the errors come before each step."""
    mean, squares = stars.mean(), []
    for place in order:
        u, i = users[place], items[place]
        error = stars[place] - (mean + b[u] + c[i] + P[u] @ Q[i])
        squares.append(error**2)
        b[u] += rate * (error - penalty * b[u])
        c[i] += rate * (error - penalty * c[i])
        P[u], Q[i] = P[u] + rate * (error * Q[i] - penalty * P[u]), Q[i] + rate * (error * P[u] - penalty * Q[i])
    return float(np.mean(squares))


def ridge(design, target, penalty):
    """min |target - design x|^2 + n penalty |x|^2, as the least squares solution of stacked rows."""
    n, width = design.shape
    rows = np.vstack([design, np.sqrt(n * penalty) * np.eye(width)])
    return np.linalg.lstsq(rows, np.concatenate([target, np.zeros(width)]), rcond=None)[0]


def als_half(own, own_bias, other, other_bias, of_own, of_other, stars):
    for row in range(len(own)):
        mine = np.flatnonzero(of_own == row)
        if len(mine) == 0:
            continue
        design = np.column_stack([other[of_other[mine]], np.ones(len(mine))])
        x = ridge(design, stars[mine] - stars.mean() - other_bias[of_other[mine]], 0.2)
        own[row], own_bias[row] = x[:-1], x[-1]


def listed(P, b):
    return np.column_stack([P, b]).tolist()


users, items, stars = invent()
P, Q = 0.3 * generator.normal(size=(USERS, FACTORS)), 0.3 * generator.normal(size=(ITEMS, FACTORS))
b, c = 0.1 * generator.normal(size=USERS), 0.1 * generator.normal(size=ITEMS)
order = generator.permutation(RATINGS)
document = {
    "about": "made by stars.py with numpy " + np.__version__,
    "users": users.tolist(), "items": items.tolist(), "stars": stars.tolist(), "order": order.tolist(),
    "start": {"users": listed(P, b), "items": listed(Q, c)},
}
start = [array.copy() for array in (P, b, Q, c)]
errors = [sgd(users, items, stars, order, P, b, Q, c, 0.05, 0.1) for _ in range(3)]
document["sgd"] = {"users": listed(P, b), "items": listed(Q, c), "losses": errors}

P, b, Q, c = start
errors = []
for _ in range(4):
    als_half(P, b, Q, c, users, items, stars)
    als_half(Q, c, P, b, items, users, stars)
    predicted = stars.mean() + b[users] + c[items] + np.sum(P[users] * Q[items], axis=1)
    errors.append(float(np.mean((stars - predicted) ** 2)))
document["als"] = {"users": listed(P, b), "items": listed(Q, c), "losses": errors}
with open("test/model/numpy/stars.json", "w") as file:
    file.write(json.dumps(document) + "\n")
