"""What generate.py trains: every case by name, grouped as the golden files are.

A network is written "3 -> 5 tanh -> 1 linear": columns of the input, then units and activation of every layer. A
setting that a case leaves out has PyTorch's default.
"""

import itertools

# As src/core/activations.ts names them, in its order.
ACTIVATIONS = ["sigmoid", "tanh", "relu", "leaky-relu", "elu", "silu", "gelu", "softplus", "linear"]

# Learning rates that get somewhere in 200 steps, with settings other than the defaults here and there.
USUAL = {
    "sgd": {"learningRate": 0.1},
    "momentum": {"learningRate": 0.02, "momentum": 0.9},
    "nesterov": {"learningRate": 0.02, "momentum": 0.9},
    "rmsprop": {"learningRate": 0.004},
    "adam": {"learningRate": 0.01},
    "adamw": {"learningRate": 0.01},
}


def case(name, network, rows, loss="mse", optimizer="sgd", bias=True, input_scale=1.0, decimals=3, **settings):
    """One case. `bias` is one for all layers or a list; `input_scale` is the largest input."""
    inputs, *layers = network.split(" -> ")
    biases = bias if isinstance(bias, list) else [bias] * len(layers)
    job = {"layers": [], "loss": loss, "optimizer": optimizer, **USUAL[optimizer], **settings}
    for layer, has_bias in zip(layers, biases, strict=True):
        units, activation = layer.split(" ")
        job["layers"].append({"units": int(units), "activation": activation, "bias": has_bias})
    shape = {"inputs": int(inputs), "rows": rows, "inputScale": input_scale, "decimals": decimals}
    return {"name": name, "shape": shape, "job": {**job, "shuffle": False, "steps": 200}}


def activation_cases():
    """Every activation at the output with every loss of regression; as hidden ones they take turns."""
    optimizers, hidden_units, rows = list(USUAL), [3, 5, 7], [11, 13, 17, 23, 29]
    for index, output in enumerate(ACTIVATIONS):
        for turn, loss in enumerate(["mse", "mae", "huber"]):
            hidden = ACTIVATIONS[(index + 1 + 3 * turn) % len(ACTIVATIONS)]
            optimizer = optimizers[(index + 2 * turn) % len(optimizers)]
            batch_size = [None, 5, 7][(index + turn) % 3]
            batches = f"batches of {batch_size}" if batch_size else "full batch"
            units, outputs = hidden_units[(index + turn) % 3], 1 + (index + turn) % 2
            yield case(
                f"{loss} of {output} after {hidden}, {optimizer}, {batches}",
                f"{2 + index % 3} -> {units} {hidden} -> {outputs} {output}",
                rows[(2 * index + turn) % 5],
                loss,
                optimizer,
                bias=(index + turn) % 4 != 3,
                **({"batchSize": batch_size} if batch_size else {}),
            )


