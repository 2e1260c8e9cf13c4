"""An ensemble of MEMBER_COUNT networks that MADE_BY trained on a table, in NumPy.

It predicts:

    python model.py predict new.csv                     the answers, as CSV

An answer is the mean of what the networks say, in float64; its spread is the standard deviation
around that mean. It takes Python 3.8 and NumPy 1.17, or later. The data of the networks stand at
the end of the file.
"""

import numpy


def split(flat):
    """Weights [members, inputs, units] and biases [members, 1, units] of each layer.

    flat: [members, parameters of each]. A layer without biases has 0.0 in their place.
    """
    layers, start, width = [], 0, MODEL["input_count"]
    for layer in MODEL["layers"]:
        units = layer["units"]
        weights = flat[:, start : start + width * units].reshape(-1, width, units)
        start += width * units
        bias = 0.0
        if layer["bias"]:
            bias = flat[:, None, start : start + units]
            start += units
        layers.append((weights, bias))
        width = units
    return layers


def forward(x, parameters):
    """From the inputs x [rows, inputs] to the outputs of every network [members, rows, outputs]."""
    g = x
    for (w, bias), layer in zip(split(parameters), MODEL["layers"]):
        g = ACTIVATIONS[layer["activation"]](g @ w + bias)
    return g


def predictions(f):
    """What the outputs mean: probabilities where they are logits."""
    # only: loss mse, loss mae, loss huber
    return f
    # end
    # only: loss bce
    return sigmoid(f)
    # end
    # only: loss cross-entropy
    shares = numpy.exp(f - f.max(axis=-1, keepdims=True))
    return shares / shares.sum(axis=-1, keepdims=True)
    # end


def predict(table, arguments):
    encoded = encode(table)
    x = numpy.array(encoded.inputs).reshape(len(encoded.rows), MODEL["input_count"])
    parameters = numpy.array(float64_array(PARAMETERS)).reshape(MODEL["member_count"], -1)
    answers = []
    # All rows of a large table at once, in every network, would fill the memory.
    count = max(1, 2**16 // len(parameters))
    for start in range(0, len(x), count):
        p = predictions(forward(x[start : start + count], parameters))
        answers += zip(p.mean(axis=0).tolist(), p.std(axis=0).tolist())
    write_answers(table, encoded, answers)


def train(table, arguments):
    raise InputError("An ensemble predicts and is not trained on; train a network that was saved alone.")
