import * as v from 'valibot';
import { InputError } from '../core/errors.ts';
import type { NetworkSettings } from '../core/job.ts';
import { nameParameters } from '../core/network.ts';
import { optimizers } from '../core/optimizers.ts';
import type { Snapshot } from '../core/plan.ts';
import { formatCount } from '../core/wording.ts';
import { MAX_CELLS } from '../data/table.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { initialParametersFrom } from './initial-parameters.ts';
import { repeatedKey } from './json-keys.ts';
import { memberCountOf, membersOf, networkOf, type Model } from './model.ts';
import { requireConsistent, requireSameParameters } from './model-rules.ts';
import { readTensorFile, writeSafetensors, type Tensor } from './safetensors.ts';
import * as shapes from './shapes.ts';

/** Names a file of this kind; a later version that cannot be read by this one counts up. */
const FORMAT = 'handgrad model';
const VERSION = 1;
/** The version of an ensemble. */
const ENSEMBLE_VERSION = 2;
/** Where the manifest stands in the metadata of the file. */
const MANIFEST = 'handgrad';
const LAYERS = 'layers.';
/** Before the name of a tensor of an ensemble: whose it is. */
const MEMBER = /^members\.(0|[1-9]\d*)\.(layers\..*)$/;
/** The state of the training, beside the parameters that predict. */
const VALUES = 'training.values';
const LOW_PARTS = 'training.low_parts';
const OPTIMIZER = 'training.optimizer_state';
const LOSSES = 'training.losses';
const INITIAL = 'training.initial_parameters';

const manifestOf = (version: number, job: typeof shapes.trainingJob) =>
  v.strictObject({
    format: v.literal(FORMAT),
    version: v.literal(version),
    madeBy: shapes.madeBy,
    table: v.strictObject({
      name: v.string(),
      format: shapes.csvFormat,
      columns: shapes.columns,
      options: shapes.datasetOptions,
      rowCount: shapes.count,
      // A bit a row, or undefined: all of them.
      trainingRows: v.exactOptional(v.string()),
      digest: shapes.digest,
    }),
    encoding: shapes.encoding,
    job,
    adapter: v.nullable(shapes.adapter),
    plan: shapes.plan,
    step: shapes.count,
  });

const manifestSchema = manifestOf(VERSION, shapes.trainingJob);
const ensembleSchema = manifestOf(ENSEMBLE_VERSION, shapes.ensembleJob);

/**
 * A model as one file in the safetensors format: `layers.0.weight` [units, inputs] and so on in float64, as PyTorch
 * names them, of an ensemble `members.0.layers.0.weight` and so on; the state of the training; and in the metadata, under
 * `handgrad`, a manifest in JSON with all the rest. The same model makes the same bytes.
 *
 * @throws InputError if the run has diverged: a parameter or a loss that is no number
 */
export function writeModel(model: Model): Uint8Array<ArrayBuffer> {
  const { table, job, snapshot } = model;
  const isEnsemble = memberCountOf(model) > 1;
  const { trainingRows, ...restOfTable } = table;
  const isWhole = trainingRows.length === table.rowCount;
  const manifest = {
    format: FORMAT,
    version: isEnsemble ? ENSEMBLE_VERSION : VERSION,
    madeBy: model.madeBy,
    table: { ...restOfTable, ...(!isWhole && { trainingRows: bitsOf(trainingRows, table.rowCount) }) },
    encoding: model.encoding,
    job: { ...job, networks: job.networks.map(settingsAlone) },
    adapter: model.adapter,
    plan: snapshot.plan,
    step: snapshot.step,
  };
  const tensors = parameterTensors(model);
  if (!isEnsemble) addTraining(tensors, model);
  // In the order of the schema, so that the same model makes the same bytes.
  const ordered = shapes.requireShape(isEnsemble ? ensembleSchema : manifestSchema, manifest, 'The model');
  return writeSafetensors(tensors, new Map([[MANIFEST, JSON.stringify(ordered)]]));
}

/** Numbers do not stand in the manifest. */
function settingsAlone(settings: NetworkSettings): NetworkSettings {
  const { initialParameters: _, ...kept } = settings;
  return kept;
}

