import { Option, type Command } from 'commander';
import {
  MAX_SEED,
  missingNames,
  samples,
  scalingNames,
  taskNames,
  type ColumnReading,
  type CsvFormat,
  type DecimalMark,
  type Delimiter,
  type MissingName,
  type SampleId,
  type ScalingName,
  type Task,
} from '../index.ts';
import { collect, number, oneOf, UsageError, wholeNumber } from './flags.ts';
import { quoted } from './wording.ts';

/** A column and how its cells are to be read. */
interface TypeFlag {
  readonly name: string;
  readonly type: ColumnReading;
}

/** How a table is written; what is left out is guessed. */
export interface FormatFlags {
  readonly delimiter?: Delimiter;
  readonly decimal?: DecimalMark;
  readonly header?: boolean;
}

/** What a person says of a table: how it is written, what its columns are, and how it becomes numbers. */
export interface TableFlags extends FormatFlags {
  readonly sample?: SampleId;
  /** As they were typed: a name, or several with commas between them. */
  readonly target?: readonly string[];
  readonly ignore?: readonly string[];
  readonly type?: readonly TypeFlag[];
  readonly task?: Task;
  readonly scale?: ScalingName;
  readonly missing?: MissingName;
  readonly missingIndicator?: true;
  readonly classWeights?: 'balanced';
  readonly validation?: number;
  readonly test?: number;
  readonly seed?: number;
  readonly splitSeed?: number;
}

const delimiterWords = new Map<string, Delimiter>([
  ['comma', ','],
  ['semicolon', ';'],
  ['tab', '\t'],
  ['bar', '|'],
]);
const decimalWords = new Map<string, DecimalMark>([
  ['point', '.'],
  ['comma', ','],
]);

/** Adds the flags that say how a table is read, and what its columns are. */
export function addTableFlags(command: Command): Command {
  return addRowFlags(addColumnFlags(command));
}

function addColumnFlags(command: Command): Command {
  return addFormatFlags(command.optionsGroup('The table:').addOption(sampleOption('and its settings, ')))
    .optionsGroup('Its columns:')
    .option(
      '--target <names>',
      'the columns to predict, separated by commas, or one a flag (default: the last)',
      collect(String),
    )
    .option('--ignore <names>', 'columns to leave out, given in the same way', collect(String))
    .option(
      '--type <name=type>',
      'how a column is read: number, category, or number-or-missing, for which words are missing cells; one a flag ' +
        '(default: by its cells)',
      collect(typeOfColumn),
    )
    .addOption(choice('--task <name>', 'what is learnt (default: by the target)', taskNames));
}

/** `--sample`, which every command that takes a table has. */
export function sampleOption(more = ''): Option {
  return choice(
    '--sample <name>',
    `a table that comes with handgrad, ${more}in place of a file`,
    samples.map(({ id }) => id),
  );
}

/** Adds the flags that say how a table is written. */
export function addFormatFlags(command: Command): Command {
  return command
    .option(
      '--delimiter <mark>',
      'between cells: comma, semicolon, tab, bar, or the mark itself (default: guessed)',
      wordOrMark('--delimiter', delimiterWords),
    )
    .option(
      '--decimal <mark>',
      'before decimals: point, comma, or the mark itself (default: guessed)',
      wordOrMark('--decimal', decimalWords),
    )
    .option('--header', 'the first row names the columns (default: guessed)')
    .option('--no-header', 'it does not; they are column1, column2, …');
}

/** The format as far as flags say. */
export function formatOf({ delimiter, decimal, header }: FormatFlags): Partial<CsvFormat> {
  return {
    ...(delimiter && { delimiter }),
    ...(decimal && { decimal }),
    ...(header !== undefined && { hasHeader: header }),
  };
}

function addRowFlags(command: Command): Command {
  const share = (flag: string) => number(flag, { least: 0, below: 1 });
  return command
    .optionsGroup('Its rows:')
    .addOption(choice('--scale <name>', 'of inputs and numbers to predict (default: standard)', scalingNames))
    .addOption(
      choice(
        '--missing <name>',
        'drop rows with an empty input, or fill it (default: median; a category: the most frequent)',
        missingNames,
      ),
    )
    .option('--missing-indicator', 'one input more for each column that was filled')
    .addOption(choice('--class-weights <name>', 'how much a class counts (default: its rows)', ['balanced']))
    .option(
      '--validation <share>',
      'of the rows, kept apart to look at while training (default: 0.2; 0 below 20 rows)',
      share('--validation'),
    )
    .option('--test <share>', 'of the rows, kept apart for the end (default: 0)', share('--test'))
    .option(
      '--seed <number>',
      'draws the split, the initial parameters and the order of the rows (default: 1)',
      wholeNumber('--seed', 0, MAX_SEED),
    )
    .option(
      '--split-seed <number>',
      'draws the split alone, where the network has another seed (default: --seed)',
      wholeNumber('--split-seed', 0, MAX_SEED),
    );
}

/** A flag that takes one of a few words. */
function choice(flags: string, description: string, names: readonly string[]): Option {
  const [flag] = flags.split(' ');
  return new Option(flags, `${description}: ${names.join(', ')}`).argParser(oneOf(flag, names));
}

/** @throws UsageError */
function wordOrMark<Mark extends string>(
  flag: string,
  marks: ReadonlyMap<string, Mark>,
): (text: string) => Mark {
  return (text) => {
    const mark = marks.get(text) ?? [...marks.values()].find((one) => one === text);
    if (mark !== undefined) return mark;
    throw new UsageError(
      `${flag} must be one of ${[...marks.keys()].join(', ')}, or the mark itself, not ${quoted(text)}.`,
    );
  };
}

/** `age=number`; the name itself may hold a =. @throws UsageError */
function isReading(text: string): text is ColumnReading {
  return ['number', 'category', 'number-or-missing'].includes(text);
}

function typeOfColumn(text: string): TypeFlag {
  const at = text.lastIndexOf('=');
  const [name, type] = [text.slice(0, at), text.slice(at + 1)];
  if (at > 0 && isReading(type)) return { name, type };
  throw new UsageError(
    `--type must name a column and how it is read, like "age=number", "age=category" or "age=number-or-missing", not ${quoted(text)}.`,
  );
}
