import type { ActivationName } from './activations.ts';
import { InputError } from './errors.ts';
import type { InitializerName } from './initializers.ts';
import type { TrainingJob } from './job.ts';
import { losses, type Loss, type LossName } from './losses.ts';
import type { Task } from './metrics.ts';
import type { OptimizerName, OptimizerSettings } from './optimizers.ts';
import type { PrecisionName } from './precision.ts';
import type { ScheduleSettings } from './schedules.ts';

/** What a person chooses of a job, whatever the table: page, command line and samples write it down in the same way. */
export interface JobSettings extends Partial<OptimizerSettings> {
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** Of the hidden layers: one for all of them, or one each. */
  readonly activations: readonly ActivationName[];
  /** Of the output layer; what the loss takes if left out. A loss on logits takes `linear` or the name of its link. */
  readonly outputActivation?: OutputActivationName;
  readonly bias: boolean;
  readonly loss: LossName;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly l1?: number;
  readonly clipNorm?: number;
  /** How likely a step drops a hidden unit of a row; none if left out. */
  readonly dropout?: number;
  /** Of the parameters on a GPU; compensated if left out. */
  readonly precision?: PrecisionName;
  readonly schedule?: ScheduleSettings;
  /** Rows of a batch; all of them if left out. */
  readonly batchSize?: number;
  readonly shuffle?: boolean;
  readonly steps: number;
  readonly seed: number;
  readonly initializer: InitializerName;
  /** Replaces the draw: [parameterCount]. */
  readonly initialParameters?: Float64Array;
}

export type OutputActivationName = ActivationName | 'softmax';

/**
 * The job that a person's settings come to.
 *
 * @param outputCount outputs the targets of the table take
 * @throws InputError if there are neither one nor as many activations as hidden layers, or the output's does not fit
 */
export function jobOf(settings: JobSettings, outputCount: number): TrainingJob {
  const {
    hidden,
    activations,
    outputActivation,
    bias,
    loss,
    optimizer,
    clipNorm,
    dropout,
    precision,
    schedule,
    batchSize,
    shuffle,
    steps,
  } = settings;
  if (activations.length !== hidden.length && activations.length !== 1) {
    throw new InputError(
      `There ${hidden.length === 1 ? 'is 1 hidden layer' : `are ${hidden.length} hidden layers`} and ${activations.length} activations; ` +
        'give one for all layers, or one for each.',
    );
  }
  const activationOf = (layer: number) => activations[activations.length === 1 ? 0 : layer];
  const output = readOutputActivation(outputActivation ?? usualOutputActivation(loss), loss);
  const {
    seed,
    learningRate,
    momentum,
    beta1,
    beta2,
    epsilon,
    weightDecay,
    l1,
    initializer,
    initialParameters,
  } = settings;
  const network = { momentum, beta1, beta2, epsilon, weightDecay, l1, initialParameters };
  const run = { clipNorm, dropout, precision, schedule, batchSize, shuffle };
  return {
    layers: [
      ...hidden.map((units, layer) => ({ units, activation: activationOf(layer), bias })),
      { units: outputCount, activation: output, bias },
    ],
    loss,
    optimizer,
    steps,
    ...withoutUndefined(run),
    networks: [{ seed, learningRate, initializer, ...withoutUndefined(network) }],
  };
}

/** The activation an output layer has where nobody chose one; a 0/1 target read as a number lies within a sigmoid. */
export function usualOutputActivation(loss: LossName, task?: Task): OutputActivationName {
  const { link }: Loss = losses[loss];
  return link ?? (task === 'binary' ? 'sigmoid' : 'linear');
}

/** What the layers of a job say for it: a loss on logits brings its own link. */
function readOutputActivation(name: OutputActivationName, loss: LossName): ActivationName {
  const { link, label }: Loss = losses[loss];
  if (link !== undefined && (name === link || name === 'linear')) return 'linear';
  if (link !== undefined) {
    throw new InputError(
      `The loss ${loss} (${label}) takes the output activation ${link}, which is part of it, or linear, which means ` +
        `the same; not ${name}. Choose one of them, or another loss.`,
    );
  }
  if (name !== 'softmax') return name;
  throw new InputError(
    `The output activation softmax belongs to the loss cross-entropy, not to ${loss}. Choose that loss, or another ` +
      'output activation.',
  );
}

/** The loss that fits what is to be learnt. */
export const usualLosses: Readonly<Record<Task, LossName>> = {
  regression: 'mse',
  binary: 'bce',
  classification: 'cross-entropy',
};

/** Losses a task can be learnt with, the usual one first; a 0/1 target may be read as a number. */
export const lossesOfTask: Readonly<Record<Task, readonly LossName[]>> = {
  regression: ['mse', 'mae', 'huber'],
  binary: ['bce', 'mse', 'mae', 'huber'],
  classification: ['cross-entropy'],
};

/** @throws InputError if the loss does not fit the task */
export function requireFittingLoss(loss: LossName, task: Task): void {
  const fitting = lossesOfTask[task];
  if (fitting.includes(loss)) return;
  throw new InputError(
    `The loss ${loss} does not fit this target, a ${task} task; choose ${fitting.join(', ')}, or another task.`,
  );
}

/** Up to so many rows, a step takes all of them. */
const FULL_BATCH_ROWS = 1000;
const USUAL_BATCH = 64;
const USUAL_EPOCHS = 30;
const USUAL_STEPS = 1000;

/** Settings that mostly learn something of a table at once: where nobody chose any. */
export function suggestedSettings(task: Task, trainingRowCount: number): JobSettings {
  const isSmall = trainingRowCount <= FULL_BATCH_ROWS;
  return {
    hidden: [16],
    activations: ['tanh'],
    bias: true,
    loss: usualLosses[task],
    optimizer: 'adam',
    learningRate: 0.01,
    ...(!isSmall && { batchSize: USUAL_BATCH }),
    steps: isSmall ? USUAL_STEPS : Math.ceil((USUAL_EPOCHS * trainingRowCount) / USUAL_BATCH),
    seed: 1,
    initializer: 'pytorch',
  };
}

function withoutUndefined<T extends object>(settings: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const defined = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}