def optimizer_cases():
    """Each optimizer with its defaults, with other settings and with weight decay; networks of every depth."""
    deep, flat = "3 -> 5 tanh -> 3 silu -> 2 linear", "5 -> 2 linear"
    yield case("SGD, no hidden layer", flat, 19, learningRate=0.05)
    yield case("SGD, no hidden layer, no bias, one column", "1 -> 1 linear", 4, bias=False)
    yield case("SGD, three hidden layers", "2 -> 7 sigmoid -> 5 tanh -> 3 elu -> 1 tanh", 31)
    yield case("SGD, bias in the hidden layer only", "3 -> 5 tanh -> 1 linear", 12, bias=[True, False])
    yield case("SGD, weight decay", deep, 17, weightDecay=0.05)
    yield case("momentum 0.9", deep, 17, optimizer="momentum")
    yield case("momentum 0.5, weight decay", flat, 13, "huber", "momentum", momentum=0.5, weightDecay=0.01)
    yield case("Nesterov 0.9, batches", deep, 23, optimizer="nesterov", batchSize=10)
    yield case(
        "Nesterov 0.8, weight decay", "4 -> 7 gelu -> 1 linear", 20, "mse", "nesterov",
        momentum=0.8, weightDecay=0.02,
    )
    yield case("RMSprop, alpha 0.99", deep, 37, optimizer="rmsprop", beta2=0.99)
    yield case(
        "RMSprop, alpha 0.9, epsilon 1e-6", flat, 16, "huber", "rmsprop", beta2=0.9, epsilon=1e-6,
        batchSize=6,
    )
    yield case("RMSprop, momentum 0.9", deep, 29, "mse", "rmsprop", momentum=0.9, learningRate=0.001)
    yield case(
        "RMSprop, alpha 0.95, momentum 0.5, weight decay", "3 -> 7 softplus -> 2 tanh", 14, "mse",
        "rmsprop", beta2=0.95, momentum=0.5, weightDecay=0.01, learningRate=0.0005,
    )
    yield case("RMSprop, weight decay", "2 -> 5 relu -> 1 linear", 21, "mse", "rmsprop", weightDecay=0.1)
    yield case("Adam, defaults", deep, 37, optimizer="adam")
    yield case(
        "Adam, betas 0.8 and 0.95", deep, 26, "huber", "adam", beta1=0.8, beta2=0.95,
        learningRate=0.003,
    )
    yield case("Adam, beta 1 of 0, epsilon 1e-4", flat, 18, "mse", "adam", beta1=0.0, epsilon=1e-4)
    yield case(
        "Adam, weight decay", "3 -> 7 leaky-relu -> 2 linear", 22, "mse", "adam", weightDecay=0.03,
        batchSize=8,
    )
    yield case(
        "Adam, three hidden layers, no bias", "2 -> 9 tanh -> 7 silu -> 5 sigmoid -> 3 linear", 33,
        "mse", "adam", bias=False,
    )
    yield case("AdamW, defaults", deep, 37, optimizer="adamw")
    yield case("AdamW, weight decay 0.3", deep, 19, "mae", "adamw", weightDecay=0.3, learningRate=0.003)
    yield case(
        "AdamW, weight decay 0, beta 2 of 0.99", "4 -> 6 elu -> 1 linear", 28, "mse", "adamw",
        weightDecay=0.0, beta2=0.99,
    )


def classification_cases():
    """Losses on logits, one output and several; the last case is the widest of all."""
    for index, optimizer in enumerate(USUAL):
        outputs, classes = [1, 3][index % 2], [3, 2, 5][index % 3]
        batch = {"batchSize": [4, 9, 10][index % 3]} if index % 2 else {}
        hidden = ACTIVATIONS[(2 * index) % len(ACTIVATIONS)]
        yield case(
            f"bce on {outputs}, {optimizer}", f"3 -> 5 {hidden} -> {outputs} linear",
            15 + 3 * index, "bce", optimizer, **batch,
        )
        hidden = ACTIVATIONS[(2 * index + 1) % len(ACTIVATIONS)]
        yield case(
            f"cross-entropy, {classes} classes, {optimizer}",
            f"4 -> 7 {hidden} -> {classes} linear", 16 + 3 * index, "cross-entropy", optimizer,
            **batch,
        )
    yield case("bce, no hidden layer, no bias", "2 -> 1 linear", 9, "bce", bias=False)
    yield case(
        "cross-entropy, no hidden layer", "3 -> 4 linear", 25, "cross-entropy", "sgd",
        learningRate=0.3,
    )
    yield case(
        "bce, inputs up to 50", "3 -> 1 linear", 24, "bce", input_scale=50.0, decimals=2,
        learningRate=0.002,
    )
    yield case(
        "cross-entropy, inputs up to 50", "2 -> 3 linear", 27, "cross-entropy", "adam",
        input_scale=50.0, decimals=2, batchSize=12,
    )
    yield case(
        "cross-entropy, 64 inputs, 10 classes", "64 -> 32 relu -> 10 linear", 60, "cross-entropy",
        "adam", decimals=2, batchSize=16,
    )


