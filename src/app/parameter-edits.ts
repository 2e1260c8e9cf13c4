/** One parameter before and after a change. */
interface Change {
  readonly index: number;
  readonly before: number;
  readonly after: number;
}

/** Steps back that are kept; older ones are forgotten. */
const MOST_STEPS_BACK = 1000;

/**
 * What a person changes of a network's parameters, and the way back. Changes of the same parameter, one after the other,
 * are one step back until they are settled: a drag is undone at once.
 */
export class ParameterEdits {
  /** As trained: [parameterCount]. */
  readonly base: Float64Array;
  #current: Float64Array;
  #done: (readonly Change[])[] = [];
  #undone: (readonly Change[])[] = [];
  #isOpen = false;
  #edited: ReadonlySet<number> = new Set();

  constructor(base: Float64Array) {
    this.base = base;
    this.#current = base;
  }

  /** The parameters as they are now; another array after every change, never changed itself. */
  get current(): Float64Array {
    return this.#current;
  }

  /** Which differ from the trained ones; another set after every change. */
  get edited(): ReadonlySet<number> {
    return this.#edited;
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /**
   * Changes one parameter.
   *
   * @throws RangeError if there is no such parameter, or the value is no finite number
   */
  edit(index: number, value: number): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.base.length)
      throw new RangeError(`there is no parameter ${index} among ${this.base.length}`);
    if (!Number.isFinite(value)) throw new RangeError(`a parameter is a finite number, not ${value}`);
    const before = this.#current[index];
    if (Object.is(value, before)) return;
    const last = this.#done.at(-1);
    const isSame = this.#isOpen && last?.length === 1 && last[0].index === index;
    if (isSame) this.#done[this.#done.length - 1] = [{ ...last[0], after: value }];
    else this.#push([{ index, before, after: value }]);
    this.#isOpen = true;
    this.#undone = [];
    this.#apply([[index, value]]);
  }

  /** What was changed is a step of its own from here on. */
  settle(): void {
    this.#isOpen = false;
  }

  /** Takes the last step back, if there is one. */
  undo(): void {
    this.settle();
    const changes = this.#done.pop();
    if (!changes) return;
    this.#undone.push(changes);
    this.#apply(changes.map(({ index, before }) => [index, before]));
  }

  /** Does again what was last undone, if nothing was changed since. */
  redo(): void {
    this.settle();
    const changes = this.#undone.pop();
    if (!changes) return;
    this.#done.push(changes);
    this.#apply(changes.map(({ index, after }) => [index, after]));
  }

  /** Back to the trained parameters; that, too, can be undone. */
  reset(): void {
    this.settle();
    if (this.#edited.size === 0) return;
    const changes = Array.from(this.#edited, (index) => ({
      index,
      before: this.#current[index],
      after: this.base[index],
    }));
    this.#push(changes);
    this.#undone = [];
    this.#apply(changes.map(({ index, after }) => [index, after]));
  }

  #push(changes: readonly Change[]): void {
    this.#done.push(changes);
    if (this.#done.length > MOST_STEPS_BACK) this.#done.shift();
  }

  #apply(values: readonly (readonly [index: number, value: number])[]): void {
    const current = this.#current.slice();
    const edited = new Set(this.#edited);
    for (const [index, value] of values) {
      current[index] = value;
      if (Object.is(value, this.base[index])) edited.delete(index);
      else edited.add(index);
    }
    this.#current = current;
    this.#edited = edited;
  }
}
