import { activationNames } from '../../src/core/activations.ts';
import { optimizerNames } from '../../src/core/optimizers.ts';
import { scheduleNames } from '../../src/core/schedules.ts';
import { mixedColumns, mixedTable, modelCases, type ModelSettings } from './models.ts';

type NamedCase = ModelSettings & { readonly name: string };

const numbers = { csv: mixedTable('number'), columns: mixedColumns('number') };
const classes = { csv: mixedTable('class'), columns: mixedColumns('class') };
/** 32 training rows: batches of 7 leave 4 for the last. */
const batches = { batchSize: 7, hidden: [6, 4] };

/** Columns between semicolons, a comma before decimals; numbers of every spelling, and words that are gaps. */
function commaTable(): string {
  const lines = ['größe;menge;grad;preis'];
  for (let row = 0; row < 30; row++) {
    const size = (0.5 + Math.sin(row)).toFixed(3).replace('.', ',');
    const amount = row % 7 === 3 ? 'unbekannt' : row % 5 === 0 ? `1.${200 + row},5` : String(1000 + 13 * row);
    const grade = ['1,5', '01,50', '2', 'ohne'][row % 4];
    lines.push([size, amount, grade, (20 + Math.cos(row) * 9).toFixed(2).replace('.', ',')].join(';'));
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** What the scripts must get right beside `modelCases`: everything that makes one step differ from another. */
const trainingCases: readonly NamedCase[] = [
  ...optimizerNames.map((optimizer, i) => ({
    name: `optimizer ${optimizer}, shuffled batches, weight decay`,
    ...numbers,
    settings: { optimizer, ...batches, weightDecay: 0.02, activations: [activationNames[i]] },
  })),
  ...(['rmsprop', 'nesterov', 'momentum'] as const).map((optimizer) => ({
    name: `optimizer ${optimizer}, another momentum`,
    ...numbers,
    settings: { optimizer, momentum: optimizer === 'rmsprop' ? 0.8 : 0, learningRate: 0.002 },
  })),
  {
    name: 'adamw with other betas, epsilon and seed',
    ...classes,
    settings: { optimizer: 'adamw', beta1: 0.8, beta2: 0.95, epsilon: 1e-4, seed: 4_294_967_295, ...batches },
  },
  ...scheduleNames.map((kind) => ({
    name: `schedule ${kind} with warm-up, batches in file order`,
    ...numbers,
    settings: {
      ...batches,
      shuffle: false,
      schedule: { kind, warmupSteps: 30, ...(kind === 'step' && { every: 9 }) },
    },
  })),
  {
    name: 'schedule step as it comes',
    ...numbers,
    settings: { steps: 990, schedule: { kind: 'step' }, learningRate: 0.001 },
  },
  {
    name: 'schedule exponential and cosine by settings',
    ...numbers,
    settings: { schedule: { kind: 'exponential', gamma: 0.9 } },
  },
  {
    name: 'cosine, stopped early',
    ...numbers,
    settings: { steps: 100, schedule: { kind: 'cosine' } },
    stopAfter: 20,
  },
  { name: 'clipped', ...numbers, settings: { clipNorm: 0.05, l1: 0.001, optimizer: 'momentum' } },
  { name: 'l1 and adamw', ...numbers, settings: { l1: 0.01, optimizer: 'adamw', ...batches } },
  { name: 'dropout, one hidden layer', ...classes, settings: { dropout: 0.3 } },
  { name: 'dropout, two hidden layers, batches', ...numbers, settings: { dropout: 0.4, ...batches } },
  { name: 'class weights', ...classes, options: { classWeights: 'balanced' } },
  { name: 'class weights, batches', ...classes, options: { classWeights: 'balanced' }, settings: batches },
  {
    name: 'validation apart',
    ...classes,
    options: { validation: 0.3, test: 0.2 },
    settings: { batchSize: 3 },
  },
  { name: 'a seventh of one row', ...numbers, options: { validation: 0.35 }, settings: { batchSize: 5 } },
  {
    name: 'decimal comma, words that are gaps',
    csv: commaTable(),
    columns: {
      types: new Map([
        ['menge', 'number-or-missing'],
        ['grad', 'category'],
      ]),
    },
    options: { missingIndicator: true },
  },
  {
    name: 'no header, a target of words that may be missing',
    csv: '1,2,3\n2,1,5\n3,5,-1\n4,4,n/a\n5,0,7\n6,2,-3\n7,1,oops\n8,9,4\n',
    columns: { types: new Map([['column3', 'number-or-missing']]) },
  },
  { name: 'on a GPU’s step 0', ...numbers, settings: { optimizer: 'rmsprop', momentum: 0.5 }, stopAfter: 0 },
];

export const pythonCases: readonly NamedCase[] = [...modelCases, ...trainingCases];

/**
 * A table with the inputs of a mixed table in another order and without its target: a column more, gaps, categories that
 * did not come up in training, numbers in other spellings. Other tables stay as they are.
 */
export function alteredTable(csv: string): string {
  const [header, ...lines] = csv.trimEnd().split('\n');
  if (!header.startsWith('size,weight,colour,grade,')) return csv;
  const rows = lines.map((line, row) => {
    const [size, weight, colour, grade] = line.split(',');
    if (row % 5 === 0) return [size, weight, 'violet', grade];
    if (row % 5 === 1) return ['', `+${Math.abs(Number(weight))}`, colour, grade === '7' ? ' 07.0' : '11'];
    if (row % 5 === 2) return ['"1,234.50"', '1e-1', '?', 'NULL'];
    return [` "${size}"`, weight, ` ${colour} `, grade];
  });
  const text = rows.map(([size, weight, colour, grade], row) =>
    [grade, weight, `x${row}`, colour, size].join(','),
  );
  return `\ufeff${['grade,weight,comment,colour,size', ...text].join('\r\n')}\r\n\r\n`;
}
