import torch
from torch.nn import functional

ACTIVATIONS = {
    "sigmoid": torch.sigmoid,  # only: activation sigmoid
    "tanh": torch.tanh,  # only: activation tanh
    "relu": torch.relu,  # only: activation relu
    "leaky-relu": functional.leaky_relu,  # only: activation leaky-relu
    "elu": functional.elu,  # only: activation elu
    "silu": functional.silu,  # only: activation silu
    "gelu": lambda x: functional.gelu(x, approximate="tanh"),  # only: activation gelu
    "softplus": functional.softplus,  # only: activation softplus
    "linear": lambda x: x,  # only: activation linear
}
