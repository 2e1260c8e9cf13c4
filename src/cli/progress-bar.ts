import { SingleBar } from 'cli-progress';
import { count } from './wording.ts';

/** Erases the line the cursor is on, and goes to its beginning. */
const CLEAR_LINE = '\r\u001b[K';
/**
 * The bar remembers with this where it began, and goes back there when it stops. Some terminals remember with
 * it whether lines wrap, which they do not while a bar is shown.
 */
const SAVE_CURSOR = '\u001b[?7h\u001b7\u001b[?7l';

/** A bar on standard error where that is a terminal, and nothing where it is not. */
export class ProgressBar {
  readonly #bar: SingleBar | undefined;
  readonly #total: number;
  #startMs: number | undefined;

  /** @param unit what is counted, in the plural */
  constructor(label: string, unit: string, total: number) {
    this.#total = total;
    if (!process.stderr.isTTY) return;
    this.#bar = new SingleBar({
      format: `${label} {bar} {percentage}% · {value} of {total} ${unit}{note}{timeLeft}`,
      barsize: 24,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      clearOnComplete: true,
      gracefulExit: false,
      formatValue: (value, _options, type) => (type === 'percentage' ? `${value}` : count(value)),
      stream: process.stderr,
    });
  }

  /** Moves the bar; it appears with the first call. @param note what else to say beside it */
  update(value: number, note = ''): void {
    if (!this.#bar) return;
    if (this.#startMs === undefined) {
      this.#startMs = performance.now();
      this.#bar.start(this.#total, 0, { note, timeLeft: '' });
      // A terminal stays without line wrapping if the process ends under a bar.
      process.once('exit', this.stop);
    }
    this.#bar.update(value, { note, timeLeft: this.#timeLeft(value) });
  }

  /** Writes lines to the same screen without the bar in between. */
  async above(write: () => Promise<void>): Promise<void> {
    const isInTheWay = this.#startMs !== undefined && process.stdout.isTTY;
    if (isInTheWay) process.stderr.write(CLEAR_LINE);
    await write();
    if (!isInTheWay) return;
    process.stderr.write(SAVE_CURSOR);
    this.#bar?.render();
  }

  /** Takes the bar away. */
  readonly stop = (): void => {
    if (this.#startMs === undefined) return;
    this.#startMs = undefined;
    this.#bar?.stop();
    process.removeListener('exit', this.stop);
  };

  #timeLeft(value: number): string {
    const elapsedMs = performance.now() - (this.#startMs ?? 0);
    if (value === 0 || elapsedMs < 500) return '';
    const seconds = Math.ceil(((this.#total - value) * elapsedMs) / value / 1000);
    return ` · ${seconds < 100 ? `${seconds} s` : `${count(Math.ceil(seconds / 60))} min`} left`;
  }
}
