import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { combine } from '../../src/core/ensemble.ts';
import { InputError } from '../../src/core/errors.ts';
import { layOutNetwork } from '../../src/core/network.ts';
import { initialParametersFrom } from '../../src/exchange/initial-parameters.ts';
import { madeBy } from '../../src/exchange/made-by.ts';
import { parametersOf, type Model } from '../../src/exchange/model.ts';
import { readModel, writeModel, writeParameters } from '../../src/exchange/model-file.ts';
import { readSafetensors, readTensorFile, writeSafetensors } from '../../src/exchange/safetensors.ts';
import { predictTable } from '../../src/model-predictions.ts';
import { mixedColumns, mixedTable, modelCases, trainModel, type TrainedModel } from '../support/models.ts';
import { alterLeaf, leavesOf } from '../support/tampering.ts';

const RUNS = process.env.HANDGRAD_FULL ? 100_000 : 10_000;

describe('a model file', () => {
  it.each(modelCases)('holds all of it, bit for bit: $name', async (wanted) => {
    const { model, table, results, dataset } = await trainModel(wanted);
    const file = writeModel(model);
    const read = readModel(file);
    expect(read).toEqual(model);
    expect(writeModel(read)).toEqual(file);
    const { values } = predictTable(read, table);
    const { outputCount } = dataset.training;
    const [row] = dataset.rows.training;
    const { mean } = combine(results.map(({ predictions }) => predictions));
    const ofTraining = mean.map((value, i) => {
      const { offset, factor } = dataset.targetScaling[i % outputCount];
      return offset + factor * value;
    });
    expect(values.subarray(row * outputCount, (row + 1) * outputCount)).toEqual(
      ofTraining.subarray(0, outputCount),
    );
  });

  it('holds both float32 parts of a parameter, and those given to begin with', async () => {
    const { model } = await trainModel({ csv: mixedTable('number') });
    const { parameters } = model.snapshot;
    const high = parameters.map(Math.fround);
    // Too small to be part of one float64 beside the value.
    const lowParts = high.map((value) => Math.fround(value * 2 ** -60));
    const [settings] = model.job.networks;
    const inParts: Model = {
      ...model,
      adapter: { vendor: 'a', architecture: 'b', description: 'c', isFallback: true },
      snapshot: {
        ...model.snapshot,
        plan: { strategy: 'layered', matmul: 'simple' },
        parameters: high,
        lowParts,
      },
      job: {
        ...model.job,
        networks: [{ ...settings, initialParameters: parameters.map((value) => value / 3) }],
      },
    };
    const read = readModel(writeModel(inParts));
    expect(read).toEqual(inParts);
    expect(high.some((value, i) => value + lowParts[i] === value && lowParts[i] !== 0)).toBe(true);
  });

  it('is read however long its categories are', async () => {
    const text = (i: number) => `${i}`.padEnd(i === 0 ? 300_000 : 30_000, 'x');
    const lines = Array.from({ length: 400 }, (_, i) => `${text(i % 190)},${i},${i % 7}`);
    const columns = { types: new Map([['a', 'category' as const]]) };
    const csv = `a,b,y\n${lines.join('\n')}\n`;
    const { model } = await trainModel({ csv, columns, settings: { hidden: [1], steps: 1 } });
    expect(model.table.columns[0].role).toBe('input');
    const file = writeModel(model);
    expect(readModel(file)).toEqual(model);
    const header = Number(new DataView(file.buffer).getBigUint64(0, true));
    expect(header).toBeGreaterThan(5_000_000);
  });

  it('has the weights under the names that PyTorch gives them, alone too', async () => {
    const { model } = await trainModel({ csv: mixedTable('number') });
    const alone = readSafetensors(writeParameters(model));
    expect([...alone.keys()]).toEqual([
      'layers.0.bias',
      'layers.0.weight',
      'layers.1.bias',
      'layers.1.weight',
    ]);
    const inputCount = alone.get('layers.0.weight')?.shape[1] ?? 0;
    expect(initialParametersFrom(alone, inputCount, model.job.layers)).toEqual(parametersOf(model));
    expect(layOutNetwork(inputCount, model.job.layers).parameterCount).toBe(model.snapshot.parameters.length);
  });

  it('says what made it', () => {
    expect(madeBy).toBe(`handgrad ${packageJson.version}`);
  });

  it('cannot be written of a run that diverged', async () => {
    const { model } = await trainModel({ csv: mixedTable('number') });
    const parameters = model.snapshot.parameters.with(3, NaN);
    expect(() => writeModel({ ...model, snapshot: { ...model.snapshot, parameters } })).toThrow(
      'has not diverged',
    );
  });
});

