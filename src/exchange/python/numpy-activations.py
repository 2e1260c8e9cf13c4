import numpy

# exp(-x) may overflow to infinity: 1 / (1 + infinity) is the 0 it should be.
numpy.seterr(over="ignore")


# only: activation sigmoid, activation silu, activation softplus, loss bce
def sigmoid(x):
    return 1.0 / (1.0 + numpy.exp(-x))


# end
# only: activation sigmoid
# only: one network
def d_sigmoid(x):
    y = sigmoid(x)
    return y * (1.0 - y)


# end
# end
# only: activation tanh
def tanh(x):
    return numpy.tanh(x)


# only: one network
def d_tanh(x):
    return 1.0 - numpy.tanh(x) ** 2


# end
# end
# only: activation relu
def relu(x):
    return numpy.where(x < 0, 0.0, x)


# only: one network
def d_relu(x):
    return numpy.where(x > 0, 1.0, 0.0)


# end
# end
# only: activation leaky-relu
def leaky_relu(x):
    return numpy.where(x < 0, 0.01 * x, x)


# only: one network
def d_leaky_relu(x):
    return numpy.where(x > 0, 1.0, 0.01)


# end
# end
# only: activation elu
def elu(x):
    return numpy.where(x > 0, x, numpy.expm1(x))


# only: one network
def d_elu(x):
    return numpy.where(x > 0, 1.0, numpy.exp(x))


# end
# end
# only: activation silu
def silu(x):
    return x * sigmoid(x)


# only: one network
def d_silu(x):
    return sigmoid(x) * (1.0 + x * (1.0 - sigmoid(x)))


# end
# end
# only: activation gelu
def gelu(x):
    return 0.5 * x * (1.0 + numpy.tanh(numpy.sqrt(2 / numpy.pi) * (x + 0.044715 * x**3)))


# only: one network
def d_gelu(x):
    t = numpy.tanh(numpy.sqrt(2 / numpy.pi) * (x + 0.044715 * x**3))
    dt_dx = (1.0 - t * t) * numpy.sqrt(2 / numpy.pi) * (1.0 + 3 * 0.044715 * x * x)
    return 0.5 * (1.0 + t) + 0.5 * x * dt_dx


# end
# end
# only: activation softplus
def softplus(x):
    return numpy.where(x > 20, x, numpy.log1p(numpy.exp(x)))


# only: one network
def d_softplus(x):
    return numpy.where(x > 20, 1.0, sigmoid(x))


# end
# end
# only: activation linear
def linear(x):
    return x


# only: one network
def d_linear(x):
    return numpy.ones_like(x)


# end
# end
# only: one network
ACTIVATIONS = {
    "sigmoid": (sigmoid, d_sigmoid),  # only: activation sigmoid
    "tanh": (tanh, d_tanh),  # only: activation tanh
    "relu": (relu, d_relu),  # only: activation relu
    "leaky-relu": (leaky_relu, d_leaky_relu),  # only: activation leaky-relu
    "elu": (elu, d_elu),  # only: activation elu
    "silu": (silu, d_silu),  # only: activation silu
    "gelu": (gelu, d_gelu),  # only: activation gelu
    "softplus": (softplus, d_softplus),  # only: activation softplus
    "linear": (linear, d_linear),  # only: activation linear
}


# end
# only: ensemble
ACTIVATIONS = {
    "sigmoid": sigmoid,  # only: activation sigmoid
    "tanh": tanh,  # only: activation tanh
    "relu": relu,  # only: activation relu
    "leaky-relu": leaky_relu,  # only: activation leaky-relu
    "elu": elu,  # only: activation elu
    "silu": silu,  # only: activation silu
    "gelu": gelu,  # only: activation gelu
    "softplus": softplus,  # only: activation softplus
    "linear": linear,  # only: activation linear
}
# end
