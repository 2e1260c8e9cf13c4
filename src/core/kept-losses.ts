/** The losses of a run so far, kept by the host: they outlive the device they were computed on. */
export class KeptLosses {
  #losses = new Float64Array(1024);
  #count = 0;
  #firstNonFinite: number | undefined;

  /** Losses kept: those of steps 0 … count − 1. */
  get count(): number {
    return this.#count;
  }

  /** The first step whose loss is infinite or not a number. */
  get firstNonFinite(): number | undefined {
    return this.#firstNonFinite;
  }

  /** Adds the losses of the steps that follow. */
  add(losses: Float64Array): void {
    const end = this.#count + losses.length;
    if (end > this.#losses.length) {
      const grown = new Float64Array(Math.max(end, 2 * this.#losses.length));
      grown.set(this.#losses.subarray(0, this.#count));
      this.#losses = grown;
    }
    this.#losses.set(losses, this.#count);
    if (this.#firstNonFinite === undefined) {
      const index = losses.findIndex((loss) => !Number.isFinite(loss));
      if (index >= 0) this.#firstNonFinite = this.#count + index;
    }
    this.#count = end;
  }

  /** A copy of those from `fromStep` on. */
  from(fromStep: number): Float64Array {
    return this.#losses.slice(fromStep, this.#count);
  }
}
