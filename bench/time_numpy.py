# numpy's matrix product, timed where it runs: one JSON request a line, one JSON answer a line.
# {"rows", "inner", "columns", "repetitions"} -> {"seconds"}; the first line says which version this is.
import json
import sys
import time

import numpy

print(json.dumps({"version": numpy.__version__}), flush=True)
operands = {}
for line in sys.stdin:
    request = json.loads(line)
    shape = (request["rows"], request["inner"], request["columns"])
    if shape not in operands:
        random = numpy.random.default_rng(1)
        rows, inner, columns = shape
        a = random.random((rows, inner), dtype=numpy.float32)
        b = random.random((inner, columns), dtype=numpy.float32)
        operands[shape] = (a, b, numpy.empty((rows, columns), dtype=numpy.float32))
    a, b, out = operands[shape]
    start = time.perf_counter()
    for _ in range(request["repetitions"]):
        numpy.matmul(a, b, out=out)
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
