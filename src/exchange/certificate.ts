import * as v from 'valibot';
import { InputError } from '../core/errors.ts';
import type { Adapter, TrainingJob } from '../core/job.ts';
import { logStride } from '../core/log.ts';
import type { Plan } from '../core/plan.ts';
import type { ColumnPlan } from '../data/columns.ts';
import type { CsvFormat } from '../data/csv-format.ts';
import type { DatasetOptions } from '../data/dataset.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { sha256 } from './digest.ts';
import { repeatedKey } from './json-keys.ts';
import * as shapes from './shapes.ts';

/** What a run says of itself, so that anybody who has the table can repeat it. */
export interface Certificate {
  /** What made it: `handgrad 0.1.0`. */
  readonly madeBy: string;
  /** What computed float64. */
  readonly engine: string;
  readonly table: {
    readonly name: string;
    readonly format: CsvFormat;
    readonly columns: readonly ColumnPlan[];
    readonly options: DatasetOptions;
    readonly rowCount: number;
    /** Of its encoded rows (`digestOf`). */
    readonly digest: string;
  };
  /** Of one network; with `initialParameters` only if those were given and not drawn. */
  readonly job: TrainingJob;
  /** Looks at the validation loss without a new lowest one that end the run; null: none do. */
  readonly patience: number | null;
  readonly plan: Plan;
  /** Null where it was trained on the CPU. */
  readonly adapter: Adapter | null;
  readonly result: {
    /** Steps trained. */
    readonly steps: number;
    /** The step the parameters are of: an earlier one where the run went back to its best. */
    readonly parametersStep: number;
    /** Steps and losses of the log lines. */
    readonly losses: readonly (readonly [step: number, loss: number])[];
    readonly finalLoss: number;
    /** SHA-256 of the losses of all steps, in float64. */
    readonly lossesDigest: string;
    readonly parameterCount: number;
    /** SHA-256 of the parameters, in float64, in the layout of `layOutNetwork`. */
    readonly parametersDigest: string;
  };
  /** The GPU run held against float64; null for a run on the CPU, which is float64. */
  readonly verdict: CertifiedVerdict | null;
  /** Of backpropagation against central differences, at the final parameters. */
  readonly gradientCheck: {
    readonly difference: number;
    readonly allowed: number;
    /** Null where it cannot be said. */
    readonly holds: boolean | null;
    readonly parametersChecked: number;
  };
}

/** Largest differences, and what rounding to float32 allows. */
export interface CertifiedVerdict {
  readonly loss: number;
  readonly lossStep: number;
  readonly parameter: number;
  readonly allowedLoss: number;
  readonly allowedParameter: number;
  /** Null where it cannot be said. */
  readonly holds: boolean | null;
}

const FORMAT = 'handgrad certificate';
const VERSION = 1;

const finite = v.pipe(v.number(), v.finite());

const schema = v.strictObject({
  format: v.literal(FORMAT),
  version: v.literal(VERSION),
  madeBy: shapes.madeBy,
  engine: v.pipe(v.string(), v.maxLength(1000)),
  table: v.strictObject({
    name: v.string(),
    format: shapes.csvFormat,
    columns: shapes.columns,
    options: shapes.datasetOptions,
    rowCount: shapes.count,
    digest: shapes.digest,
  }),
  job: shapes.trainingJob,
  // Float64 in base64, where they were given.
  initialParameters: v.exactOptional(v.string()),
  patience: v.nullable(v.pipe(shapes.count, v.minValue(1))),
  plan: shapes.plan,
  adapter: v.nullable(shapes.adapter),
  result: v.strictObject({
    steps: shapes.count,
    parametersStep: shapes.count,
    losses: v.pipe(v.array(v.strictTuple([shapes.count, finite])), v.nonEmpty()),
    finalLoss: finite,
    lossesDigest: shapes.digest,
    parameterCount: shapes.count,
    parametersDigest: shapes.digest,
  }),
  verdict: v.nullable(
    v.strictObject({
      loss: finite,
      lossStep: shapes.count,
      parameter: finite,
      allowedLoss: finite,
      allowedParameter: finite,
      holds: v.nullable(v.boolean()),
    }),
  ),
  gradientCheck: v.strictObject({
    difference: finite,
    allowed: finite,
    holds: v.nullable(v.boolean()),
    parametersChecked: shapes.count,
  }),
  seal: shapes.digest,
});