/** As much of a manifest as is altered here. */
interface Lie {
  encoding: {
    classes: string[];
    targetScaling: { factor: number }[];
    inputs: { scaling: { factor: number }; fill: unknown; categories: string[] }[];
  };
  table: {
    columns: { role: string }[];
    options: { task?: string; validation: number };
    trainingRows: string;
    rowCount: number;
  };
  plan: unknown;
}

describe('what is no model', () => {
  let trained: TrainedModel;
  let file: Uint8Array<ArrayBuffer>;
  let ensemble: Uint8Array<ArrayBuffer>;
  beforeAll(async () => {
    const wanted = {
      csv: mixedTable('class'),
      columns: mixedColumns('class'),
      settings: { hidden: [2], steps: 3 },
    };
    trained = await trainModel(wanted);
    file = writeModel(trained.model);
    ensemble = writeModel((await trainModel({ ...wanted, memberCount: 2 })).model);
  });

  const refusal = (bytes: Uint8Array): string => {
    try {
      readModel(bytes);
    } catch (error) {
      if (error instanceof InputError) return error.message;
      throw error;
    }
    return 'taken';
  };
  /** The file with another manifest, or other tensors. */
  const remade = (
    change: (manifest: Record<string, unknown>) => unknown,
    changeTensors: (tensors: ReturnType<typeof readSafetensors>) => unknown = () => undefined,
  ) => {
    const { tensors, metadata } = readTensorFile(file);
    const said = JSON.parse(metadata.get('handgrad') ?? '') as Record<string, unknown>;
    change(said);
    changeTensors(tensors);
    return writeSafetensors(tensors, new Map([['handgrad', JSON.stringify(said)]]));
  };

  it('is refused wherever it is cut off', () => {
    for (const whole of [file, ensemble]) {
      for (let length = 0; length < whole.length; length += 7) {
        expect(refusal(whole.subarray(0, length))).not.toBe('taken');
      }
    }
  });

  it.each([
    ['of a later version', () => remade((said) => (said.version = 3)), 'Use a later handgrad'],
    ['of an ensemble, and of one network', () => remade((said) => (said.version = 2)), 'two members or more'],
    [
      'of another kind',
      () => remade((said) => (said.format = 'a picture')),
      'not as handgrad writes it at "format"',
    ],
    ['weights alone', () => writeParameters(trained.model), 'nothing says what its columns are'],
    ['a table', () => new TextEncoder().encode('a,b\n1,2\n'.repeat(20)), 'safetensors'],
    ['an unknown key', () => remade((said) => (said.extra = 1)), 'at "extra"'],
    [
      'another maker',
      () => remade((said) => (said.madeBy = 'handgrad 1\nimport os')),
      'must be handgrad and a version',
    ],
    [
      'one unit more than its weights',
      () => remade((said) => ((said.job as { layers: { units: number }[] }).layers[0].units = 3)),
      'has the shape [2, 9]; this network takes [3, 9]',
    ],
    [
      'one input less than its weights',
      () => remade((said) => (said.encoding as { inputs: unknown[] }).inputs.pop()),
      'has the shape',
    ],
    [
      'another step than it has losses',
      () => remade((said) => (said.step = 2)),
      'training.losses holds 3 numbers; its manifest asks for 2',
    ],
    [
      'a step behind its last one',
      () =>
        remade(
          (said) => (said.step = 9),
          (tensors) =>
            tensors.set('training.losses', { dtype: 'F64', shape: [9], data: new Float64Array(9).fill(1) }),
        ),
      'stands at step 9; this job has steps 0 to 3',
    ],
    [
      'no optimizer state',
      () =>
        remade(
          () => undefined,
          (tensors) => tensors.delete('training.optimizer_state'),
        ),
      'training.optimizer_state holds 0 numbers',
    ],
    [
      'a foreign tensor',
      () =>
        remade(
          () => undefined,
          (tensors) => tensors.set('extra', { dtype: 'F64', shape: [], data: Float64Array.of(1) }),
        ),
      '"extra", which handgrad does not write',
    ],
    [
      'other parameters in its state than in its layers',
      () =>
        remade(
          () => undefined,
          (tensors) => {
            const data = new Float64Array(trained.model.snapshot.parameters.length).fill(1);
            tensors.set('training.values', { dtype: 'F64', shape: [data.length], data });
            tensors.set('training.low_parts', { dtype: 'F64', shape: [data.length], data });
          },
        ),
      'contradicts itself',
    ],
    [
      'classes that are not those of its task',
      () => remade((said) => (said.encoding as { classes: string[] }).classes.push('fourth')),
      'contradicts itself',
    ],
    [
      'inputs that are no columns',
      () =>
        remade((said) => ((said.encoding as { inputs: { column: string }[] }).inputs[0].column = 'height')),
      'contradicts itself',
    ],
  ])('%s', (_name, make, said) => {
    expect(refusal(make())).toContain(said);
  });

  // Each of them alone would be read, and answer with something else.
  it.each([
    ['a class twice', 'classes', (m: Lie) => (m.encoding.classes[1] = m.encoding.classes[0])],
    ['scaled probabilities', 'scaled', (m: Lie) => (m.encoding.targetScaling[0].factor = 2)],
    ['a negative scale', 'an input', (m: Lie) => (m.encoding.inputs[0].scaling.factor *= -1)],
    ['a fill beyond float32', 'an input', (m: Lie) => (m.encoding.inputs[0].fill = 1e300)],
    ['a fill that is no category', 'an input', (m: Lie) => (m.encoding.inputs[2].fill = 'pink')],
    [
      'a category twice',
      'an input',
      ({ encoding: { inputs } }: Lie) => (inputs[2].categories[0] = inputs[2].categories[1]),
    ],
    ['a column twice', 'name of another', (m: Lie) => m.table.columns.push(m.table.columns[0])],
    ['an input left out', 'those of its columns', (m: Lie) => (m.table.columns[0].role = 'ignored')],
    ['another task', 'another task', (m: Lie) => (m.table.options.task = 'regression')],
    ['no rows to train on', 'apart', (m: Lie) => (m.table.options.validation = 1)],
    ['no training row', 'no row', (m: Lie) => (m.table.trainingRows = 'AAAAAAA=')],
    ['a plan of another path', 'one path', (m: Lie) => (m.plan = { strategy: 'fused', tile: 8 })],
    ['rows without number', 'more rows', (m: Lie) => (m.table.rowCount = 2 ** 40)],
  ])('%s', (_name, said, lie) => {
    expect(refusal(remade((claims) => lie(claims as unknown as Lie)))).toContain(said);
  });

  it('weights that are no numbers', () => {
    const nan = new Uint8Array(new Float64Array([NaN]).buffer);
    const broken = file.slice();
    broken.set(nan, broken.length - 8);
    expect(refusal(broken)).toMatch(/NaN/);
  });

  const fuzzed = ['a network', 'an ensemble'] as const;
  const fileOf = (what: (typeof fuzzed)[number]) => (what === 'a network' ? file : ensemble);

  const damaged = `any of ${RUNS.toLocaleString('en-US')} damaged files is read whole or refused with a sentence: %s`;
  it.each(fuzzed)(damaged, (what) => {
    const whole = fileOf(what);
    const damage = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 9 }),
      kind: fc.constantFrom('replace', 'insert', 'cut', 'end'),
    });
    let takenCount = 0;
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
        let bytes: Uint8Array = whole.slice();
        for (const { at, bytes: some, kind } of damages) {
          const place = Math.floor(at * bytes.length);
          if (kind === 'replace') bytes.set(some.subarray(0, bytes.length - place), place);
          else if (kind === 'end') bytes = bytes.slice(0, place);
          else {
            const rest = bytes.subarray(kind === 'cut' ? place + some.length : place);
            bytes = Uint8Array.from([
              ...bytes.subarray(0, place),
              ...(kind === 'insert' ? some : []),
              ...rest,
            ]);
          }
        }
        const said = refusal(bytes);
        if (said !== 'taken') expect(said.length).toBeLessThan(600);
        else {
          takenCount++;
          expect(parametersOf(readModel(bytes)).every(Number.isFinite)).toBe(true);
        }
      }),
      { numRuns: RUNS, seed: 5 },
    );
    // Some digits of a weight may be any.
    expect(takenCount).toBeLessThan(RUNS / 2);
  });

  const altered = `any of ${RUNS.toLocaleString('en-US')} altered manifests is consistent or refused with a sentence: %s`;
  it.each(fuzzed)(altered, (what) => {
    const { tensors, metadata } = readTensorFile(fileOf(what));
    const said = JSON.parse(metadata.get('handgrad') ?? '') as unknown;
    const leaves = leavesOf(said);
    const replacement = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(-1, 0.5, 1e308, '', '__proto__', [], {}, null),
    );
    const refusals = new Set<string>();
    fc.assert(
      fc.property(fc.nat(leaves.length - 1), replacement, (leaf, value) => {
        const lie = JSON.stringify(alterLeaf(said, leaves[leaf], value));
        const answer = refusal(writeSafetensors(tensors, new Map([['handgrad', lie]])));
        if (answer !== 'taken') refusals.add(answer);
      }),
      { numRuns: RUNS, seed: 6 },
    );
    expect(refusals.size).toBeGreaterThan(100);
  });
});
