import { Option, type Command } from 'commander';
import {
  activationNames,
  initializerNames,
  lossNames,
  MAX_LAYERS,
  MAX_LEARNING_RATE,
  MAX_STEPS,
  MAX_UNITS,
  optimizerNames,
  scheduleNames,
  type ActivationName,
  type InitializerName,
  type LossName,
  type OptimizerName,
  type OutputActivationName,
  type ScheduleName,
} from '../index.ts';
import { number, oneOf, severalOf, unitsOfLayers, wholeNumber } from './flags.ts';

/** What a person says of the network and how it learns; what is left out takes what fits. */
export interface NetworkFlags {
  readonly hidden?: readonly number[];
  readonly activation?: readonly ActivationName[];
  readonly outputActivation?: OutputActivationName;
  readonly bias?: boolean;
  readonly init?: InitializerName;
  readonly initialParameters?: string;
  readonly loss?: LossName;
  readonly optimizer?: OptimizerName;
  readonly learningRate?: number;
  readonly momentum?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly weightDecay?: number;
  readonly l1?: number;
  readonly clip?: number;
  readonly dropout?: number;
  readonly schedule?: ScheduleName;
  readonly scheduleEvery?: number;
  readonly scheduleGamma?: number;
  readonly warmupSteps?: number;
  readonly steps?: number;
  readonly epochs?: number;
  readonly batchSize?: number | 'full';
  readonly shuffle?: boolean;
  readonly earlyStopping?: number;
}

/** Adds the flags of the network, its loss, its optimizer and its batches. */
export function addNetworkFlags(command: Command): Command {
  return addBatchFlags(addOptimizerFlags(addLayerFlags(command)));
}

const outputActivationNames: readonly OutputActivationName[] = [...activationNames, 'softmax'];

function addLayerFlags(command: Command): Command {
  const mostHidden = { mostUnits: MAX_UNITS, mostLayers: MAX_LAYERS - 1 };
  return command
    .optionsGroup('The network:')
    .option(
      '--hidden <units>',
      'units of each hidden layer: 3, or 16,8, or none (default: 16)',
      unitsOfLayers('--hidden', mostHidden),
    )
    .option(
      '--activation <names>',
      `of the hidden layers, one for all or one each: ${activationNames.join(', ')} (default: tanh)`,
      severalOf('--activation', activationNames),
    )
    .option(
      '--output-activation <name>',
      'of the output layer, the same choice and softmax (default: by loss: bce sigmoid, cross-entropy softmax, ' +
        'else linear)',
      oneOf('--output-activation', outputActivationNames),
    )
    .option('--bias', 'give every layer biases (the default, but for --sample or)')
    .option('--no-bias', 'leave the biases out')
    .option(
      '--init <name>',
      `how the initial parameters are drawn: ${initializerNames.join(', ')} (default: pytorch)`,
      oneOf('--init', initializerNames),
    )
    .addOption(
      new Option(
        '--initial-parameters <file>',
        'a safetensors file to take them from: layers.0.weight [units, inputs], layers.0.bias [units], …',
      ).conflicts('init'),
    );
}

function addOptimizerFlags(command: Command): Command {
  const notNegative = (flag: string) => number(flag, { least: 0, most: MAX_LEARNING_RATE });
  const fraction = (flag: string) => number(flag, { least: 0, below: 1 });
  const stepCount = (flag: string) => wholeNumber(flag, 1, MAX_STEPS);
  return command
    .optionsGroup('How it learns:')
    .option(
      '--loss <name>',
      `${lossNames.join(', ')} (default: by task: regression mse, binary bce, classification cross-entropy)`,
      oneOf('--loss', lossNames),
    )
    .option(
      '--optimizer <name>',
      `${optimizerNames.join(', ')} (default: adam)`,
      oneOf('--optimizer', optimizerNames),
    )
    .option(
      '--learning-rate <number>',
      'how far a step goes (default: 0.01; with --optimizer, its own: sgd 0.05, momentum, nesterov and rmsprop ' +
        '0.01, adam and adamw 0.001)',
      number('--learning-rate', { above: 0, most: MAX_LEARNING_RATE }),
    )
    .option('--momentum <number>', 'of momentum and nesterov 0.9, of rmsprop 0', fraction('--momentum'))
    .option('--beta1 <number>', 'of adam and adamw 0.9', fraction('--beta1'))
    .option('--beta2 <number>', 'of adam and adamw 0.999, of rmsprop (its alpha) 0.99', fraction('--beta2'))
    .option('--epsilon <number>', 'of adam, adamw and rmsprop 1e-8', notNegative('--epsilon'))
    .option('--weight-decay <number>', 'of adamw 0.01, of the others 0', notNegative('--weight-decay'))
    .option(
      '--l1 <number>',
      'times the sign of a parameter, added to its gradient (default: 0)',
      notNegative('--l1'),
    )
    .option(
      '--dropout <p>',
      'how likely a step drops a hidden unit of a row; the others are multiplied by 1 / (1 − p) (default: 0)',
      fraction('--dropout'),
    )
    .option('--clip <norm>', 'the most length gradients keep (default: any)', number('--clip', { above: 0 }))
    .option(
      '--schedule <kind>',
      `of the learning rate: ${scheduleNames.join(', ')} (default: constant)`,
      oneOf('--schedule', scheduleNames),
    )
    .option('--schedule-every <steps>', 'of the schedule step (default: 1000)', stepCount('--schedule-every'))
    .option(
      '--schedule-gamma <factor>',
      'of the schedules step (default: 0.5) and exponential (default: 0.999, a step)',
      number('--schedule-gamma', { above: 0, most: 1 }),
    )
    .option(
      '--warmup-steps <count>',
      'over which the learning rate rises (default: 0)',
      wholeNumber('--warmup-steps', 0, MAX_STEPS),
    );
}

function addBatchFlags(command: Command): Command {
  const stepCount = (flag: string) => wholeNumber(flag, 1, MAX_STEPS);
  return command
    .optionsGroup('How long:')
    .option(
      '--steps <count>',
      'optimizer updates (default: 1000; above 1,000 training rows, 30 epochs)',
      stepCount('--steps'),
    )
    .addOption(
      new Option('--epochs <count>', 'the same in passes over the training rows')
        .argParser(stepCount('--epochs'))
        .conflicts('steps'),
    )
    .option(
      '--batch-size <rows>',
      'of a step, or full (default: full; above 1,000 training rows, 64)',
      (text) => (text === 'full' ? text : wholeNumber('--batch-size', 1, MAX_STEPS)(text)),
    )
    .option('--shuffle', 'take the rows in another order each epoch (the default)')
    .option('--no-shuffle', 'take them in the order of the file')
    .option(
      '--early-stopping <looks>',
      'stop after so many looks at the validation loss (about 100 a run) without a new lowest one, and go back ' +
        'to the lowest (default: never)',
      stepCount('--early-stopping'),
    );
}
