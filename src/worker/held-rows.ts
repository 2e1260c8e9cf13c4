import type { AloneTask, TrainingData } from '../index.ts';
import type { SentRows, SentTask } from './alone-service.ts';
import { withOwnBuffers } from './own-buffers.ts';

/** The rows a worker holds beside those of its task, in bytes; the folds of a table of 50,000 rows fit. */
const MOST_HELD_BYTES = 64 * 2 ** 20;

/** Numbers rows by where they lie in memory: views of the same place are the same rows. */
export class RowNumbers {
  readonly #buffers = new WeakMap<ArrayBufferLike, number>();
  #bufferCount = 0;
  readonly #numbers = new Map<string, number>();

  numberOf({ inputs, targets, rowCount, inputCount, outputCount }: TrainingData): number {
    const key = [this.#placeOf(inputs), this.#placeOf(targets), rowCount, inputCount, outputCount].join(' ');
    const number = this.#numbers.get(key) ?? this.#numbers.size;
    this.#numbers.set(key, number);
    return number;
  }

  #placeOf({ buffer, byteOffset, length }: Float64Array): string {
    const number = this.#buffers.get(buffer) ?? this.#bufferCount++;
    this.#buffers.set(buffer, number);
    return `${number}:${byteOffset}:${length}`;
  }
}

/** What one worker holds of the rows it was sent, as the pool sees it. */
export class HeldRows {
  readonly #numbers: RowNumbers;
  /** Bytes by number; those used last come last. */
  readonly #bytes = new Map<number, number>();

  constructor(numbers: RowNumbers) {
    this.#numbers = numbers;
  }

  /** A task as it goes to the worker, which holds its rows from then on; every buffer in it may be given away. */
  send({ data, validation, ...rest }: AloneTask): SentTask {
    const rows = this.#send(data);
    const { data: validationData, ...options } = validation ?? {};
    const validationRows = validationData && this.#send(validationData);
    this.#forgetOldest(validationRows ? 2 : 1);
    return {
      ...withOwnBuffers(rest),
      rows,
      ...(validationRows && { validation: { ...options, rows: validationRows } }),
      held: [...this.#bytes.keys()],
    };
  }

  /** Nobody knows what the worker holds: everything is sent again. */
  forget(): void {
    this.#bytes.clear();
  }

  #send(data: TrainingData): SentRows {
    const number = this.#numbers.numberOf(data);
    const isHeld = this.#bytes.delete(number);
    this.#bytes.set(number, data.inputs.byteLength + data.targets.byteLength);
    return isHeld ? { number } : { number, data: withOwnBuffers(data) };
  }

  #forgetOldest(usedCount: number): void {
    const used = [...this.#bytes.keys()].slice(-usedCount);
    let bytes = [...this.#bytes.values()].reduce((sum, each) => sum + each, 0);
    for (const [number, each] of this.#bytes) {
      if (bytes <= MOST_HELD_BYTES || used.includes(number)) return;
      this.#bytes.delete(number);
      bytes -= each;
    }
  }
}
