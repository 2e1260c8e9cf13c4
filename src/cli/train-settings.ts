import {
  InputError,
  MAX_STEPS,
  optimizers,
  requireFittingLoss,
  suggestedSettings,
  usualOutputActivation,
  type Dataset,
  type JobSettings,
  type PrecisionName,
  type ScheduleSettings,
} from '../index.ts';
import { UsageError } from './flags.ts';
import type { NetworkFlags } from './network-flags.ts';
import { count } from './wording.ts';

/**
 * The settings of a run: what the flags say, and for the rest what fits the task, or what the sample suggests.
 *
 * @throws InputError if the loss does not fit the task, UsageError if flags contradict one another
 */
export function settingsOf(
  flags: NetworkFlags & { readonly seed?: number; readonly precision?: PrecisionName },
  dataset: Dataset,
  ofSample: JobSettings | undefined,
): JobSettings {
  const rowCount = dataset.training.rowCount;
  const base = ofSample ?? suggestedSettings(dataset.task, rowCount);
  const loss = flags.loss ?? base.loss;
  requireFittingLoss(loss, dataset.task);
  const { batchSize: usualBatch, outputActivation: usualOutput, ...rest } = base;
  const batchSize =
    flags.batchSize === undefined ? usualBatch : flags.batchSize === 'full' ? undefined : flags.batchSize;
  const outputActivation =
    flags.outputActivation ??
    (flags.loss === undefined ? usualOutput : undefined) ??
    usualOutputActivation(loss, dataset.task);
  const schedule = scheduleOf(flags);
  const { shuffle, clip, dropout, precision, l1 } = flags;
  return {
    ...rest,
    hidden: flags.hidden ?? base.hidden,
    activations: flags.activation ?? base.activations,
    outputActivation,
    bias: flags.bias ?? base.bias,
    loss,
    optimizer: flags.optimizer ?? base.optimizer,
    learningRate:
      flags.learningRate ??
      (flags.optimizer ? optimizers[flags.optimizer].defaults.learningRate : base.learningRate),
    ...optimizerSettings(flags),
    ...(l1 !== undefined && { l1 }),
    ...(clip !== undefined && { clipNorm: clip }),
    ...(dropout !== undefined && { dropout }),
    ...(precision && { precision }),
    ...(schedule && { schedule }),
    ...(batchSize !== undefined && { batchSize }),
    ...(shuffle !== undefined && { shuffle }),
    steps: stepsOf(flags, base, Math.ceil(rowCount / (batchSize ?? rowCount))),
    seed: flags.seed ?? base.seed,
    initializer: flags.init ?? base.initializer,
  };
}

function stepsOf({ steps, epochs }: NetworkFlags, base: JobSettings, batchCount: number): number {
  if (epochs === undefined) return steps ?? base.steps;
  if (epochs * batchCount <= MAX_STEPS) return epochs * batchCount;
  throw new InputError(
    `${count(epochs)} epochs of ${count(batchCount)} batches are more than ${count(MAX_STEPS)} steps. ` +
      'Use fewer epochs or larger batches.',
  );
}

function optimizerSettings({ momentum, beta1, beta2, epsilon, weightDecay }: NetworkFlags) {
  const given = Object.entries({ momentum, beta1, beta2, epsilon, weightDecay }).filter(
    ([, value]) => value !== undefined,
  );
  return Object.fromEntries(given) as Partial<JobSettings>;
}

function scheduleOf(flags: NetworkFlags): ScheduleSettings | undefined {
  const { schedule, scheduleEvery: every, scheduleGamma: gamma, warmupSteps } = flags;
  if (schedule === undefined && every === undefined && gamma === undefined && warmupSteps === undefined) {
    return undefined;
  }
  if (every !== undefined && schedule !== 'step') {
    throw new UsageError('--schedule-every belongs to --schedule step. Say both, or neither.');
  }
  if (gamma !== undefined && schedule !== 'step' && schedule !== 'exponential') {
    throw new UsageError('--schedule-gamma belongs to --schedule step or exponential. Say both, or neither.');
  }
  return {
    kind: schedule ?? 'constant',
    ...(every !== undefined && { every }),
    ...(gamma !== undefined && { gamma }),
    ...(warmupSteps !== undefined && { warmupSteps }),
  };
}
