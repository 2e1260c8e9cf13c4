"""A network that MADE_BY trained on a table, for PyTorch.

It predicts, and trains on from where it stands:

    python model.py predict new.csv                    the answers, as CSV
    python model.py train table.csv --steps 50         50 more steps; prints the losses
    torchrun --nproc-per-node 2 model.py train table.csv
                                                       the same, the rows shared by 2 processes

It takes Python 3.8 and PyTorch 2.0, or later. Everything is float64; the losses are those that
handgrad would go on with. The network is `Network`, its data stand at the end of the file.
`--save FILE` keeps what `torch.load` reads: {"model": state_dict, "optimizer": state_dict,
"step": int}.
"""

import os
import sys

import torch
from torch.nn import functional


# only: dropout
class Dropout(torch.nn.Module):
    """Dropout whose units follow from the seed and the step, as in handgrad."""

    def __init__(self, layer, units):
        super().__init__()
        self.layer = layer
        self.units = units
        self.mask = None

    def draw(self, step, positions):
        """positions: of the rows in the whole batch, int64 [rows]."""
        units = torch.arange(self.units, device=positions.device)
        kept = kept_units(step, self.layer, positions[:, None], units[None, :])
        self.mask = kept.double() / (1 - MODEL["dropout"])

    def forward(self, x):
        return x * self.mask if self.training else x


# end
class Network(torch.nn.Module):
    """A multi-layer perceptron: from [rows, input_count] to what its last layer says."""

    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleList()
        self.activations = []
        width = MODEL["input_count"]
        for layer in MODEL["layers"]:
            units = layer["units"]
            linear = torch.nn.Linear(width, units, bias=layer["bias"], dtype=torch.float64)
            self.layers.append(linear)
            self.activations.append(ACTIVATIONS[layer["activation"]])
            width = units
        # only: dropout
        units_of_hidden = [layer["units"] for layer in MODEL["layers"][:-1]]
        self.dropouts = torch.nn.ModuleList(Dropout(i, n) for i, n in enumerate(units_of_hidden))
        # end

    def forward(self, x):
        for index, layer in enumerate(self.layers):
            x = self.activations[index](layer(x))
            # only: dropout
            if index < len(self.dropouts):
                x = self.dropouts[index](x)
            # end
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
    return torch.softmax(outputs, dim=1)
    # end


def tensors(text, device):
    """Flat base64 as one tensor per parameter of the network, in its order.

    Handgrad keeps weights as [inputs, units], PyTorch as [units, inputs].
    """
    flat = torch.frombuffer(float64_array(text), dtype=torch.float64).to(device)
    found, start, width = [], 0, MODEL["input_count"]
    for layer in MODEL["layers"]:
        units = layer["units"]
        found.append(flat[start : start + width * units].reshape(width, units).T.contiguous())
        start += width * units
        if layer["bias"]:
            found.append(flat[start : start + units].clone())
            start += units
        width = units
    return found


def load_network(device):
    network = Network().to(device)
    with torch.no_grad():
        for parameter, values in zip(network.parameters(), tensors(PARAMETERS, device)):
            parameter.copy_(values)
    return network


def load_optimizer(network, device):
    """The optimizer with what it remembers; `learning_rate` says its rate before every step."""
    settings = {"lr": MODEL["learning_rate"], "weight_decay": MODEL["weight_decay"]}
    # only: optimizer sgd
    return torch.optim.SGD(network.parameters(), **settings)
    # end
    # only: optimizer momentum, optimizer nesterov
    momentum = MODEL["momentum"]
    nesterov = MODEL["optimizer"] == "nesterov" and momentum > 0
    settings.update(momentum=momentum, nesterov=nesterov)
    optimizer = torch.optim.SGD(network.parameters(), **settings)
    for parameter, sums in zip(network.parameters(), tensors(FIRST_STATE, device)):
        optimizer.state[parameter] = {"momentum_buffer": sums}
    return optimizer
    # end
    # only: optimizer rmsprop
    settings.update(alpha=MODEL["beta2"], eps=MODEL["epsilon"], momentum=MODEL["momentum"])
    optimizer = torch.optim.RMSprop(network.parameters(), **settings)
    states = zip(network.parameters(), tensors(FIRST_STATE, device), tensors(SECOND_STATE, device))
    for parameter, sums, squares in states:
        step = torch.tensor(float(MODEL["step"]), dtype=torch.float64)
        state = {"step": step, "square_avg": squares, "momentum_buffer": sums}
        optimizer.state[parameter] = state
    return optimizer
    # end
    # only: optimizer adam, optimizer adamw
    settings.update(betas=(MODEL["beta1"], MODEL["beta2"]), eps=MODEL["epsilon"])
    optimizer = torch.optim.Adam(network.parameters(), **settings)  # only: optimizer adam
    optimizer = torch.optim.AdamW(network.parameters(), **settings)  # only: optimizer adamw
    states = zip(network.parameters(), tensors(FIRST_STATE, device), tensors(SECOND_STATE, device))
    for parameter, means, squares in states:
        step = torch.tensor(float(MODEL["step"]), dtype=torch.float64)
        optimizer.state[parameter] = {"step": step, "exp_avg": means, "exp_avg_sq": squares}
    return optimizer
    # end


