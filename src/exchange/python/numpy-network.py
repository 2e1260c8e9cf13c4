"""A network that MADE_BY trained on a table, by hand in NumPy.

It predicts, and trains on from where it stands:

    python model.py predict new.csv                     the answers, as CSV
    python model.py train table.csv --steps 50          50 more steps; prints the losses

It takes Python 3.8 and NumPy 1.17, or later. Every derivative is written out, in float64; the
losses are those that handgrad would go on with. The data of the network stand at the end of the
file. `--save FILE` keeps what `numpy.load` reads: layers.0.weight [units, inputs] and so on, as
PyTorch names them, what the optimizer remembers (first, second), and the step.
"""

import numpy


# only: loss mse
def error(f, f0):
    """E and dE/df: the mean of the squared differences."""
    return ((f - f0) ** 2).mean(), 2 * (f - f0) / f.size


# end
# only: loss mae
def error(f, f0):
    """E and dE/df: the mean of the absolute differences."""
    return abs(f - f0).mean(), numpy.sign(f - f0) / f.size


# end
# only: loss huber
def error(f, f0):
    """E and dE/df: a square near the target, a line beyond 1."""
    distance = abs(f - f0)
    E = numpy.where(distance < 1, 0.5 * distance**2, distance - 0.5)
    return E.mean(), numpy.where(distance < 1, f - f0, numpy.sign(f - f0)) / f.size


# end
# only: loss bce
def error(f, f0):
    """E and dE/df: binary cross-entropy of the logits f."""
    E = numpy.maximum(f, 0) - f * f0 + numpy.log1p(numpy.exp(-abs(f)))
    return E.mean(), (sigmoid(f) - f0) / f.size


# end
# only: loss cross-entropy
def log_softmax(f):
    f = f - f.max(axis=1, keepdims=True)
    return f - numpy.log(numpy.exp(f).sum(axis=1, keepdims=True))


def error(f, f0):
    """E and dE/df: cross-entropy of the logits f.

    A row of f0 is 0 but for its class: 1, or the weight of the class.
    """
    log_p = log_softmax(f)
    E = -(f0 * log_p).sum(axis=1)
    return E.mean(), (f0.sum(axis=1, keepdims=True) * numpy.exp(log_p) - f0) / len(f)


# end
def predictions(f):
    """What the outputs mean: probabilities where they are logits."""
    # only: loss mse, loss mae, loss huber
    return f
    # end
    # only: loss bce
    return sigmoid(f)
    # end
    # only: loss cross-entropy
    return numpy.exp(log_softmax(f))
    # end


def split(flat):
    """Weights [inputs, units] and biases [units] of each layer, as views of a flat array.

    A layer without biases has 0.0 in their place.
    """
    layers, start, width = [], 0, MODEL["input_count"]
    for layer in MODEL["layers"]:
        units = layer["units"]
        weights = flat[start : start + width * units].reshape(width, units)
        start += width * units
        bias = 0.0
        if layer["bias"]:
            bias = flat[start : start + units]
            start += units
        layers.append((weights, bias))
        width = units
    return layers


# only: one hidden layer
def forward(x, parameters):
    """From the inputs x to the outputs f."""
    (v, v_bias), (w, w_bias) = split(parameters)
    hidden, output = [ACTIVATIONS[layer["activation"]][0] for layer in MODEL["layers"]]
    y_hat = x @ v + v_bias
    g = hidden(y_hat)
    y = g @ w + w_bias
    return output(y)


def backward(x, f0, parameters, masks):
    """The loss E of a batch, and its derivatives by all parameters, flat."""
    (v, v_bias), (w, w_bias) = split(parameters)
    (hidden, d_hidden), (output, d_output) = [
        ACTIVATIONS[layer["activation"]] for layer in MODEL["layers"]
    ]
    y_hat = x @ v + v_bias
    g = hidden(y_hat)  # only: no dropout
    g = hidden(y_hat) * masks[0]  # only: dropout
    y = g @ w + w_bias
    f = output(y)
    E, dE_df = error(f, f0)

    # Output layer ("phase 1")
    df_dy = d_output(y)
    dy_dw = g
    dE_dy = dE_df * df_dy
    dE_dw = dy_dw.T @ dE_dy

    # Hidden layer ("phase 2")
    dy_dg = w
    dE_dg = dE_dy @ dy_dg.T
    dg_dyhat = d_hidden(y_hat)  # only: no dropout
    dg_dyhat = d_hidden(y_hat) * masks[0]  # only: dropout
    dyhat_dv = x
    dE_dyhat = dE_dg * dg_dyhat
    dE_dv = dyhat_dv.T @ dE_dyhat

    gradients = numpy.empty_like(parameters)
    (into_v, into_v_bias), (into_w, into_w_bias) = split(gradients)
    into_v[:] = dE_dv
    into_w[:] = dE_dw
    into_v_bias[:] = dE_dyhat.sum(axis=0)  # only: hidden bias
    into_w_bias[:] = dE_dy.sum(axis=0)  # only: output bias
    return E, gradients


# end
# only: any other number of hidden layers
def forward(x, parameters):
    """From the inputs x to the outputs f, layer by layer."""
    g = x
    for (w, bias), layer in zip(split(parameters), MODEL["layers"]):
        activation, _ = ACTIVATIONS[layer["activation"]]
        g = activation(g @ w + bias)
    return g


