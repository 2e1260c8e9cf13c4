import { InputError } from './core/errors.ts';
import type { Trainer, TrainingData, TrainingJob } from './core/job.ts';
import { meanLoss } from './core/losses.ts';
import type { Snapshot } from './core/plan.ts';

/** How a run is watched on rows that it does not learn from. */
export interface ValidationOptions {
  readonly data: TrainingData;
  /** Steps from one look to the next; about a hundred looks a run if left out. */
  readonly every?: number;
  /** Looks without a new best loss after which the run stops and goes back to its best; never if left out. */
  readonly patience?: number;
}

/** The validation loss over a run. */
export interface ValidationCurve {
  /** How many steps had been trained at each look. */
  readonly steps: readonly number[];
  readonly losses: readonly number[];
  /** Where the lowest loss was; the parameters of the result are those of this step if `keepsBest`. */
  readonly bestStep: number | undefined;
  /** Whether the result has the parameters of the best step, and not of the last. */
  readonly keepsBest: boolean;
  /** Whether the run ended before its last step because the loss no longer fell. */
  readonly stoppedEarly: boolean;
}

/** What a watch has seen, for a run that goes on elsewhere. */
export interface WatchState {
  readonly steps: readonly number[];
  readonly losses: readonly number[];
  /** Undefined where the best parameters are not kept, or nothing was seen yet. */
  readonly bestSnapshot: Snapshot | undefined;
}

const LOOKS_A_RUN = 100;
/** More rows say nothing more about the loss; every n-th is taken. */
const MOST_ROWS = 20_000;

/** Looks at the validation loss of a run every now and then, and remembers where it was lowest. */
export class ValidationWatch {
  readonly #options: ValidationOptions;
  readonly #job: TrainingJob;
  readonly #data: TrainingData;
  readonly #every: number;
  #looks: { step: number; loss: number }[] = [];
  #best: { snapshot: Snapshot | undefined; step: number; loss: number } | undefined;

  /** @throws InputError if the rows do not fit those the run learns from, or a setting is not a whole number */
  constructor(job: TrainingJob, training: TrainingData, options: ValidationOptions, from?: WatchState) {
    const { inputCount, outputCount, rowCount } = options.data;
    if (inputCount !== training.inputCount || outputCount !== training.outputCount || rowCount < 1) {
      throw new InputError(
        `The validation data are ${rowCount} rows of ${inputCount} inputs and ${outputCount} outputs; the training ` +
          `data have ${training.inputCount} and ${training.outputCount}. Encode both in the same way, at least 1 row each.`,
      );
    }
    for (const [what, value] of Object.entries({
      every: options.every ?? 1,
      patience: options.patience ?? 1,
    })) {
      if (Number.isInteger(value) && value > 0) continue;
      throw new InputError(`The validation’s ${what} must be a whole number from 1, not ${value}.`);
    }
    this.#options = options;
    this.#job = job;
    this.#data = everyNth(options.data);
    this.#every = options.every ?? Math.max(1, Math.round(job.steps / LOOKS_A_RUN));
    if (from) this.#goOnFrom(from);
  }

  #goOnFrom({ steps, losses, bestSnapshot }: WatchState): void {
    this.#looks = steps.map((step, i) => ({ step, loss: losses[i] }));
    for (const { step, loss } of this.#looks) {
      if (loss < (this.#best?.loss ?? Infinity)) this.#best = { step, loss, snapshot: bestSnapshot };
    }
  }

  /** What was seen up to a step. */
  stateAt(step: number): WatchState {
    const looks = this.#looks.filter((look) => look.step <= step);
    return {
      steps: looks.map((look) => look.step),
      losses: looks.map(({ loss }) => loss),
      bestSnapshot: this.#best && this.#best.step <= step ? this.#best.snapshot : undefined,
    };
  }

  /** The step before which the next look is due. */
  nextLook(stepCount: number): number {
    return (Math.floor(stepCount / this.#every) + 1) * this.#every;
  }

  /** Whether a step is one to look at. */
  isDue(stepCount: number): boolean {
    return stepCount % this.#every === 0;
  }

  /** Takes the loss of the present parameters. @throws DeviceLostError as the trainer */
  async look(trainer: Trainer): Promise<void> {
    const step = trainer.stepCount;
    const outputs = await trainer.predict(this.#data.inputs);
    const loss = meanLoss(this.#job.loss, outputs, this.#data.targets, this.#data.outputCount);
    const isBest = loss < (this.#best?.loss ?? Infinity);
    const snapshot = isBest && this.keepsBest ? await trainer.snapshot() : undefined;
    this.#looks.push({ step, loss });
    if (isBest) this.#best = { snapshot, step, loss };
  }

  /** The run stands at an earlier step again: what was seen since will be seen again. */
  goBackTo(step: number): void {
    this.#looks = this.#looks.filter((look) => look.step <= step);
    if (this.#best && this.#best.step > step) this.#best = undefined;
  }

  get keepsBest(): boolean {
    return this.#options.patience !== undefined;
  }

  /** Whether the loss has not fallen for as many looks as the patience allows. */
  get isOutOfPatience(): boolean {
    const { patience } = this.#options;
    if (patience === undefined) return false;
    const best = this.#best?.step ?? -1;
    return this.#looks.filter(({ step }) => step > best).length >= patience;
  }

  get bestSnapshot(): Snapshot | undefined {
    return this.#best?.snapshot;
  }

  curve(): ValidationCurve {
    return {
      steps: this.#looks.map(({ step }) => step),
      losses: this.#looks.map(({ loss }) => loss),
      bestStep: this.#best?.step,
      keepsBest: this.keepsBest,
      stoppedEarly: this.isOutOfPatience,
    };
  }
}

/** So many rows as a mean loss needs. */
export function everyNth(data: TrainingData): TrainingData {
  const stride = Math.ceil(data.rowCount / MOST_ROWS);
  if (stride === 1) return data;
  const rowCount = Math.ceil(data.rowCount / stride);
  const take = (values: Float64Array, width: number) => {
    const taken = new Float64Array(rowCount * width);
    for (let row = 0; row < rowCount; row++) {
      taken.set(values.subarray(row * stride * width, (row * stride + 1) * width), row * width);
    }
    return taken;
  };
  const { inputs, inputCount, targets, outputCount } = data;
  return { ...data, rowCount, inputs: take(inputs, inputCount), targets: take(targets, outputCount) };
}
