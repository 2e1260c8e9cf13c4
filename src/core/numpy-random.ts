const STATE_LENGTH = 624;
const SHIFT = 397;
const UPPER_BIT = 0x80000000;
const LOWER_BITS = 0x7fffffff;
const TWIST = 0x9908b0df;

/** The largest seed `numpy.random.seed` accepts: 2³² − 1. */
export const MAX_SEED = 2 ** 32 - 1;

/**
 * NumPy's legacy generator, draw for draw: `numpy.random.seed(seed)`, then `numpy.random.rand`.
 *
 * MT19937 (Matsumoto & Nishimura, 1998) seeded by a single integer; each double takes two 32-bit draws and
 * keeps 53 bits.
 */
export class NumpyRandom {
  readonly #state = new Uint32Array(STATE_LENGTH);
  #position = STATE_LENGTH;

  /** @param seed an integer from 0 to 2³² − 1 (checked by `validateJob`) */
  constructor(seed: number) {
    const state = this.#state;
    state[0] = seed;
    for (let i = 1; i < STATE_LENGTH; i++) {
      const previous = state[i - 1] ^ (state[i - 1] >>> 30);
      state[i] = Math.imul(1812433253, previous) + i;
    }
  }

  /** One double, uniform in [0, 1): the next entry of `numpy.random.rand`. */
  rand(): number {
    const high = this.#nextUint32() >>> 5; // 27 bits
    const low = this.#nextUint32() >>> 6; // 26 bits
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  #nextUint32(): number {
    if (this.#position === STATE_LENGTH) this.#regenerate();
    let y = this.#state[this.#position++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  #regenerate(): void {
    const state = this.#state;
    for (let i = 0; i < STATE_LENGTH; i++) {
      const y = (state[i] & UPPER_BIT) | (state[(i + 1) % STATE_LENGTH] & LOWER_BITS);
      state[i] = state[(i + SHIFT) % STATE_LENGTH] ^ (y >>> 1) ^ (y & 1 ? TWIST : 0);
    }
    this.#position = 0;
  }
}
