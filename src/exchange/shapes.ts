import * as v from 'valibot';
import { activationNames } from '../core/activations.ts';
import { MAX_MEMBERS } from '../core/ensemble.ts';
import { InputError } from '../core/errors.ts';
import { initializerNames } from '../core/initializers.ts';
import type { Adapter, NetworkSettings, TrainingJob } from '../core/job.ts';
import { lossNames } from '../core/losses.ts';
import { optimizerNames } from '../core/optimizers.ts';
import { planFault, type Plan } from '../core/plan.ts';
import { precisionNames } from '../core/precision.ts';
import { scheduleNames } from '../core/schedules.ts';
import { quote } from '../core/wording.ts';
import type { ColumnPlan } from '../data/columns.ts';
import type { CsvFormat } from '../data/csv-format.ts';
import type { DatasetOptions } from '../data/dataset.ts';
import type { Encoding } from '../data/encoding.ts';
import { missingNames, scalingNames } from '../data/fit-encoding.ts';
import { taskNames } from '../data/targets.ts';

/** What stands in the files that handgrad writes, as valibot schemas: nothing missing, and nothing else. */

export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Of a column or a category: as long as a row of a table may be. */
const name = v.pipe(v.string(), v.maxLength(2 ** 20));
const names = v.array(name);
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const finite = v.pipe(v.number(), v.finite());

export const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'));

/** It stands in the comments of scripts. */
export const madeBy = v.pipe(
  v.string(),
  v.regex(/^handgrad [\w.+-]{1,40}$/, 'must be handgrad and a version'),
);

/** How a table is written. */
export const csvFormat: v.GenericSchema<CsvFormat> = v.strictObject({
  delimiter: v.picklist([',', ';', '\t', '|']),
  decimal: v.picklist(['.', ',']),
  hasHeader: v.boolean(),
});

const columnType = v.picklist(['number', 'category']);
const words = v.exactOptional(v.literal('missing'));

export const columns: v.GenericSchema<ColumnPlan[]> = v.array(
  v.strictObject({
    name,
    type: columnType,
    role: v.picklist(['input', 'target', 'index', 'ignored']),
    words,
  }),
);

export const datasetOptions: v.GenericSchema<DatasetOptions> = v.strictObject({
  task: v.exactOptional(v.picklist(taskNames)),
  scaling: v.picklist(scalingNames),
  missing: v.picklist(missingNames),
  missingIndicator: v.exactOptional(v.boolean()),
  classWeights: v.exactOptional(v.literal('balanced')),
  validation: finite,
  test: finite,
  seed: count,
});

const scaling = v.strictObject({
  offset: finite,
  factor: v.pipe(finite, v.notValue(0)),
});

export const encoding: v.GenericSchema<Encoding> = v.strictObject({
  task: v.picklist(taskNames),
  inputs: v.pipe(
    v.array(
      v.variant('type', [
        v.strictObject({
          type: v.literal('number'),
          column: name,
          words,
          scaling,
          fill: v.nullable(finite),
          hasIndicator: v.boolean(),
        }),
        v.strictObject({
          type: v.literal('category'),
          column: name,
          categories: v.pipe(names, v.nonEmpty()),
          fill: v.nullable(name),
          hasIndicator: v.boolean(),
        }),
      ]),
    ),
    v.nonEmpty(),
  ),
  targets: v.pipe(names, v.nonEmpty()),
  // JSON has no undefined.
  classes: v.optional(v.pipe(names, v.minLength(2))),
  targetScaling: v.pipe(v.array(scaling), v.nonEmpty()),
}) as unknown as v.GenericSchema<Encoding>;

const network = v.strictObject({
  seed: count,
  learningRate: finite,
  momentum: v.exactOptional(finite),
  beta1: v.exactOptional(finite),
  beta2: v.exactOptional(finite),
  epsilon: v.exactOptional(finite),
  weightDecay: v.exactOptional(finite),
  l1: v.exactOptional(finite),
  initializer: v.exactOptional(v.picklist(initializerNames)),
});

const jobSettings = {
  layers: v.pipe(
    v.array(
      v.strictObject({
        units: v.pipe(count, v.minValue(1)),
        activation: v.picklist(activationNames),
        bias: v.boolean(),
      }),
    ),
    v.nonEmpty(),
  ),
  loss: v.picklist(lossNames),
  optimizer: v.picklist(optimizerNames),
  batchSize: v.exactOptional(v.pipe(count, v.minValue(1))),
  shuffle: v.exactOptional(v.boolean()),
  schedule: v.exactOptional(
    v.strictObject({
      kind: v.picklist(scheduleNames),
      every: v.exactOptional(v.pipe(count, v.minValue(1))),
      gamma: v.exactOptional(finite),
      warmupSteps: v.exactOptional(count),
    }),
  ),
  clipNorm: v.exactOptional(positive),
  dropout: v.exactOptional(finite),
  precision: v.exactOptional(v.picklist(precisionNames)),
  steps: v.pipe(count, v.minValue(1)),
};

/** A job of one network; its initial parameters, where they were given, stand elsewhere. */
export const trainingJob: v.GenericSchema<TrainingJob> = v.strictObject({
  ...jobSettings,
  networks: v.strictTuple([network]),
});

const members: v.GenericSchema<NetworkSettings[]> = v.pipe(
  v.array(network),
  v.minLength(2, 'must be two members or more'),
  v.maxLength(MAX_MEMBERS, `must be at most ${MAX_MEMBERS} members`),
);

/** The job of all members of an ensemble. */
export const ensembleJob: v.GenericSchema<TrainingJob> = v.strictObject({
  ...jobSettings,
  networks: members,
});

export const plan = v.pipe(
  v.looseObject({ strategy: v.string() }),
  v.check((value) => planFault(value as unknown as Plan) === undefined, 'must be a way of training'),
) as unknown as v.GenericSchema<Plan>;

export const adapter: v.GenericSchema<Adapter> = v.strictObject({
  vendor: v.string(),
  architecture: v.string(),
  description: v.string(),
  isFallback: v.boolean(),
});

/**
 * A value that has the shape of a schema.
 *
 * @param what the value is called: `The model`
 * @throws InputError that names the first place where it has not, and what stands there
 */
export function requireShape<T>(schema: v.GenericSchema<T>, value: unknown, what: string): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  const where = path ? ` at ${quote(path)}` : '';
  throw new InputError(
    `${what} is not as handgrad writes it${where}: ${sentenceOf(issue)}. Save it again, or take an unaltered copy.`,
  );
}

function sentenceOf({ kind, expected, received, message }: v.BaseIssue<unknown>): string {
  const found = received === 'undefined' ? 'missing' : quote(received).slice(1, -1);
  if (kind === 'schema' && expected) return `it must be ${quote(expected).slice(1, -1)}, and is ${found}`;
  return `it ${message.startsWith('must') ? message : `must be ${quote(expected ?? 'another value').slice(1, -1)}`}, and is ${found}`;
}
