import { Option, type Command } from 'commander';
import {
  activationNames,
  assignRoles,
  layOutNetwork,
  logStride,
  MAX_LAYERS,
  MAX_LEARNING_RATE,
  MAX_SEED,
  MAX_STEPS,
  MAX_UNITS,
  notebookJob,
  outOfReach,
  readTable,
  toTrainingData,
  TrainingSession,
  type ActivationName,
  type Backend,
  type ColumnRole,
  type Table,
  type TrainingJob,
} from '../index.ts';
import { findHardwareGpu, requireGpu } from './dawn.ts';
import {
  oneOf,
  positiveNumber,
  strategyOption,
  unitsOfLayers,
  UsageError,
  wholeNumber,
  type StrategyFlag,
} from './flags.ts';
import { notice, print } from './output.ts';
import { jsonText, requireRoomInJson, runObject } from './run-json.ts';
import { openTableFile } from './table-file.ts';
import { timingText } from './timing-text.ts';
import { trainClosing, trainOpening } from './train-text.ts';
import { noticeRecovery, runToEnd } from './training-run.ts';

interface TrainFlags {
  readonly target?: string;
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  readonly outputActivation: ActivationName;
  readonly bias: boolean;
  readonly learningRate: number;
  readonly steps: number;
  readonly seed: number;
  readonly backend: Backend['name'] | 'auto';
  readonly strategy: StrategyFlag;
  readonly logEvery?: number;
  readonly json?: true;
}

/** Adds `handgrad train`. */
export function addTrainCommand(program: Command, signal: AbortSignal): void {
  const [{ learningRate, seed }] = notebookJob.networks;
  const hidden = notebookJob.layers.slice(0, -1).map(({ units }) => units);
  const activationList = activationNames.join(', ');
  const mostHidden = { mostUnits: MAX_UNITS, mostLayers: MAX_LAYERS - 1 };
  const ofActivations = (flag: string) => oneOf(flag, activationNames);
  program
    .command('train')
    .summary('train a network on a table of your own')
    .description(
      'Trains a network on a CSV file of numbers with a header line. The first column numbers the rows if it ' +
        'is named like that (observation, index, id, …), the last one is the target, the rest are inputs.',
    )
    .argument('<file>', 'the table, or - to read it from standard input')
    .option('--target <names>', 'the columns to predict, separated by commas (default: the last)')
    .addOption(
      new Option('--hidden <units>', 'units of each hidden layer: 3, or 16,8, or none')
        .argParser(unitsOfLayers('--hidden', mostHidden))
        .default(hidden, hidden.join()),
    )
    .option(
      '--activation <name>',
      `of the hidden layers: ${activationList}`,
      ofActivations('--activation'),
      'sigmoid',
    )
    .option(
      '--output-activation <name>',
      'of the output layer, the same choice',
      ofActivations('--output-activation'),
      'sigmoid',
    )
    .option('--no-bias', 'leave the biases out')
    .option(
      '--learning-rate <number>',
      'how far a step goes',
      positiveNumber('--learning-rate', MAX_LEARNING_RATE),
      learningRate,
    )
    .option('--steps <count>', 'optimizer updates', wholeNumber('--steps', 1, MAX_STEPS), notebookJob.steps)
    .option('--seed <number>', 'draws the initial parameters', wholeNumber('--seed', 0, MAX_SEED), seed)
    .option(
      '--backend <path>',
      'auto (a GPU if there is one), cpu or gpu',
      oneOf('--backend', ['auto', 'cpu', 'gpu']),
      'auto',
    )
    .addOption(strategyOption())
    .option(
      '--log-every <steps>',
      'steps between log lines (default: a tenth of all)',
      wholeNumber('--log-every', 1, MAX_STEPS),
    )
    .option('--json', 'print one JSON object instead of text; its losses are those of the log lines')
    .action((file: string, flags: TrainFlags) => runTraining(file, flags, signal));
}

async function runTraining(file: string, flags: TrainFlags, signal: AbortSignal): Promise<void> {
  if (flags.strategy !== 'auto' && flags.backend === 'cpu') {
    throw new UsageError(`--strategy ${flags.strategy} is of the GPU path; leave --backend out, or say gpu.`);
  }
  const table = await readTable(await openTableFile(file, signal), { signal });
  const roles = assignRoles(table, targetNames(flags.target, table));
  const data = toTrainingData(table, roles);
  const job = jobOf(flags, data.outputCount);
  const logEvery = flags.logEvery ?? logStride(job.steps);
  if (flags.json) {
    const { parameterCount } = layOutNetwork(data.inputCount, job.layers);
    requireRoomInJson(parameterCount, Math.ceil(job.steps / logEvery));
  }
  // Who asks for a strategy asks for the GPU.
  const isGpuWanted = flags.backend === 'auto' && flags.strategy !== 'auto';
  const backend = await chooseBackend(isGpuWanted ? 'gpu' : flags.backend);
  const options = flags.strategy === 'auto' ? {} : { strategy: flags.strategy };
  const session = await TrainingSession.open(backend, job, data, { ...options, onRecovery: noticeRecovery });
  try {
    const problem = outOfReach(flags.outputActivation, data.targets);
    if (problem) notice(`${problem} Use --output-activation linear, or scale the target.`);
    if (flags.json) {
      const result = await runToEnd(session, { logEvery, signal });
      await print(jsonText({ ...runObject(result, logEvery), table: tableObject(table, roles) }));
      return;
    }
    await print(trainOpening(file, table, roles, session));
    const result = await runToEnd(session, { logEvery, printLines: print, signal });
    await print(`${trainClosing(table, roles, result)}\n\n${timingText([{ result }])}`);
  } finally {
    session.dispose();
  }
}

/** The whole text if a column is named so (names may hold commas), else its parts. @throws UsageError */
function targetNames(text: string | undefined, { columnNames }: Table): string[] {
  if (text === undefined) return [];
  if (columnNames.includes(text)) return [text];
  const names = text.split(',').map((name) => name.trim());
  if (!names.includes('')) return names;
  throw new UsageError('--target must name columns, separated by commas (a,b); one of the names is empty.');
}

function jobOf(flags: TrainFlags, outputCount: number): TrainingJob {
  const { hidden, activation, outputActivation, bias, learningRate, steps, seed } = flags;
  return {
    layers: [
      ...hidden.map((units) => ({ units, activation, bias })),
      { units: outputCount, activation: outputActivation, bias },
    ],
    loss: 'mse',
    optimizer: 'sgd',
    steps,
    networks: [{ seed, learningRate }],
  };
}

async function chooseBackend(wanted: TrainFlags['backend']): Promise<Backend['name']> {
  if (wanted === 'auto') return (await findHardwareGpu()) ? 'gpu' : 'cpu';
  if (wanted === 'gpu') await requireGpu();
  return wanted;
}

/** The table as it was understood. */
function tableObject({ rowCount, columnNames }: Table, roles: readonly ColumnRole[]) {
  return { rowCount, columns: columnNames.map((name, column) => ({ name, role: roles[column] })) };
}