/** A certificate that was read. */
export interface ReadCertificate {
  readonly certificate: Certificate;
  /** Whether it stands as it was written: a slip of one digit breaks the seal; who forges one can seal it again. */
  readonly isSealed: boolean;
}

/** Whether a text is a certificate, by its beginning. */
export function looksLikeCertificate(text: string): boolean {
  return new RegExp(`^\\s*\\{\\s*"format"\\s*:\\s*"${FORMAT}"`).test(text);
}

/** A certificate as JSON, sealed: the SHA-256 of all the rest stands at its end. */
export async function writeCertificate(certificate: Certificate): Promise<string> {
  const { job, ...rest } = certificate;
  const [{ initialParameters, ...network }] = job.networks;
  const content = {
    format: FORMAT,
    version: VERSION,
    ...rest,
    job: { ...job, networks: [network] },
    ...(initialParameters && { initialParameters: toBase64(bytesOf(initialParameters)) }),
    seal: '0'.repeat(64),
  };
  // In the order of the schema: the seal is of the text.
  const { seal: _, ...ordered } = shapes.requireShape(schema, content, 'The certificate');
  return `${JSON.stringify({ ...ordered, seal: await sealOf(ordered) }, null, 2)}\n`;
}

/** @throws InputError if the text is no certificate, or one of a later version */
export async function readCertificate(text: string): Promise<ReadCertificate> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError('The certificate is not JSON. Name the file that --certificate wrote.');
  }
  if (repeatedKey(text) !== undefined) {
    throw new InputError('The certificate says something twice. Take an unaltered copy.');
  }
  const { version } = (value ?? {}) as { readonly version?: unknown };
  if (typeof version === 'number' && version > VERSION) {
    throw new InputError(
      `The certificate is written in version ${version} of its format; this handgrad reads ${VERSION}. Use a later handgrad.`,
    );
  }
  const { seal, ...content } = shapes.requireShape(schema, value, 'The certificate');
  const { format: _, version: __, initialParameters: given, job, ...rest } = content;
  const initial = given === undefined ? undefined : numbersOf(given);
  const networks = [{ ...job.networks[0], ...(initial && { initialParameters: initial }) }];
  const certificate = { ...rest, job: { ...job, networks } };
  requireConsistent(certificate);
  return {
    certificate,
    isSealed: seal === (await sealOf(content)),
  };
}

/** What the parts of a certificate say of one another, wherever it was made. @throws InputError if they contradict */
function requireConsistent({ adapter, job, patience, plan, result, verdict }: Certificate): void {
  const { steps, parametersStep, losses } = result;
  const isOnCpu = plan.strategy === 'reference';
  const isOnePath = [adapter, verdict].every((said) => (said === null) === isOnCpu);
  const isWhole = steps === job.steps && parametersStep === steps;
  const isEndedEarly = patience !== null && steps <= job.steps && parametersStep <= steps;
  const stride = logStride(job.steps);
  const isLogged =
    losses.length === Math.ceil(steps / stride) && losses.every(([step], i) => step === i * stride);
  const contradiction = [
    [isOnePath, 'its plan, its adapter and its verdict are not of one path'],
    [parametersStep > 0 && (isWhole || isEndedEarly), 'its steps are not those of such a run'],
    [isLogged, 'its losses are not those of the steps of a log'],
  ].find(([holds]) => !holds);
  if (!contradiction) return;
  throw new InputError(`The certificate contradicts itself: ${contradiction[1]}. Take an unaltered copy.`);
}

/** Over the numbers and texts, not over how the JSON is laid out. */
function sealOf(content: object): Promise<string> {
  return sha256(new TextEncoder().encode(JSON.stringify(content)));
}

function bytesOf(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function numbersOf(text: string): Float64Array {
  const bytes = fromBase64(text);
  if (bytes && bytes.length % 8 === 0) return new Float64Array(bytes.buffer);
  throw new InputError(
    'The initial parameters of the certificate are not float64 in base64. Take an unaltered copy.',
  );
}
