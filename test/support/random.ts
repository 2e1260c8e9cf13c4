import { NumpyRandom } from '../../src/core/numpy-random.ts';

/** Seeded random numbers for tests: the same on every machine, in Node and in the browser. */
export class Random {
  readonly #source: NumpyRandom;

  constructor(seed: number) {
    this.#source = new NumpyRandom(seed);
  }

  /** Uniform in [least, most). */
  uniform(least: number, most: number): number {
    return least + (most - least) * this.#source.rand();
  }

  /** A whole number from `least` to `most`, its logarithm uniform: small sizes as often as large ones. */
  logUniformInteger(least: number, most: number): number {
    return Math.floor(Math.exp(this.uniform(Math.log(least), Math.log(most + 1))));
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.uniform(0, choices.length))];
  }

  /** Float32 values in float64, so that uploading them rounds nothing away; never zero. */
  floats(count: number, scale = 1): Float64Array {
    return Float64Array.from({ length: count }, () => Math.fround(this.uniform(-scale, scale) || scale));
  }
}
