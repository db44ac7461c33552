# scikit-learn's K-means, timed where it runs: one JSON request a line, one JSON answer a line.
# {"points", "start"} (base64 of float64, with "shape", "clusters", "iterations") prepares and is answered with {};
# {"repetitions"} -> {"seconds", "labels", "iterations"}; the first line says which version this is.
import base64
import json
import sys
import time

import numpy
import sklearn
from sklearn.cluster import KMeans

print(json.dumps({"version": sklearn.__version__}), flush=True)
points = start = iterations = None
for line in sys.stdin:
    request = json.loads(line)
    if "points" in request:
        rows, dims = request["shape"]
        points = numpy.frombuffer(base64.b64decode(request["points"])).reshape(rows, dims)
        start = numpy.frombuffer(base64.b64decode(request["start"])).reshape(request["clusters"], dims)
        iterations = request["iterations"]
        print("{}", flush=True)
        continue
    begin = time.perf_counter()
    for _ in range(request["repetitions"]):
        model = KMeans(len(start), init=start, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd").fit(points)
    seconds = time.perf_counter() - begin
    answer = {"seconds": seconds, "labels": model.labels_.tolist(), "iterations": int(model.n_iter_)}
    print(json.dumps(answer), flush=True)
