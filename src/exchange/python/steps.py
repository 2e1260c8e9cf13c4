# ---- The steps: the rows of each, and its learning rate, as handgrad has them ----

import math


# only: random bits
GOLDEN = 0x9E3779B9
BITS = 0xFFFFFFFF


def mix(x):
    """Scrambles 32 bits (lowbias32, Wellons 2018) of a number, or of an array of int64."""
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & BITS
    x = ((x ^ (x >> 15)) * 0x846CA68B) & BITS
    return x ^ (x >> 16)


def key_of(seed, index):
    """The 32 bits that a seed, or what was drawn before, has for an index."""
    return mix(seed ^ mix((index + GOLDEN) & BITS))


# end
# only: dropout
def kept_units(step, layer, positions, units):
    """Which units a step keeps: [rows of the batch, units].

    positions: of the rows in the batch, [rows, 1]; units: their numbers in the layer, [1, units].
    """
    key = key_of(key_of(MODEL["seed"], step), layer)
    threshold = min(round(MODEL["dropout"] * 2**32), BITS)
    return key_of(key_of(key, positions), units) >= threshold


# end
# only: shuffled batches
def shuffled(positions, epoch):
    """The rows at the positions 0, 1, ... of an epoch: a permutation that follows from the seed.

    A Feistel network on as few bits as the row count takes, walked on until it lands on a row.
    """
    row_count = len(positions)
    key = key_of(MODEL["seed"], epoch)
    half_bits = (max(row_count - 1, 1).bit_length() + 1) // 2
    mask = 2**half_bits - 1
    rows = positions + 0
    outside = positions >= 0
    while outside.any():
        left, right = rows[outside] >> half_bits, rows[outside] & mask
        for turn in range(4):
            left, right = right, (left ^ mix((right + key + turn * GOLDEN) & BITS)) & mask
        rows[outside] = (left << half_bits) | right
        outside = rows >= row_count
    return rows


# end
class Batches:
    """Which rows each step takes; the last batch of an epoch holds what is left."""

    def __init__(self, positions):
        """positions: 0, 1, ... row count - 1, an array of int64."""
        self.positions = self.order = positions
        self.size = min(MODEL["batch_size"] or len(positions), len(positions))
        self.count = math.ceil(len(positions) / self.size)
        self.epoch = None

    def rows(self, step):
        epoch, batch = divmod(step, self.count)
        # only: shuffled batches
        if self.count > 1 and epoch != self.epoch:
            self.order, self.epoch = shuffled(self.positions, epoch), epoch
        # end
        return self.order[batch * self.size : (batch + 1) * self.size]


def learning_rate(step, steps):
    """Of one step (0, 1, ...) in a run of so many."""
    factor = 1.0  # only: schedule constant
    factor = MODEL["schedule"]["gamma"] ** (step // MODEL["schedule"]["every"])  # only: schedule step
    factor = MODEL["schedule"]["gamma"] ** step  # only: schedule exponential
    factor = 0.5 * (1 + math.cos(math.pi * step / steps))  # only: schedule cosine
    factor *= min(1.0, (step + 1) / MODEL["schedule"]["warmup_steps"])  # only: warm-up
    return MODEL["learning_rate"] * factor
