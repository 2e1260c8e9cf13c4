"""An ensemble of MEMBER_COUNT networks that MADE_BY trained on a table, for PyTorch.

It predicts:

    python model.py predict new.csv                    the answers, as CSV

An answer is the mean of what the networks say, in float64; its spread is the standard deviation
around that mean. It takes Python 3.8 and PyTorch 2.0, or later. The networks are `Ensemble`, their
data stand at the end of the file.
"""

import torch
from torch.nn import functional


class Ensemble(torch.nn.Module):
    """Multi-layer perceptrons of one shape, beside one another.

    From [rows, input_count] to what the last layer of each says, [members, rows, outputs].
    """

    def __init__(self):
        super().__init__()
        self.weights = torch.nn.ParameterList()
        self.biases = torch.nn.ParameterList()
        flat = torch.frombuffer(float64_array(PARAMETERS), dtype=torch.float64)
        flat = flat.reshape(MODEL["member_count"], -1)
        start, width = 0, MODEL["input_count"]
        for layer in MODEL["layers"]:
            units = layer["units"]
            weights = flat[:, start : start + width * units].reshape(-1, width, units)
            start += width * units
            bias = torch.zeros(len(flat), 1, units, dtype=torch.float64)
            if layer["bias"]:
                bias = flat[:, None, start : start + units].clone()
                start += units
            self.weights.append(weights.clone())
            self.biases.append(bias)
            width = units

    def forward(self, x):
        for weights, bias, layer in zip(self.weights, self.biases, MODEL["layers"]):
            x = ACTIVATIONS[layer["activation"]](torch.matmul(x, weights) + bias)
        return x


def predictions(outputs):
    """What the outputs mean: probabilities where they are logits."""
    # only: loss mse, loss mae, loss huber
    return outputs
    # end
    # only: loss bce
    return torch.sigmoid(outputs)
    # end
    # only: loss cross-entropy
    return torch.softmax(outputs, dim=-1)
    # end


def predict(table, arguments):
    device = choose_device(arguments.device)
    encoded = encode(table)
    answers = []
    if encoded.rows:
        inputs = torch.frombuffer(encoded.inputs, dtype=torch.float64)
        inputs = inputs.reshape(len(encoded.rows), -1).to(device)
        ensemble = Ensemble().to(device)
        with torch.no_grad():
            # All rows of a large table at once, in every network, would fill the memory.
            for rows in inputs.split(max(1, 2**16 // MODEL["member_count"])):
                p = predictions(ensemble(rows))
                # The networks are all there are, and not a sample of more.
                spread = p.std(dim=0, unbiased=False)
                answers += zip(p.mean(dim=0).tolist(), spread.tolist())
    write_answers(table, encoded, answers)


def train(table, arguments):
    raise InputError("An ensemble predicts and is not trained on; train a network that was saved alone.")


def choose_device(name):
    if name == "cuda" and not torch.cuda.is_available():
        raise InputError("There is no CUDA device here. Take --device cpu.")
    return torch.device(name or ("cuda" if torch.cuda.is_available() else "cpu"))