def run_cases():
    """Batches, schedules, clipping and inputs that nobody scaled."""
    network = "3 -> 5 tanh -> 2 linear"
    yield case("batches of 1", network, 7, batchSize=1, learningRate=0.02)
    yield case("batches that divide the rows", network, 24, batchSize=8)
    yield case("a last batch of one row", network, 13, optimizer="adam", batchSize=4)
    yield case("a batch of all rows but one", network, 10, optimizer="momentum", batchSize=9)
    yield case(
        "step schedule", network, 17, learningRate=0.2,
        schedule={"kind": "step", "every": 30, "gamma": 0.5},
    )
    yield case(
        "step schedule, RMSprop, batches", network, 22, "huber", "rmsprop", batchSize=5,
        schedule={"kind": "step", "every": 7, "gamma": 0.9},
    )
    yield case(
        "exponential schedule", network, 17, optimizer="nesterov",
        schedule={"kind": "exponential", "gamma": 0.99},
    )
    yield case(
        "exponential schedule, AdamW", network, 21, "mae", "adamw",
        schedule={"kind": "exponential", "gamma": 0.98},
    )
    yield case("cosine schedule", network, 17, learningRate=0.3, schedule={"kind": "cosine"})
    yield case(
        "cosine schedule with warm-up, Adam", network, 30, "mse", "adam", learningRate=0.05,
        batchSize=11, schedule={"kind": "cosine", "warmupSteps": 20},
    )
    yield case(
        "warm-up alone", network, 17, optimizer="momentum",
        schedule={"kind": "constant", "warmupSteps": 50},
    )
    yield case(
        "step schedule with warm-up", "2 -> 5 gelu -> 1 linear", 14, learningRate=0.2,
        schedule={"kind": "step", "every": 50, "gamma": 0.3, "warmupSteps": 10},
    )
    yield case("clipping at every step", network, 17, optimizer="sgd", clipNorm=0.05)
    yield case("clipping at first", network, 23, optimizer="momentum", clipNorm=0.5, batchSize=7)
    yield case("clipping, weight decay, Adam", network, 19, "mse", "adam", clipNorm=0.3, weightDecay=0.1)
    yield case(
        "clipping, AdamW, cosine schedule", "3 -> 5 silu -> 3 linear", 26, "cross-entropy", "adamw",
        clipNorm=0.2, schedule={"kind": "cosine", "warmupSteps": 5},
    )
    yield case("inputs up to 50, SGD", "3 -> 2 linear", 20, input_scale=50.0, decimals=2, learningRate=1e-4)
    yield case(
        "inputs up to 50, softplus, Adam", "2 -> 5 softplus -> 1 linear", 16, "huber", "adam",
        input_scale=50.0, decimals=2, learningRate=1e-3,
    )
    yield case(
        "inputs up to 50, tanh, clipped", "4 -> 3 tanh -> 1 linear", 18, "mse", "momentum",
        input_scale=50.0, decimals=2, learningRate=1e-3, clipNorm=1.0,
    )


def dropout_cases():
    """Masks are handgrad's, from a seed; everything else is PyTorch's."""
    network = "3 -> 8 tanh -> 2 linear"
    yield case("dropout 0.5", network, 17, dropout=0.5, seed=1)
    yield case(
        "dropout 0.2, Adam, batches", network, 23, optimizer="adam", batchSize=5, dropout=0.2,
        seed=4294967295,
    )
    yield case(
        "dropout 0.3, three hidden layers", "2 -> 9 sigmoid -> 7 silu -> 6 gelu -> 1 linear", 31, "huber",
        "momentum", dropout=0.3, seed=7,
    )
    yield case(
        "dropout 0.4 of ReLU, cross-entropy, clipped", "4 -> 16 relu -> 3 linear", 26, "cross-entropy", "adamw",
        batchSize=9, clipNorm=0.5, dropout=0.4, seed=0,
    )
    yield case(
        "dropout 0.75, no bias, bce", "3 -> 11 elu -> 1 linear", 20, "bce", "rmsprop", bias=False,
        dropout=0.75, seed=12345,
    )


def groups():
    """Golden file -> its cases."""
    parts = {
        "activations": activation_cases,
        "optimizers": optimizer_cases,
        "classification": classification_cases,
        "runs": run_cases,
        "dropout": dropout_cases,
    }
    grouped = {file: list(part()) for file, part in parts.items()}
    names = [entry["name"] for entry in itertools.chain(*grouped.values())]
    assert len(set(names)) == len(names), "two cases have the same name"
    return grouped
