import { InputError } from '../core/errors.ts';
import { countOf, formatCount } from './wording.ts';

/** Enough to know that reading on is of no use. */
const MAX_PROBLEMS = 1_000;
const SHOWN_PROBLEMS = 3;

/** What is wrong with the rows or the cells of a table in one respect: how many, and the first three in words. */
export class Problems {
  #count = 0;
  readonly #shown: string[] = [];
  readonly #noun: string;
  readonly #predicate: { readonly one: string; readonly many: string };
  readonly #remedy: string;

  /**
   * @param noun `cell`
   * @param predicate `{ one: 'is not a number', many: 'are not numbers' }`
   * @param remedy a sentence: what to do
   */
  constructor(noun: string, predicate: { readonly one: string; readonly many: string }, remedy: string) {
    this.#noun = noun;
    this.#predicate = predicate;
    this.#remedy = remedy;
  }

  /** True once there are 1,000. */
  get isFull(): boolean {
    return this.#count >= MAX_PROBLEMS;
  }

  /** @param describe says which row or cell, and what it holds; asked only for the first three */
  add(describe: () => string): void {
    this.#count++;
    if (this.#shown.length < SHOWN_PROBLEMS) this.#shown.push(describe());
  }

  /** @throws InputError if there is any */
  requireNone(): void {
    if (this.#count === 0) return;
    const found = `${this.isFull ? 'At least ' : ''}${countOf(this.#count, this.#noun)}`;
    const predicate = this.#count === 1 ? this.#predicate.one : this.#predicate.many;
    const more = this.#count - this.#shown.length;
    const rest = more > 0 ? `; and ${formatCount(more)} more` : '';
    throw new InputError(`${found} ${predicate}: ${this.#shown.join('; ')}${rest}. ${this.#remedy}`);
  }
}
