import {
  divergence,
  HandgradError,
  scientific,
  type RunResult,
  type TrainingData,
  type TrainingJob,
} from '../index.ts';
import { count } from './wording.ts';

const REMEDY = 'scale the columns of the table to about -1 to 1';

/** The error that names the first step whose loss is infinite or not a number. */
export function lossDiverged(
  { step, loss }: { readonly step: number; readonly loss: number },
  job: TrainingJob,
  data: TrainingData,
): HandgradError {
  const what = `the loss is ${Number.isNaN(loss) ? 'not a number' : 'infinite'} at step ${count(step)}`;
  const opening = step === 0 ? 'Training cannot start' : 'Training diverged';
  return new HandgradError(`${opening}: ${what}, most likely because ${divergence(job, data, step).cause}.`);
}

/** @throws HandgradError if the loss exploded, or the last update left parameters or predictions that are not finite */
export function requireSoundResult(result: RunResult, job: TrainingJob): void {
  const { divergence: found, losses, parameters, predictions } = result;
  if (found) {
    const [first, last] = [losses[0], losses[losses.length - 1]].map((loss) => scientific(loss, 2));
    throw new HandgradError(
      `Training diverged: the loss went from ${first} to ${last}, most likely because ${found.cause}.`,
    );
  }
  if (!parameters.every(Number.isFinite)) {
    throw diverged(`the parameters are not finite after step ${count(job.steps - 1)}`, job);
  }
  if (!predictions.every(Number.isFinite)) {
    throw diverged(`the predictions are not finite after step ${count(job.steps - 1)}`, job);
  }
}

function diverged(what: string, job: TrainingJob): HandgradError {
  const [{ learningRate }] = job.networks;
  return new HandgradError(
    `Training diverged: ${what}, most likely because the learning rate ${learningRate} is too high for this ` +
      `table; use a lower --learning-rate, or ${REMEDY}.`,
  );
}
