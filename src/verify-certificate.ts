import { adapterName, type Adapter, type Backend } from './core/job.ts';
import { InputError } from './core/errors.ts';
import { describePlan } from './core/plan.ts';
import { validateRun } from './cpu/validate-run.ts';
import { formatCount } from './core/wording.ts';
import type { RunValues } from './core/validation.ts';
import { certify, gradientCheckOf, referenceOf } from './certify.ts';
import { prepareDataset, type Dataset } from './data/dataset.ts';
import type { Table } from './data/table.ts';
import { engineName } from './engine.ts';
import type { Certificate, CertifiedVerdict, ReadCertificate } from './exchange/certificate.ts';
import type { RunResult } from './run-result.ts';
import { datasetDigest } from './trained-model.ts';
import { TrainingSession } from './training-session.ts';

/** One thing a certificate says, looked at. */
export interface CertificateCheck {
  /** What was looked at: `losses`. */
  readonly what: string;
  /** Undefined where it cannot be said here. */
  readonly holds: boolean | undefined;
  /** What was found, with its figures. */
  readonly detail: string;
}

/** What came of repeating a certified run. */
export interface Verification {
  /** Nothing that could be looked at contradicts the certificate. */
  readonly holds: boolean;
  /** Whether the run was repeated in the same way on the same adapter and engine: then all must agree bit for bit. */
  readonly isExact: boolean;
  readonly checks: readonly CertificateCheck[];
}

/** Where a certified run can be repeated. */
export interface VerifyOptions {
  /** The adapter here, if there is one; a run that was trained on a GPU is repeated on the CPU without. */
  readonly adapter: Adapter | null;
  readonly signal?: AbortSignal;
}

/** Of two engines that differ in the last digit of a function: 2⁻²⁹ of what rounding to float32 does, with room. */
const ENGINES_APART = 2 ** -26;

/**
 * Repeats a certified run and holds every figure of the certificate to what comes of it. On the adapter and engine it
 * was made on, all must agree to the last bit; elsewhere losses must lie within what rounding allows, and digests cannot
 * be compared.
 *
 * @throws InputError if the table cannot be read as the certificate says
 */
export async function verifyCertificate(
  { certificate, isSealed }: ReadCertificate,
  table: Table,
  options: VerifyOptions,
): Promise<Verification> {
  const checks: CertificateCheck[] = [sealCheck(isSealed)];
  const dataset = prepareDataset(table, certificate.table.columns, certificate.table.options);
  const digest = await datasetDigest(dataset);
  const isTable = table.rowCount === certificate.table.rowCount && digest === certificate.table.digest;
  checks.push(tableCheck(certificate, table.rowCount, digest));
  // Another table trains to other numbers: nothing more to be learnt.
  if (!isTable) return { holds: false, isExact: false, checks };
  const { run, isExact, where } = await repeat(certificate, dataset, options);
  checks.push({ what: 'repeated', holds: undefined, detail: where });
  checks.push(...(await (isExact ? exactChecks : roundedChecks)(certificate, { run, dataset, options })));
  return { holds: checks.every(({ holds }) => holds !== false), isExact, checks };
}

interface Repeated {
  readonly run: RunResult;
  readonly dataset: Dataset;
  readonly options: VerifyOptions;
}

function sealCheck(isSealed: boolean): CertificateCheck {
  const detail = isSealed ? 'as it was written' : 'broken: the file was altered after it was written';
  return { what: 'seal', holds: isSealed, detail };
}

function tableCheck({ table }: Certificate, rowCount: number, digest: string): CertificateCheck {
  const holds = table.rowCount === rowCount && table.digest === digest;
  const rows = `${formatCount(rowCount)} rows, digest ${shortened(digest)}`;
  const certified = `${formatCount(table.rowCount)} rows, digest ${shortened(table.digest)}`;
  return { what: 'table', holds, detail: holds ? rows : `${rows}, where the certificate says ${certified}` };
}

/** Trains the job again, in the same way if that can be had. */
async function repeat(certificate: Certificate, dataset: Dataset, { adapter, signal }: VerifyOptions) {
  const { job, patience, plan, adapter: certified, result } = certificate;
  const backend: Backend['name'] = certified && adapter ? 'gpu' : 'cpu';
  const isSamePlan = backend === (certified ? 'gpu' : 'cpu');
  const isExact =
    isSamePlan &&
    engineName() === certificate.engine &&
    JSON.stringify(certified) === JSON.stringify(certified && adapter);
  const validation = dataset.validation && {
    validation: { data: dataset.validation, ...(patience !== null && { patience }) },
  };
  if (patience !== null && !dataset.validation) {
    throw new InputError(
      'The certificate speaks of early stopping and of no validation rows. Take an unaltered copy.',
    );
  }
  const session = await TrainingSession.open(backend, job, dataset.training, {
    ...(isSamePlan && { plan }),
    ...(isExact ? validation : {}),
  });
  try {
    // Elsewhere the last digits may end it one look sooner or later: as many steps as it says, whatever the looks find.
    await session.train(isExact ? job.steps : result.steps, signal);
    signal?.throwIfAborted();
    const run = await session.result();
    const on = run.adapter ? `the GPU (${adapterName(run.adapter)})` : 'the CPU';
    const exactly = isExact ? 'bit for bit' : 'within rounding';
    const elsewhere = isExact ? '' : `; it was made ${originOf(certificate)}`;
    return { run, isExact, where: `on ${on}, ${describePlan(run.plan)}: to agree ${exactly}${elsewhere}` };
  } finally {
    session.dispose();
  }
}

