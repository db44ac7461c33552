# PyTorch's matrix product on a GPU, timed where it runs: one JSON request a line, one JSON answer a line.
# {"rows", "inner", "columns", "repetitions"} -> {"seconds"}; the first line says which version this is, on which card.
# Products are float32 throughout: the shorter format that tensor cores take (TF32) stays off.
import json
import sys
import time

import torch

torch.backends.cuda.matmul.allow_tf32 = False
card = torch.device("cuda")
name = torch.cuda.get_device_name(card)
print(json.dumps({"version": f"{torch.__version__}, {name}"}), flush=True)
operands = {}
for line in sys.stdin:
    request = json.loads(line)
    shape = (request["rows"], request["inner"], request["columns"])
    if shape not in operands:
        torch.manual_seed(1)
        rows, inner, columns = shape
        a = torch.rand((rows, inner), device=card)
        b = torch.rand((inner, columns), device=card)
        operands[shape] = (a, b, torch.empty((rows, columns), device=card))
    a, b, out = operands[shape]
    torch.cuda.synchronize()
    start = time.perf_counter()
    for _ in range(request["repetitions"]):
        torch.matmul(a, b, out=out)
    torch.cuda.synchronize()
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
