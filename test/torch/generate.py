"""Trains every case of cases.py with PyTorch in float64 and writes the golden values beside this file.

    python3 test/torch/generate.py

From the same initial parameters, rows and batches, handgrad's losses and parameters are held to these. The values
in here were made with PyTorch 2.13.0 on one thread; another version or processor may differ in the last digits.

A case is refused when float64 rounding alone moves it: it is trained again with initial parameters and gradients
disturbed by 1e-15 of their size and the rows of each batch in another order, which mathematically changes nothing.
"""

import json
import math
import zlib
from pathlib import Path

import numpy
import torch

from cases import groups

FOLDER = Path(__file__).parent
DISTURBANCE = 1e-15
DISTURBED_RUNS = 3
# Relative; what is held to these values is allowed 1e-9.
MOST_LOSS_SHIFT = 1e-11
MOST_PARAMETER_SHIFT = 1e-10

ACTIVATIONS = {
    "sigmoid": torch.nn.Sigmoid,
    "tanh": torch.nn.Tanh,
    "relu": torch.nn.ReLU,
    "leaky-relu": lambda: torch.nn.LeakyReLU(0.01),
    "elu": lambda: torch.nn.ELU(1.0),
    "silu": torch.nn.SiLU,
    "gelu": lambda: torch.nn.GELU(approximate="tanh"),
    "softplus": torch.nn.Softplus,
    "linear": torch.nn.Identity,
}

LOSSES = {
    "mse": torch.nn.MSELoss,
    "mae": torch.nn.L1Loss,
    "huber": lambda: torch.nn.HuberLoss(delta=1.0),
    "bce": torch.nn.BCEWithLogitsLoss,
    "cross-entropy": torch.nn.CrossEntropyLoss,
}

# Where the targets of a regression lie, so that the output activation reaches nearly all of them.
TARGET_RANGES = {
    "sigmoid": (0.1, 0.9),
    "tanh": (-0.8, 0.8),
    "relu": (0.2, 2.5),
    "leaky-relu": (-0.1, 2.5),
    "elu": (-0.6, 2.5),
    "silu": (-0.2, 2.5),
    "gelu": (-0.1, 2.5),
    "softplus": (0.2, 2.5),
    "linear": (-3.0, 3.0),
}


def make_optimizer(parameters, job):
    """The settings a job leaves out are PyTorch's; RMSprop's alpha is called beta2."""
    kind, given = job["optimizer"], {"lr": job["learningRate"]}
    if "weightDecay" in job:
        given["weight_decay"] = job["weightDecay"]
    if "epsilon" in job:
        given["eps"] = job["epsilon"]
    if kind in ("sgd", "momentum", "nesterov"):
        return torch.optim.SGD(
            parameters, momentum=job.get("momentum", 0), nesterov=kind == "nesterov", **given,
        )
    if kind == "rmsprop":
        return torch.optim.RMSprop(
            parameters, alpha=job.get("beta2", 0.99), momentum=job.get("momentum", 0), **given,
        )
    adam = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[kind]
    return adam(parameters, betas=(job.get("beta1", 0.9), job.get("beta2", 0.999)), **given)


def mix(x):
    """lowbias32 (Wellons 2018) of 32 bits, entry by entry."""
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    return x ^ (x >> 16)


def key_of(seed, index):
    return mix(seed ^ mix((index + 0x9E3779B9) & 0xFFFFFFFF))


class Dropout(torch.nn.Module):
    """PyTorch's Dropout, with handgrad's mask instead of a drawn one: `draw` says for which step and rows."""

    def __init__(self, rate, seed, layer, units):
        super().__init__()
        self.rate, self.seed, self.layer, self.units = rate, seed, layer, units

    def draw(self, step, positions):
        """`positions` in the batch, one a row."""
        key = key_of(key_of(self.seed, step), self.layer)
        row_keys = key_of(key, numpy.asarray(positions, dtype=numpy.uint64))
        bits = key_of(row_keys[:, None], numpy.arange(self.units, dtype=numpy.uint64)[None, :])
        self.kept = torch.from_numpy(bits >= min(round(self.rate * 2**32), 2**32 - 1))

    def forward(self, activations):
        return activations * (self.kept.double() / (1 - self.rate))