function originOf({ adapter, engine }: Certificate): string {
  return adapter ? `on ${adapterName(adapter)} with ${engine}` : `with ${engine}`;
}

/** The certificate of the repeated run says the same, number by number. */
async function exactChecks(certificate: Certificate, { run, dataset, options }: Repeated) {
  const { job, patience } = certificate;
  const source = { ...certificate.table };
  const again = await certify(
    { job, dataset, source, patience: patience ?? undefined, result: run },
    options.signal,
  );
  const { result, gradientCheck, verdict } = again;
  const said = certificate.result;
  return [
    same('steps', [said.steps, said.parametersStep], [result.steps, result.parametersStep], (steps) =>
      steps.map((step) => formatCount(step)).join(', parameters of step '),
    ),
    same('losses of the log', said.losses, result.losses, (logged) => `${logged.length} of them`),
    same('final loss', said.finalLoss, result.finalLoss, String),
    same('digest of the losses', said.lossesDigest, result.lossesDigest, shortened),
    same('number of parameters', said.parameterCount, result.parameterCount, (n) => formatCount(n)),
    same('digest of the parameters', said.parametersDigest, result.parametersDigest, shortened),
    same('plan', certificate.plan, again.plan, describePlan),
    ...(verdict || certificate.verdict
      ? [same('GPU against float64', certificate.verdict, verdict, verdictText)]
      : []),
    same('gradient check', certificate.gradientCheck, gradientCheck, gradientText),
  ];
}

/** Two values that must be one and the same. @param show as people read them */
function same<T>(what: string, said: T, found: T, show: (value: T) => string): CertificateCheck {
  const holds = JSON.stringify(said) === JSON.stringify(found);
  const detail = holds ? show(said) : `${show(said)}, where the repeated run has ${show(found)}`;
  return { what, holds, detail };
}

function shortened(digest: string): string {
  return `${digest.slice(0, 12)}…`;
}

function verdictText(verdict: CertifiedVerdict | null): string {
  if (!verdict) return 'none';
  const { loss, allowedLoss, parameter, allowedParameter } = verdict;
  return (
    `loss within ${loss.toExponential(1)} of ${allowedLoss.toExponential(1)} allowed, ` +
    `parameters within ${parameter.toExponential(1)} of ${allowedParameter.toExponential(1)}`
  );
}

function gradientText({ difference, allowed }: Certificate['gradientCheck']): string {
  return `largest difference ${difference.toExponential(1)}, ${allowed.toExponential(1)} allowed`;
}

/** Losses within rounding; what only the same adapter and engine can tell is left open. */
async function roundedChecks(
  certificate: Certificate,
  { run, dataset, options: { signal } }: Repeated,
): Promise<CertificateCheck[]> {
  const { job, result: said, adapter } = certificate;
  const reference =
    run.backend === 'cpu' ? run : await referenceOf(job, dataset.training, run.losses.length, signal);
  const runs = { job, data: dataset.training, reference, gpu: run };
  const verdict = await validateRun(runs, signal);
  const allowed = verdict.allowedLoss * (adapter ? 1 : ENGINES_APART);
  const gradients = gradientCheckOf(job, dataset.training, run.parameters);
  const isSaid = certificate.gradientCheck.holds;
  return [
    lossesCheck(certificate, reference, verdict.holds === undefined ? undefined : allowed),
    {
      what: 'number of parameters',
      holds: said.parameterCount === run.parameters.length,
      detail: formatCount(said.parameterCount),
    },
    {
      what: 'digests of losses and parameters',
      holds: undefined,
      detail: 'not comparable here: they are those of another adapter or engine',
    },
    {
      what: 'gradient check',
      holds: isSaid === null || gradients.holds === null ? undefined : isSaid === gradients.holds,
      detail: gradientText(gradients),
    },
    ...(certificate.verdict
      ? [
          {
            what: 'GPU against float64',
            holds: undefined,
            detail: `said to hold: ${certificate.verdict.holds}; not repeated here`,
          },
        ]
      : []),
  ];
}

/** @param allowed relative; undefined where no tolerance means anything */
function lossesCheck(
  { result: said }: Certificate,
  { losses }: RunValues,
  allowed: number | undefined,
): CertificateCheck {
  if (allowed === undefined) {
    return { what: 'losses', holds: undefined, detail: 'rounding alone moves this run too far to compare' };
  }
  const smallest = 2 ** -24 * Math.abs(losses[0]);
  let worst = 0;
  for (const [step, loss] of [...said.losses, [said.steps - 1, said.finalLoss] as const]) {
    const relative = Math.abs(loss - losses[step]) / Math.max(Math.abs(losses[step]), smallest);
    worst = Math.max(worst, relative);
  }
  return {
    what: 'losses',
    holds: worst <= allowed,
    detail: `largest relative difference ${worst.toExponential(1)}, allowed ${allowed.toExponential(1)}`,
  };
}
