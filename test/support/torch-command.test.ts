import { describe, expect, test } from 'vitest';
import { layOutNetwork } from '../../src/core/network.ts';
import { inferColumns, prepareDataset, readTable } from '../../src/index.ts';
import { torchCases, type TorchCase } from './torch-cases.ts';
import { initialParametersFile, tableText, trainArguments } from './torch-command.ts';

/** Numbers as they are in the file. */
const asItStands = {
  task: 'regression',
  scaling: 'none',
  missing: 'drop',
  validation: 0,
  test: 0,
  seed: 1,
} as const;

const files = { table: 'table.csv', parameters: 'initial.safetensors' };

function caseOf(name: string): TorchCase {
  const found = torchCases.find((golden) => golden.name === name);
  if (!found) throw new Error(`There is no golden case "${name}".`);
  return found;
}

describe('a golden case on the command line', () => {
  test.each(torchCases.filter(({ job }) => job.loss !== 'cross-entropy'))(
    'has its numbers in the table: $name',
    async (golden) => {
      const table = await readTable(tableText(golden));
      const targets = table.columnNames.filter((name) => name.startsWith('y'));
      // A 0 with a sign comes back without it, which changes nothing.
      const { training } = prepareDataset(table, inferColumns(table, { targets }), asItStands);
      expect(withoutSignedZeros(training)).toEqual(withoutSignedZeros(golden.data));
    },
  );

  test.each(torchCases.filter(({ job }) => job.loss === 'cross-entropy'))(
    'has classes whose sorted names are in the order of the targets: $name',
    (golden) => {
      const [header, ...rows] = tableText(golden).trimEnd().split('\n');
      expect(header.endsWith(',class')).toBe(true);
      const classes = rows.map((row) => row.split(',')[golden.data.inputCount]);
      const sorted = [...new Set(classes)].toSorted();
      const oneHot = classes.flatMap((name) => sorted.map((other) => (name === other ? 1 : 0)));
      expect(oneHot).toEqual([...golden.data.targets]);
    },
  );

  test.each(torchCases)('has its initial parameters in the file: $name', (golden) => {
    expect(readParameters(initialParametersFile(golden), golden)).toEqual(golden.initialParameters);
  });

  test('is typed with the settings it has and no others', () => {
    expect(trainArguments(caseOf('cosine schedule with warm-up, Adam'), files)?.join(' ')).toBe(
      'train table.csv --target y1,y2 --hidden 5 --activation tanh --output-activation linear --loss mse ' +
        '--optimizer adam --learning-rate 0.05 --schedule cosine --warmup-steps 20 --steps 200 --batch-size 11 ' +
        '--initial-parameters initial.safetensors --scale none --validation 0 --log-every 1 --backend cpu ' +
        '--no-shuffle --json',
    );
    expect(trainArguments(caseOf('bce, no hidden layer, no bias'), files)?.join(' ')).toBe(
      'train table.csv --target y --hidden none --output-activation linear --loss bce --optimizer sgd ' +
        '--learning-rate 0.1 --steps 200 --batch-size full --initial-parameters initial.safetensors --scale none ' +
        '--validation 0 --log-every 1 --backend cpu --no-bias --no-shuffle --json',
    );
  });

  test('is not typed where only some layers have biases', () => {
    expect(trainArguments(caseOf('SGD, bias in the hidden layer only'), files)).toBeUndefined();
    expect(torchCases.filter((golden) => !trainArguments(golden, files))).toHaveLength(1);
  });
});

function withoutSignedZeros({ inputs, targets, ...counts }: TorchCase['data']): TorchCase['data'] {
  return { ...counts, inputs: inputs.map((x) => x + 0), targets: targets.map((y) => y + 0) };
}

/** Parameters of a safetensors file, back in the layout of `layOutNetwork`. */
function readParameters(file: Uint8Array, { job, data }: TorchCase): Float64Array {
  const headerLength = Number(new DataView(file.buffer).getBigUint64(0, true));
  expect(headerLength % 8).toBe(0);
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headerLength))) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [begin: number, end: number] }
  >;
  const network = layOutNetwork(data.inputCount, job.layers);
  const parameters = new Float64Array(network.parameterCount).fill(NaN);
  const entriesOf = (name: string, shape: number[]) => {
    const {
      data_offsets: [begin, end],
      ...described
    } = header[name];
    expect(described).toEqual({ dtype: 'F64', shape });
    return new Float64Array(file.slice(8 + headerLength + begin, 8 + headerLength + end).buffer);
  };
  network.layers.forEach(({ inputCount, units, weightsOffset, biasOffset }, index) => {
    entriesOf(`layers.${index}.weight`, [units, inputCount]).forEach((weight, i) => {
      parameters[weightsOffset + (i % inputCount) * units + Math.floor(i / inputCount)] = weight;
    });
    if (biasOffset !== undefined) parameters.set(entriesOf(`layers.${index}.bias`, [units]), biasOffset);
  });
  const tensorCount = network.layers.reduce(
    (sum, { biasOffset }) => sum + (biasOffset === undefined ? 1 : 2),
    0,
  );
  expect(Object.keys(header)).toHaveLength(tensorCount);
  return parameters;
}