def schedule_factor(schedule, t, steps):
    """What the learning rate is multiplied by at step t = 0, 1, ... of a run of `steps`."""
    kind = schedule["kind"]
    warmup = min(1.0, (t + 1) / schedule["warmupSteps"]) if "warmupSteps" in schedule else 1.0
    if kind == "step":
        return warmup * schedule["gamma"] ** (t // schedule["every"])
    if kind == "exponential":
        return warmup * schedule["gamma"] ** t
    if kind == "cosine":
        return warmup * 0.5 * (1.0 + math.cos(math.pi * t / steps))
    return warmup


def check_schedules(steps=200):
    """The closed formulas above are PyTorch's own schedulers, warm-up apart."""
    own = {
        "step": lambda optimizer: torch.optim.lr_scheduler.StepLR(optimizer, 30, 0.5),
        "exponential": lambda optimizer: torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5),
        "cosine": lambda optimizer: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps),
    }
    for kind, make in own.items():
        optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
        scheduler = make(optimizer)
        for t in range(steps):
            expected = schedule_factor({"kind": kind, "every": 30, "gamma": 0.5}, t, steps)
            assert math.isclose(optimizer.param_groups[0]["lr"], expected, rel_tol=1e-9), (kind, t)
            optimizer.step()
            scheduler.step()


def check_dropout(rate=0.3):
    """The module above, given the mask that PyTorch's own draws, is PyTorch's own."""
    own, activations = torch.nn.Dropout(rate), torch.linspace(-3, 3, 600, dtype=torch.float64).reshape(30, 20)
    torch.manual_seed(1)
    expected = own(activations)
    ours = Dropout(rate, 0, 0, 20)
    ours.kept = expected != 0
    assert 0 < ours.kept.sum() < 600
    assert torch.allclose(ours(activations), expected, rtol=1e-14, atol=0)


def draw_data(random, shape, job):
    """Inputs [rows, inputs] and targets [rows, outputs]: something a network can learn, with noise."""
    output = job["layers"][-1]
    unscaled = random.uniform(-1, 1, (shape["rows"], shape["inputs"]))
    mixing = random.uniform(-1, 1, (shape["inputs"], output["units"]))
    latent = numpy.sin(1.5 * unscaled @ mixing) + random.uniform(-0.15, 0.15, (shape["rows"], output["units"]))
    inputs = numpy.round(shape["inputScale"] * unscaled, shape["decimals"])
    if job["loss"] == "bce":
        return inputs, (latent > 0).astype(float)
    if job["loss"] == "cross-entropy":
        classes = latent.argmax(axis=1)
        classes[: output["units"]] = numpy.arange(output["units"])  # Every class occurs.
        return inputs, numpy.eye(output["units"])[classes]
    least, most = TARGET_RANGES[output["activation"]]
    return inputs, numpy.round(least + (most - least) * numpy.clip((latent + 1) / 2, 0, 1), 3)


def draw_parameters(random, shape, job):
    """Layer by layer weights [inputs, units] row-major (Glorot & Bengio 2010), then biases [units]; flat."""
    flat, input_count = [], shape["inputs"]
    for layer in job["layers"]:
        bound = math.sqrt(6 / (input_count + layer["units"])) / shape["inputScale"] ** (not flat)
        flat.append(random.uniform(-bound, bound, input_count * layer["units"]))
        if layer["bias"]:
            flat.append(random.uniform(-0.1, 0.5, layer["units"]))
        input_count = layer["units"]
    return numpy.round(numpy.concatenate(flat), 3)


def build_model(shape, job, flat):
    modules, input_count = [], shape["inputs"]
    for index, layer in enumerate(job["layers"]):
        units = layer["units"]
        linear = torch.nn.Linear(input_count, units, bias=layer["bias"], dtype=torch.float64)
        weights, flat = flat[: input_count * units].reshape(input_count, units), flat[input_count * units :]
        linear.weight.data = torch.from_numpy(weights.T.copy())
        if layer["bias"]:
            linear.bias.data, flat = torch.from_numpy(flat[:units].copy()), flat[units:]
        modules += [linear, ACTIVATIONS[layer["activation"]]()]
        if "dropout" in job and index < len(job["layers"]) - 1:
            modules.append(Dropout(job["dropout"], job["seed"], index, units))
        input_count = units
    assert flat.size == 0
    return torch.nn.Sequential(*modules)