/** The state of a training that may go on. */
function addTraining(tensors: Map<string, Tensor>, { job, snapshot, losses }: Model): void {
  const [{ initialParameters }] = job.networks;
  const add = (name: string, values: Float64Array) => tensors.set(name, tensorOf(values));
  if (snapshot.lowParts.some((low) => low !== 0)) {
    add(VALUES, snapshot.parameters);
    add(LOW_PARTS, snapshot.lowParts);
  }
  if (snapshot.optimizerState.length > 0) add(OPTIMIZER, snapshot.optimizerState);
  if (losses.length > 0) add(LOSSES, losses);
  if (initialParameters) add(INITIAL, initialParameters);
}

/**
 * The parameters alone, as any tool reads them: `layers.0.weight` [units, inputs], … in float64; of an ensemble
 * `members.0.layers.0.weight`, …
 */
export function writeParameters(model: Model): Uint8Array<ArrayBuffer> {
  return writeSafetensors(parameterTensors(model));
}

/**
 * Reads such a file, and holds it to be whole: every number finite, every shape that of the manifest.
 *
 * @throws InputError that says what is wrong: no safetensors file, one without a manifest, a later version, …
 */
export function readModel(bytes: Uint8Array | ArrayBuffer): Model {
  const { tensors, metadata } = readTensorFile(bytes);
  const manifest = readManifest(metadata.get(MANIFEST));
  const { madeBy, encoding, adapter } = manifest;
  const { trainingRows, ...table } = manifest.table;
  const read = manifest.version === ENSEMBLE_VERSION ? readMembers : readTraining;
  const model: Model = {
    madeBy,
    encoding,
    table: { ...table, trainingRows: rowsOf(trainingRows, table) },
    adapter,
    ...read(tensors, manifest),
  };
  requireConsistent(model);
  return model;
}

type Manifest = v.InferOutput<typeof manifestSchema>;
/** What a model holds beside the table and its encoding. */
type Training = Pick<Model, 'job' | 'snapshot' | 'losses'>;

/** Of one network: its parameters, and all that it goes on from. */
function readTraining(tensors: ReadonlyMap<string, Tensor>, manifest: Manifest): Training {
  const { plan, step, job } = manifest;
  const { inputCount, parameterCount } = networkOf(manifest);
  requireKnownNames(tensors, (name) => name.startsWith(LAYERS) || KNOWN.includes(name));
  const take = (name: string, length: number) => takeNumbers(tensors, name, length);
  const layers = new Map([...tensors].filter(([name]) => name.startsWith(LAYERS)));
  const whole = initialParametersFrom(layers, inputCount, job.layers);
  const isInParts = tensors.has(VALUES) || tensors.has(LOW_PARTS);
  const stateCount = optimizers[job.optimizer].stateCount;
  const snapshot: Snapshot = {
    plan,
    step,
    steps: job.steps,
    parameters: isInParts ? take(VALUES, parameterCount) : whole,
    lowParts: isInParts ? take(LOW_PARTS, parameterCount) : new Float64Array(parameterCount),
    optimizerState: take(OPTIMIZER, stateCount * parameterCount),
  };
  requireSameParameters(snapshot, whole);
  const initial = tensors.has(INITIAL) ? take(INITIAL, parameterCount) : undefined;
  const [settings] = job.networks;
  const networks = [{ ...settings, ...(initial && { initialParameters: initial }) }];
  return { job: { ...job, networks }, snapshot, losses: take(LOSSES, step) };
}

/** Of an ensemble: the parameters of every member. */
function readMembers(tensors: ReadonlyMap<string, Tensor>, manifest: Manifest): Training {
  const { plan, step, job } = manifest;
  const { inputCount, parameterCount } = networkOf(manifest);
  const memberCount = job.networks.length;
  const members = new Map<string, Map<string, Tensor>>();
  requireKnownNames(tensors, (name) => MEMBER.test(name));
  for (const [name, tensor] of tensors) {
    const [, member = '', layer = ''] = name.match(MEMBER) ?? [];
    members.set(member, (members.get(member) ?? new Map<string, Tensor>()).set(layer, tensor));
  }
  const isWhole = members.size === memberCount && job.networks.every((_, member) => members.has(`${member}`));
  if (!isWhole) {
    throw new InputError(
      `The ensemble says it has ${formatCount(memberCount)} members, and holds the weights of others: it has ` +
        `${formatCount(members.size)} of them. Save it again, or take an unaltered copy.`,
    );
  }
  // Every shape is checked before anything is made in the size of all.
  const each = job.networks.map((_, member) =>
    initialParametersFrom(members.get(`${member}`) ?? new Map(), inputCount, job.layers),
  );
  const parameters = new Float64Array(memberCount * parameterCount);
  each.forEach((ofMember, member) => parameters.set(ofMember, member * parameterCount));
  const lowParts = new Float64Array(parameters.length);
  const snapshot = {
    plan,
    step,
    steps: job.steps,
    parameters,
    lowParts,
    optimizerState: new Float64Array(0),
  };
  return { job, snapshot, losses: new Float64Array(0) };
}

