import type { TrainingData, TrainingJob } from './core/job.ts';
import { logStride } from './core/log.ts';
import { InputError } from './core/errors.ts';
import { formatCount } from './core/wording.ts';
import type { RunValues, Verdict } from './core/validation.ts';
import { checkGradients } from './cpu/gradient-check.ts';
import { validateRun } from './cpu/validate-run.ts';
import type { Dataset } from './data/dataset.ts';
import { engineName } from './engine.ts';
import type { Certificate, CertifiedVerdict } from './exchange/certificate.ts';
import { digestNumbers } from './exchange/digest.ts';
import { madeBy } from './exchange/made-by.ts';
import { comparable, type RunResult } from './run-result.ts';
import { datasetDigest, type SourceTable } from './trained-model.ts';
import { TrainingSession } from './training-session.ts';

/** A run that is over, with what it was of. */
export interface CertifiedRun {
  readonly job: TrainingJob;
  readonly dataset: Dataset;
  readonly source: SourceTable;
  /** Of early stopping. */
  readonly patience?: number | undefined;
  readonly result: RunResult;
}

/**
 * Writes down what a run was and what came of it. A GPU run is held against float64, which takes a run on the CPU.
 *
 * @throws InputError if the run diverged, or was stopped before its end; the signal's reason once it is aborted
 */
export async function certify(run: CertifiedRun, signal?: AbortSignal): Promise<Certificate> {
  const { job, dataset, source, patience, result } = run;
  const { losses, parameters, plan, adapter } = result;
  if (losses.length === 0 || !parameters.every(Number.isFinite) || !losses.every(Number.isFinite)) {
    throw new InputError(
      'Only a run with losses and parameters that are finite numbers can be certified. Train again, with a lower learning rate.',
    );
  }
  if (losses.length < job.steps && !result.validation?.stoppedEarly) {
    throw new InputError(
      `Only a run that was trained to its end can be certified; this one has ${formatCount(losses.length)} of ` +
        `${formatCount(job.steps)} steps. Train it to its end, or begin one with fewer steps.`,
    );
  }
  const stride = logStride(job.steps);
  const logged: [step: number, loss: number][] = [];
  for (let step = 0; step < losses.length; step += stride) logged.push([step, losses[step]]);
  const ofRun = comparable(result);
  return {
    madeBy,
    engine: engineName(),
    table: { ...source, digest: await datasetDigest(dataset) },
    job,
    patience: patience ?? null,
    plan,
    adapter,
    result: {
      steps: losses.length,
      parametersStep: ofRun.losses.length,
      losses: logged,
      finalLoss: losses[losses.length - 1],
      lossesDigest: await digestNumbers(losses),
      parameterCount: parameters.length,
      parametersDigest: await digestNumbers(parameters),
    },
    verdict:
      result.backend === 'cpu'
        ? null
        : certifiedVerdict(await judgeRun(job, dataset.training, ofRun, signal)),
    gradientCheck: gradientCheckOf(job, dataset.training, parameters),
  };
}

/** Backpropagation against central differences, as a certificate says it. */
export function gradientCheckOf(
  job: TrainingJob,
  data: TrainingData,
  parameters: Float64Array,
): Certificate['gradientCheck'] {
  const { difference, allowed, holds = null, parametersChecked } = checkGradients(job, data, parameters);
  return { difference, allowed, holds, parametersChecked };
}

/** Holds a run against float64 over as many steps as its parameters took. */
async function judgeRun(
  job: TrainingJob,
  data: TrainingData,
  run: RunValues,
  signal?: AbortSignal,
): Promise<Verdict> {
  const reference = await referenceOf(job, data, run.losses.length, signal);
  return validateRun({ job, data, reference, gpu: run }, signal);
}

/** The float64 run of a job, so many steps of it. */
export async function referenceOf(
  job: TrainingJob,
  data: TrainingData,
  steps: number,
  signal?: AbortSignal,
): Promise<RunValues> {
  const session = await TrainingSession.open('cpu', job, data);
  try {
    await session.train(steps, signal);
    signal?.throwIfAborted();
    const { losses, parameters } = await session.result();
    return { losses, parameters };
  } finally {
    session.dispose();
  }
}

function certifiedVerdict({
  loss,
  lossStep,
  parameter,
  allowedLoss,
  allowedParameter,
  holds,
}: Verdict): CertifiedVerdict {
  return { loss, lossStep, parameter, allowedLoss, allowedParameter, holds: holds ?? null };
}
