import { activations } from '../core/activations.ts';
import { initialParameters, type TrainingData, type TrainingJob } from '../core/job.ts';
import { losses } from '../core/losses.ts';
import { NumpyRandom } from '../core/numpy-random.ts';
import { judge, type RunValues, type Verdict } from '../core/validation.ts';
import type { Backprop } from './backprop.ts';
import { createRoundedTrainer } from './cpu-trainer.ts';
import { ReferenceRun, type Batch } from './reference-run.ts';

/** A pre-activation this small beside the terms it is the sum of may have either sign in float32: 8 roundings. */
const KINK_MARGIN = 8 * 2 ** -24;
/** The largest relative rounding error of float32. */
const ROUNDING = 2 ** -24;
/** Rounded runs before a run is called wrong. */
const MOST_DRAWS = 9;

/** A job and two runs of it. */
export interface RunsOfJob {
  readonly job: TrainingJob;
  readonly data: TrainingData;
  /** The float64 run. */
  readonly reference: RunValues;
  /** The run to be judged, as many steps. */
  readonly gpu: RunValues;
  /** The reference, rounded (`roundedRun`), where it is known already. */
  readonly rounded?: RunValues;
}

/**
 * The reference rounded to float32 after every operation: what rounding alone does to a job.
 *
 * @param draw 0 starts from the job's own parameters; others from some that float32 cannot tell from them
 * @throws the signal's reason once it is aborted
 */
export async function roundedRun(
  job: TrainingJob,
  data: TrainingData,
  steps: number,
  { draw = 0, signal }: { readonly draw?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<RunValues> {
  const trainer = createRoundedTrainer(draw === 0 ? job : nudged(job, data, draw), data);
  await trainer.train(steps, signal);
  signal?.throwIfAborted();
  return { losses: await trainer.losses(0), parameters: await trainer.parameters() };
}

/** The job from parameters within a rounding of its own. */
function nudged(job: TrainingJob, data: TrainingData, draw: number): TrainingJob {
  const random = new NumpyRandom(draw);
  const nudge = (value: number) => value * (1 + (2 * random.rand() - 1) * ROUNDING);
  const parameters = initialParameters(job, data).map(nudge);
  return { ...job, networks: [{ ...job.networks[0], initialParameters: parameters }] };
}

/**
 * Holds a GPU run against the float64 reference, with the tolerance that rounding itself sets (`judge`). What one rounded
 * run deviates by is one draw of many, and can be a lucky one: only a run that misses the largest of several is wrong.
 * Where the runs part only after a unit came to lie on the kink of its activation, within rounding, nothing can be
 * said: from there on two correct runs may differ.
 *
 * @throws the signal's reason once it is aborted
 */
export async function validateRun(runs: RunsOfJob, signal?: AbortSignal): Promise<Verdict> {
  const { job, data, reference, gpu } = runs;
  const steps = reference.losses.length;
  const rounded = [runs.rounded ?? (await roundedRun(job, data, steps, { signal }))];
  let verdict = judge(reference, gpu, rounded);
  while (verdict.holds === false && rounded.length < MOST_DRAWS) {
    rounded.push(await roundedRun(job, data, steps, { draw: rounded.length, signal }));
    verdict = judge(reference, gpu, rounded);
  }
  if (verdict.holds !== false) return verdict;
  const parting = reference.losses.findIndex(
    (loss, step) => !(Math.abs(gpu.losses[step] - loss) <= verdict.allowedLoss * Math.abs(loss)),
  );
  const kink = firstKink(job, data, parting < 0 ? steps : parting);
  if (kink === undefined) return verdict;
  const reason =
    `at step ${kink.toLocaleString('en-US')} a unit or an output lies on a kink within rounding; ` +
    'from there on two correct runs may part';
  return { ...verdict, holds: undefined, reason };
}

/** The first step up to `lastStep` at which float32 cannot tell on which side of its kink a unit is. */
function firstKink(job: TrainingJob, data: TrainingData, lastStep: number): number | undefined {
  const isKinked = 'hasKink' in losses[job.loss];
  if (!isKinked && !job.layers.some(({ activation }) => 'hasKink' in activations[activation]))
    return undefined;
  const run = new ReferenceRun(job, data, initialParameters(job, data));
  for (let step = 0; step <= lastStep; step++) {
    const batch = run.forward(step);
    if (isAtKink(batch.backprop) || (isKinked && isAtTarget(batch))) return step;
    run.follow(step, batch);
  }
  return undefined;
}

/** Whether float32 cannot tell on which side of its target an output is. */
function isAtTarget({ backprop: { outputs }, targets }: Batch): boolean {
  return outputs.some((f, i) => f !== targets[i] && Math.abs(f - targets[i]) <= KINK_MARGIN * Math.abs(f));
}

function isAtKink({ layers }: Backprop): boolean {
  return layers.some((layer) => {
    if (!layer.activation.hasKink) return false;
    const { input, weights, biases, preActivations } = layer;
    for (let row = 0; row < input.rows; row++) {
      for (let unit = 0; unit < weights.columns; unit++) {
        let terms = Math.abs(biases?.data[unit] ?? 0);
        for (let k = 0; k < weights.rows; k++) {
          terms += Math.abs(input.data[row * input.columns + k] * weights.data[k * weights.columns + unit]);
        }
        const value = Math.abs(preActivations.data[row * weights.columns + unit]);
        // A sum of zeros is exactly 0 in both.
        if (terms > 0 && value <= KINK_MARGIN * terms) return true;
      }
    }
    return false;
  });
}