def loss_of(outputs, targets, row_count, weights=None):
    """The loss of a batch of so many rows, or the share that some of its rows have in it.

    weights: of the classes, if any.
    """
    # only: loss cross-entropy
    classes = targets[:, 0].long()
    # Divided by the rows, where reduction="mean" would divide by the sum of their weights.
    return functional.cross_entropy(outputs, classes, weights, reduction="sum") / row_count
    # end
    # only: loss mse
    total = functional.mse_loss(outputs, targets, reduction="sum")
    # end
    # only: loss mae
    total = functional.l1_loss(outputs, targets, reduction="sum")
    # end
    # only: loss huber
    total = functional.huber_loss(outputs, targets, reduction="sum")
    # end
    # only: loss bce
    total = functional.binary_cross_entropy_with_logits(outputs, targets, reduction="sum")
    # end
    # only: loss mse, loss mae, loss huber, loss bce
    return total / (row_count * outputs.shape[1])
    # end


def predict(table, arguments):
    device = choose_device(arguments.device)
    encoded = encode(table)
    answers = []
    if encoded.rows:
        inputs = as_matrix(encoded.inputs, len(encoded.rows), device)
        with torch.no_grad():
            answers = predictions(load_network(device).eval()(inputs)).tolist()
    write_answers(table, encoded, answers)


def train(table, arguments):
    """Goes on training: alone, or as one of the processes that torchrun started."""
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    device = choose_device(arguments.device)
    encoded = encode_training_rows(table, arguments.all_rows)
    # Outlives the group of processes: a thread of the group that is the last to hold a tensor
    # waits for Python to free it, and Python may be waiting for the thread to end.
    total = torch.zeros((), dtype=torch.float64, device=device)
    if processes > 1:
        torch.distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    train_steps(encoded, arguments, total, processes)
    if processes > 1:
        # Only now that DistributedDataParallel is gone, which holds the group too.
        torch.distributed.destroy_process_group()
        # Gloo's threads live on (seen with PyTorch 2.13). Where one of them still frees a tensor
        # while Python shuts down, the process aborts; so it ends without shutting down.
        sys.stdout.flush()
        os._exit(0)


def train_steps(encoded, arguments, total, processes):
    """total: where the loss of a step is added up over the processes; its device is that of all."""
    device = total.device
    rank = torch.distributed.get_rank() if processes > 1 else 0
    inputs = as_matrix(encoded.inputs, len(encoded.rows), device)
    targets = as_matrix(encoded.targets, len(encoded.rows), device)
    network = load_network(device).train()
    optimizer = load_optimizer(network, device)
    replica = network
    if processes > 1:
        replica = torch.nn.parallel.DistributedDataParallel(network)
    # only: class weights
    weights = torch.tensor(class_weights(encoded.targets), dtype=torch.float64, device=device)
    # end
    batches = Batches(torch.arange(len(encoded.rows), device=device))
    end = MODEL["step"] + arguments.steps
    for step in range(MODEL["step"], end):
        rows = batches.rows(step)
        # The share of this process; it may be empty.
        positions = torch.arange(len(rows), device=device).tensor_split(processes)[rank]
        share = rows[positions]
        # only: dropout
        for dropout in network.dropouts:
            dropout.draw(step, positions)
        # end
        outputs = replica(inputs[share])
        loss = loss_of(outputs, targets[share], len(rows))  # only: no class weights
        loss = loss_of(outputs, targets[share], len(rows), weights)  # only: class weights
        optimizer.zero_grad()
        # DistributedDataParallel takes the mean of the processes' gradients; here they add up.
        (loss * processes).backward()
        # only: clip
        torch.nn.utils.clip_grad_norm_(network.parameters(), MODEL["clip_norm"])
        # end
        # only: l1
        for parameter in network.parameters():
            parameter.grad += MODEL["l1"] * parameter.detach().sign()
        # end
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, max(MODEL["steps"], end))
        optimizer.step()
        if (step - MODEL["step"]) % arguments.log_every == 0 or step == end - 1:
            total.copy_(loss.detach())
            if processes > 1:
                torch.distributed.all_reduce(total)
            if rank == 0:
                print(f"step {step}  loss {total.item()!r}", flush=True)
    if arguments.save and rank == 0:
        state = {"model": network.state_dict(), "optimizer": optimizer.state_dict(), "step": end}
        torch.save(state, arguments.save)


def choose_device(name):
    """The device of this process: torchrun numbers the processes of a machine."""
    if (name or ("cuda" if torch.cuda.is_available() else "cpu")) == "cpu":
        return torch.device("cpu")
    index = int(os.environ.get("LOCAL_RANK", "0"))
    if index >= torch.cuda.device_count():
        raise InputError(
            f"Process {index + 1} of this machine needs a CUDA device of its own; there are "
            f"{torch.cuda.device_count()}. Start as many processes, or take --device cpu."
        )
    device = torch.device("cuda", index)
    torch.cuda.set_device(device)
    return device


def as_matrix(numbers, row_count, device):
    """A flat array of float64 as a tensor [rows, columns]."""
    return torch.frombuffer(numbers, dtype=torch.float64).reshape(row_count, -1).to(device)