def train(shape, job, inputs, targets, flat, disturb=None):
    """Losses of each step's batch before the update, the final parameters, and how many steps were clipped."""
    flat = flat if disturb is None else flat * (1 + DISTURBANCE * disturb.choice([-1, 1], flat.size))
    model, loss_of = build_model(shape, job, flat), LOSSES[job["loss"]]()
    inputs, targets = torch.from_numpy(inputs), torch.from_numpy(targets)
    if job["loss"] == "cross-entropy":
        targets = targets.argmax(dim=1)
    optimizer = make_optimizer(model.parameters(), job)
    schedule = job.get("schedule", {"kind": "constant"})
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: schedule_factor(schedule, t, job["steps"]))
    # Rows in the order of the file; an epoch's last batch is shorter where they do not divide.
    batches = torch.arange(shape["rows"]).split(job.get("batchSize", shape["rows"]))
    losses, clipped_count = [], 0
    for t in range(job["steps"]):
        rows = batches[t % len(batches)]
        positions = numpy.arange(len(rows)) if disturb is None else disturb.permutation(len(rows))
        rows = rows[torch.from_numpy(positions)]
        for module in model:
            if isinstance(module, Dropout):
                module.draw(t, positions)
        optimizer.zero_grad()
        loss = loss_of(model(inputs[rows]), targets[rows])
        loss.backward()
        if disturb is not None:
            for parameter in model.parameters():
                signs = disturb.choice([-1, 1], parameter.shape)
                parameter.grad *= torch.from_numpy(1 + DISTURBANCE * signs)
        if "clipNorm" in job:
            norm = torch.nn.utils.clip_grad_norm_(model.parameters(), job["clipNorm"])
            clipped_count += int(norm > job["clipNorm"])
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    # PyTorch keeps weights as [units, inputs].
    final = numpy.concatenate([parameter.detach().numpy().T.ravel() for parameter in model.parameters()])
    return numpy.array(losses), final, clipped_count


def golden_case(case):
    """The case with its data and golden values, and what is wrong with it, if anything."""
    name, shape, job = case["name"], case["shape"], case["job"]
    # Seeded by the name, so that a new case leaves the others as they are.
    random = numpy.random.RandomState(zlib.crc32(name.encode()))
    inputs, targets = draw_data(random, shape, job)
    initial = draw_parameters(random, shape, job)
    losses, parameters, clipped_count = train(shape, job, inputs, targets, initial)
    loss_shift = parameter_shift = 0.0
    for seed in range(DISTURBED_RUNS):
        disturbed = train(shape, job, inputs, targets, initial, numpy.random.RandomState(seed))
        loss_shift = max(loss_shift, numpy.max(numpy.abs(disturbed[0] / losses - 1)))
        parameter_shift = max(parameter_shift, numpy.max(numpy.abs(disturbed[1] / parameters - 1)))
    clipped = f"  clipped {clipped_count}" if "clipNorm" in job else ""
    print(f"{losses[0]:9.3g} -> {losses[-1]:8.2g}  moved {loss_shift:.0e} {parameter_shift:.0e}  {name}{clipped}")
    problem = None
    if not (loss_shift <= MOST_LOSS_SHIFT and parameter_shift <= MOST_PARAMETER_SHIFT):
        problem = "rounding moves it"
    elif "clipNorm" in job and clipped_count == 0:
        problem = "no step was clipped"
    elif numpy.array_equal(parameters, initial):
        problem = "nothing was learnt"
    golden = {
        "name": name,
        "job": job,
        "data": {"inputs": inputs.tolist(), "targets": targets.tolist()},
        "initialParameters": initial.tolist(),
        "losses": losses.tolist(),
        "parameters": parameters.tolist(),
    }
    return golden, problem and f"{name}: {problem}; replace it"


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    check_schedules()
    check_dropout()
    texts, problems = {}, []
    for file, cases in groups().items():
        goldens, found = zip(*map(golden_case, cases))
        problems += filter(None, found)
        lines = (json.dumps(golden, separators=(",", ":"), allow_nan=False) for golden in goldens)
        texts[file] = "[\n" + ",\n".join(lines) + "\n]\n"
    if problems:
        raise SystemExit("\n".join(problems))
    for file, text in texts.items():
        (FOLDER / f"{file}.json").write_text(text)


main()