/** Whether a file is in the safetensors format, by its first bytes: a length below 2⁴⁰, and a brace. */
export function looksLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes.length > 8 && bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0 && bytes[8] === 0x7b;
}

function readManifest(text: string | undefined): Manifest {
  if (text === undefined) {
    throw new InputError(
      'The file holds tensors and no handgrad model: nothing says what its columns are. Take a file that handgrad ' +
        'saved, or begin a run from these parameters on the command line (--initial-parameters).',
    );
  }
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw new InputError('The manifest of the model is not JSON. Save it again, or take an unaltered copy.');
  }
  const repeated = repeatedKey(text);
  if (repeated !== undefined) {
    throw new InputError('The manifest of the model says something twice. Take an unaltered copy.');
  }
  const { version } = (manifest ?? {}) as { readonly version?: unknown };
  if (typeof version === 'number' && version > ENSEMBLE_VERSION) {
    throw new InputError(
      `The model is written in version ${version} of its format; this handgrad reads ${VERSION} and ${ENSEMBLE_VERSION}. ` +
        'Use a later handgrad.',
    );
  }
  const schema = version === ENSEMBLE_VERSION ? ensembleSchema : manifestSchema;
  return shapes.requireShape(schema, manifest, 'The model');
}

const KNOWN = [VALUES, LOW_PARTS, OPTIMIZER, LOSSES, INITIAL];

function requireKnownNames(tensors: ReadonlyMap<string, Tensor>, isKnown: (name: string) => boolean): void {
  const foreign = [...tensors.keys()].find((name) => !isKnown(name));
  if (foreign === undefined) return;
  throw new InputError(
    `The model holds a tensor ${JSON.stringify(foreign.slice(0, 40))}, which handgrad does not write. Take an unaltered copy.`,
  );
}

function takeNumbers(tensors: ReadonlyMap<string, Tensor>, name: string, length: number): Float64Array {
  const data = tensors.get(name)?.data ?? new Float64Array(0);
  if (data.length === length) return data;
  throw new InputError(
    `The model’s ${name} holds ${formatCount(data.length)} numbers; its manifest asks for ${formatCount(length)}. ` +
      'Save it again, or take an unaltered copy.',
  );
}

function parameterTensors(model: Model): Map<string, Tensor> {
  const network = networkOf(model);
  const members = membersOf(model);
  const tensors = new Map<string, Tensor>();
  members.forEach((parameters, member) => {
    const prefix = members.length > 1 ? `members.${member}.` : '';
    for (const [name, { shape, data }] of nameParameters(network, parameters)) {
      tensors.set(`${prefix}${name}`, { dtype: 'F64', shape, data: Float64Array.from(data) });
    }
  });
  return tensors;
}

/** In half the bytes where that loses nothing: what a GPU computed is float32. */
function tensorOf(data: Float64Array): Tensor {
  const isFloat32 = data.every((value) => Object.is(Math.fround(value), value));
  return { dtype: isFloat32 ? 'F32' : 'F64', shape: [data.length], data };
}

/** A bit a row, the lowest first, in base64. */
export function bitsOf(rows: Uint32Array, rowCount: number): string {
  const bits = new Uint8Array(Math.ceil(rowCount / 8));
  for (const row of rows) bits[row >> 3] |= 1 << (row & 7);
  return toBase64(bits);
}

function rowsOf(
  text: string | undefined,
  { rowCount, columns }: { readonly rowCount: number; readonly columns: readonly unknown[] },
): Uint32Array {
  if (rowCount * columns.length > MAX_CELLS) {
    throw new InputError('The model was trained on more rows than handgrad takes. Take an unaltered copy.');
  }
  const all = new Uint32Array(rowCount).map((_, row) => row);
  if (text === undefined) return all;
  const bits = fromBase64(text);
  if (bits?.length !== Math.ceil(rowCount / 8)) {
    throw new InputError('The model does not say which rows it was trained on. Take an unaltered copy.');
  }
  return all.filter((row) => (bits[row >> 3] >> (row & 7)) & 1);
}
