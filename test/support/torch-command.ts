import { layOutNetwork, nameParameters } from '../../src/core/network.ts';
import type { TorchCase } from './torch-cases.ts';

/** The column of class names where the loss is `cross-entropy`. */
const CLASS_COLUMN = 'class';
/** Sorted, they are in the order of the one-hot targets. */
const CLASS_NAMES = 'abcdefghijklmnopqrstuvwxyz';

/** A case's rows as a CSV file: columns `x1` … and the target, `y` or `y1` …, or class names. */
export function tableText({ job, data }: TorchCase): string {
  const rows = Array.from({ length: data.rowCount }, (_, row) => {
    const inputs = data.inputs.subarray(row * data.inputCount, (row + 1) * data.inputCount);
    const targets = data.targets.subarray(row * data.outputCount, (row + 1) * data.outputCount);
    if (job.loss === 'cross-entropy') return [...inputs, CLASS_NAMES[targets.indexOf(1)]];
    return [...inputs, ...targets];
  });
  const header = [...numbered('x', data.inputCount), ...targetColumns({ job, data })];
  return [header, ...rows].map((row) => `${row.join()}\n`).join('');
}

/**
 * A case's initial parameters as a safetensors file, in float64, under PyTorch's names: `layers.0.weight`
 * [units, inputs], `layers.0.bias` [units].
 */
export function initialParametersFile({ job, data, initialParameters }: TorchCase): Uint8Array {
  const named = nameParameters(layOutNetwork(data.inputCount, job.layers), initialParameters);
  const header = new Map<string, object>();
  const values: number[] = [];
  for (const [name, { shape, data: entries }] of named) {
    const begin = values.length;
    values.push(...entries);
    header.set(name, { dtype: 'F64', shape, data_offsets: [8 * begin, 8 * values.length] });
  }
  const json = JSON.stringify(Object.fromEntries(header));
  // Padded, so that the numbers lie at a multiple of 8 bytes.
  const headerBytes = new TextEncoder().encode(json.padEnd(8 * Math.ceil(json.length / 8)));
  const file = new Uint8Array(8 + headerBytes.length + 8 * values.length);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerBytes.length), true);
  file.set(headerBytes, 8);
  values.forEach((value, index) => view.setFloat64(8 + headerBytes.length + 8 * index, value, true));
  return file;
}

/**
 * What to type after `handgrad` to train a case on the CPU path; undefined where the layers differ in having
 * biases, which the command line cannot say.
 *
 * @param files where `tableText` and `initialParametersFile` were written
 */
export function trainArguments(
  { job, data }: TorchCase,
  files: { readonly table: string; readonly parameters: string },
): string[] | undefined {
  const hidden = job.layers.slice(0, -1);
  const [output] = job.layers.slice(-1);
  if (job.layers.some(({ bias }) => bias !== output.bias)) return undefined;
  // A setting that is not in the job is not typed either: the default is held to PyTorch's.
  const settings = {
    '--target': targetColumns({ job, data }).join(),
    '--hidden': hidden.map(({ units }) => units).join() || 'none',
    '--activation': hidden.map(({ activation }) => activation).join() || undefined,
    '--output-activation': output.activation,
    '--loss': job.loss,
    '--optimizer': job.optimizer,
    '--learning-rate': job.learningRate,
    '--momentum': job.momentum,
    '--beta1': job.beta1,
    '--beta2': job.beta2,
    '--epsilon': job.epsilon,
    '--weight-decay': job.weightDecay,
    '--clip': job.clipNorm,
    '--dropout': job.dropout,
    '--seed': job.seed,
    '--schedule': job.schedule?.kind,
    '--schedule-every': job.schedule?.every,
    '--schedule-gamma': job.schedule?.gamma,
    '--warmup-steps': job.schedule?.warmupSteps,
    '--steps': job.steps,
    '--batch-size': job.batchSize ?? 'full',
    '--initial-parameters': files.parameters,
    '--scale': 'none',
    '--validation': 0,
    '--log-every': 1,
    '--backend': 'cpu',
  };
  const typed = Object.entries(settings).filter(([, value]) => value !== undefined);
  const switches = [...(output.bias ? [] : ['--no-bias']), '--no-shuffle', '--json'];
  return ['train', files.table, ...typed.flatMap(([flag, value]) => [flag, String(value)]), ...switches];
}

function targetColumns({ job, data }: Pick<TorchCase, 'job' | 'data'>): string[] {
  if (job.loss === 'cross-entropy') return [CLASS_COLUMN];
  return data.outputCount === 1 ? ['y'] : numbered('y', data.outputCount);
}

function numbered(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
}
