"""The Python peers of the benchmark: NumPy and PyTorch, written as the notebook writes them.

    python3 python_peers.py numpy|pytorch float64|float32 FOLDER

FOLDER holds a job, as test/bench/hosts.ts writes it: job.json, and inputs, targets and parameters as float64.
Answers the requests "load" and "train" of test/bench/measuring.ts, a line of JSON each way:
{"kind": "train", "steps": 100, "withParameters": true}
-> {"openMs": ..., "trainMs": ..., "loss": ..., "parameters": base64 of float32}
"""

import base64
import json
import sys
import time
from pathlib import Path

import numpy

if sys.argv[1] == "pytorch":
    import torch


def read_job(folder):
    """The job with its numbers; every layer as (weights [inputs, units], bias [units] or None), float64."""
    job = json.loads((folder / "job.json").read_text())
    widths, row_count = job["widths"], job["rowCount"]
    inputs = numpy.fromfile(folder / "inputs.f64").reshape(row_count, widths[0])
    targets = numpy.fromfile(folder / "targets.f64").reshape(row_count, widths[-1])
    flat, layers = numpy.fromfile(folder / "parameters.f64"), []
    for input_count, units in zip(widths, widths[1:]):
        weights, flat = flat[: input_count * units].reshape(input_count, units), flat[input_count * units :]
        bias = None
        if job["bias"]:
            bias, flat = flat[:units], flat[units:]
        layers.append((weights, bias))
    return job, inputs, targets, layers


class NumpyRun:
    """Forward, backward and update by hand."""

    def __init__(self, job, inputs, targets, layers, dtype):
        self.inputs, self.targets = inputs.astype(dtype), targets.astype(dtype)
        self.weights = [weights.astype(dtype) for weights, _ in layers]
        self.biases = [None if bias is None else bias.astype(dtype) for _, bias in layers]
        self.learning_rate = job["learningRate"]

    def train(self, steps):
        weights, biases, last = self.weights, self.biases, len(self.weights) - 1
        for _ in range(steps):
            activations = [self.inputs]
            for w, b in zip(weights, biases):
                x = activations[-1] @ w
                if b is not None:
                    x += b
                activations.append(1.0 / (1.0 + numpy.exp(-x)))
            error = activations[-1] - self.targets
            loss = numpy.square(error).mean()
            gradient = error * (2.0 / error.size)
            for layer in range(last, -1, -1):
                output = activations[layer + 1]
                gradient = gradient * output * (1.0 - output)
                weights_gradient = activations[layer].T @ gradient
                bias_gradient = gradient.sum(axis=0)
                if layer > 0:
                    gradient = gradient @ weights[layer].T
                weights[layer] -= self.learning_rate * weights_gradient
                if biases[layer] is not None:
                    biases[layer] -= self.learning_rate * bias_gradient
        return float(loss)

    def parameters(self):
        parts = [part for pair in zip(self.weights, self.biases) for part in pair if part is not None]
        return b"".join(part.astype("<f4").tobytes() for part in parts)


class PytorchRun:
    """`Linear` and `Sigmoid`, `MSELoss`, `SGD`: autograd does the rest."""

    def __init__(self, job, inputs, targets, layers, dtype):
        self.inputs, self.targets = (torch.from_numpy(values.astype(dtype)) for values in (inputs, targets))
        modules = []
        for weights, bias in layers:
            linear = torch.nn.Linear(*weights.shape, bias=bias is not None)
            linear.weight.data = torch.from_numpy(weights.T.astype(dtype).copy())
            if bias is not None:
                linear.bias.data = torch.from_numpy(bias.astype(dtype).copy())
            modules += [linear, torch.nn.Sigmoid()]
        self.model = torch.nn.Sequential(*modules)
        self.loss = torch.nn.MSELoss()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=job["learningRate"])

    def train(self, steps):
        for _ in range(steps):
            self.optimizer.zero_grad()
            loss = self.loss(self.model(self.inputs), self.targets)
            loss.backward()
            self.optimizer.step()
        return loss.item()

    def parameters(self):
        # PyTorch keeps weights as [units, inputs].
        parts = [parameter.detach().numpy().T for parameter in self.model.parameters()]
        return b"".join(part.astype("<f4").tobytes() for part in parts)


def train(make_run, steps, with_parameters):
    pressed = time.perf_counter()
    run = make_run()
    started = time.perf_counter()
    loss = run.train(steps)
    finished = time.perf_counter()
    answer = {"openMs": 1e3 * (started - pressed), "trainMs": 1e3 * (finished - started), "losses": [loss]}
    if with_parameters:
        answer["parameters"] = base64.b64encode(run.parameters()).decode()
    return answer


def main():
    library, dtype, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    run_class = {"numpy": NumpyRun, "pytorch": PytorchRun}[library]
    job = read_job(folder)
    for line in sys.stdin:
        request = json.loads(line)
        if request["kind"] == "load":
            print("{}", flush=True)  # This process was started with everything it needs.
            continue
        try:
            answer = train(lambda: run_class(*job, dtype), request["steps"], request["withParameters"])
        except Exception as error:  # Whatever it is, it is the reason printed in the cell.
            answer = {"problem": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