def backward(x, f0, parameters, masks):
    """The loss E of a batch, and its derivatives by all parameters, flat."""
    layers = split(parameters)
    # What layer i reads is g[i], what it makes of it y[i]; its activation is g[i + 1].
    g, y = [x], []
    for i, (w, bias) in enumerate(layers):
        activation, _ = ACTIVATIONS[MODEL["layers"][i]["activation"]]
        y.append(g[i] @ w + bias)
        g.append(activation(y[i]))
        # only: dropout
        if i < len(masks):
            g[i + 1] = g[i + 1] * masks[i]
        # end
    E, dE_dg = error(g[-1], f0)
    gradients = numpy.empty_like(parameters)
    for i, (into_w, into_bias) in reversed(list(enumerate(split(gradients)))):
        w, _ = layers[i]
        _, d_activation = ACTIVATIONS[MODEL["layers"][i]["activation"]]
        dE_dy = dE_dg * d_activation(y[i])
        # only: dropout
        if i < len(masks):
            dE_dy = dE_dy * masks[i]
        # end
        into_w[:] = g[i].T @ dE_dy
        if MODEL["layers"][i]["bias"]:
            into_bias[:] = dE_dy.sum(axis=0)
        dE_dg = dE_dy @ w.T
    return E, gradients


# end
def update(parameters, gradients, first, second, t, rate):
    """The t-th step (1, 2, ...): changes parameters, and what the optimizer remembers, in place."""
    # only: clip
    length = numpy.sqrt((gradients**2).sum())
    gradients = gradients * min(1.0, MODEL["clip_norm"] / (length + 1e-6))
    # end
    gradients = gradients + MODEL["l1"] * numpy.sign(parameters)  # only: l1
    gradients = gradients + MODEL["weight_decay"] * parameters  # only: weight decay
    # only: optimizer sgd
    parameters -= rate * gradients
    # end
    # only: optimizer momentum
    first[:] = MODEL["momentum"] * first + gradients
    parameters -= rate * first
    # end
    # only: optimizer nesterov
    first[:] = MODEL["momentum"] * first + gradients
    parameters -= rate * (gradients + MODEL["momentum"] * first)
    # end
    # only: optimizer rmsprop
    second += (1 - MODEL["beta2"]) * (gradients**2 - second)
    first[:] = MODEL["momentum"] * first + gradients / (numpy.sqrt(second) + MODEL["epsilon"])
    parameters -= rate * first
    # end
    # only: optimizer adam, optimizer adamw
    parameters *= 1 - rate * MODEL["weight_decay"]  # only: optimizer adamw
    first += (1 - MODEL["beta1"]) * (gradients - first)
    second += (1 - MODEL["beta2"]) * (gradients**2 - second)
    mean = first / (1 - MODEL["beta1"] ** t)
    square = second / (1 - MODEL["beta2"] ** t)
    parameters -= rate * mean / (numpy.sqrt(square) + MODEL["epsilon"])
    # end


# only: dropout
def draw_masks(step, row_count):
    """What a step multiplies each hidden layer by: 0 for a dropped unit, else 1 / (1 - p)."""
    positions = numpy.arange(row_count, dtype=numpy.int64)[:, None]
    masks = []
    for i, layer in enumerate(MODEL["layers"][:-1]):
        units = numpy.arange(layer["units"], dtype=numpy.int64)[None, :]
        kept = kept_units(step, i, positions, units)
        masks.append(kept / (1 - MODEL["dropout"]))
    return masks


# end
def targets_of(encoded):
    """f0 for all rows: [rows, outputs]."""
    targets = numpy.array(encoded.targets).reshape(len(encoded.rows), -1)
    # only: loss cross-entropy
    classes = targets[:, 0].astype(int)
    targets = numpy.eye(len(MODEL["classes"]))[classes]
    targets = targets * numpy.array(class_weights(classes))  # only: class weights
    # end
    return targets


def predict(table, arguments):
    encoded = encode(table)
    x = numpy.array(encoded.inputs).reshape(len(encoded.rows), MODEL["input_count"])
    f = forward(x, numpy.array(float64_array(PARAMETERS)))
    write_answers(table, encoded, predictions(f).tolist())


def train(table, arguments):
    encoded = encode_training_rows(table, arguments.all_rows)
    inputs = numpy.array(encoded.inputs).reshape(len(encoded.rows), MODEL["input_count"])
    targets = targets_of(encoded)
    parameters = numpy.array(float64_array(PARAMETERS))
    first = numpy.array(float64_array(FIRST_STATE))
    second = numpy.array(float64_array(SECOND_STATE))
    batches = Batches(numpy.arange(len(inputs), dtype=numpy.int64))
    end = MODEL["step"] + arguments.steps
    for step in range(MODEL["step"], end):
        rows = batches.rows(step)
        masks = []  # only: no dropout
        masks = draw_masks(step, len(rows))  # only: dropout
        E, gradients = backward(inputs[rows], targets[rows], parameters, masks)
        rate = learning_rate(step, max(MODEL["steps"], end))
        update(parameters, gradients, first, second, step + 1, rate)
        if (step - MODEL["step"]) % arguments.log_every == 0 or step == end - 1:
            print(f"step {step}  loss {float(E)!r}", flush=True)
    if arguments.save:
        save(arguments.save, {"": parameters, "first.": first, "second.": second}, end)


def save(path, flats, step):
    named = {"step": step}
    for prefix, flat in flats.items():
        for i, (weights, bias) in enumerate(split(flat) if flat.size else []):
            named[f"{prefix}layers.{i}.weight"] = weights.T
            if MODEL["layers"][i]["bias"]:
                named[f"{prefix}layers.{i}.bias"] = bias
    numpy.savez(path, **named)
