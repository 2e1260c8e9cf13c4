import { beforeAll, describe, expect, it } from 'vitest';
import {
  answerColumns,
  ensembleOf,
  evaluateTable,
  InputError,
  MAX_MEMBERS,
  membersOf,
  predictTable,
  readModel,
  readSafetensors,
  readTable,
  requireOneNetwork,
  TrainingSession,
  writeModel,
  writeNumpy,
  writeParameters,
  writePytorch,
  type Model,
} from '../../src/index.ts';
import { readTensorFile, writeSafetensors, type Tensor } from '../../src/exchange/safetensors.ts';
import { forwardMembers } from '../../src/cpu/ensemble-forward.ts';
import { forward } from '../../src/cpu/forward.ts';
import { layOutNetwork } from '../../src/core/network.ts';
import { ensembleCases, mixedColumns, mixedTable, trainModel, type TrainedModel } from '../support/models.ts';

/** A member as a model of its own. */
function alone(model: Model, member: number): Model {
  const parameters = membersOf(model)[member];
  const { snapshot, job } = model;
  return {
    ...model,
    job: { ...job, networks: [job.networks[member]] },
    snapshot: { ...snapshot, parameters, lowParts: new Float64Array(parameters.length) },
  };
}

describe('an ensemble', () => {
  it.each(ensembleCases)('says mean and spread of what its members say: $name', async (wanted) => {
    const { model, table } = await trainModel(wanted);
    const { values, spreads } = predictTable(model, table);
    const each = membersOf(model).map((_, member) => predictTable(alone(model, member), table).values);
    expect(each).toHaveLength(wanted.memberCount ?? 0);
    expect(spreads).toHaveLength(values.length);
    let largest = 0;
    values.forEach((value, i) => {
      const said = each.map((ofMember) => ofMember[i]);
      const mean = said.reduce((sum, one) => sum + one, 0) / said.length;
      const spread = Math.hypot(...said.map((one) => one - mean)) / Math.sqrt(said.length);
      if (Number.isNaN(mean)) {
        expect([value, spreads?.[i]]).toEqual([NaN, NaN]);
        return;
      }
      const tolerance = 1e-12 * Math.max(1, Math.abs(mean));
      expect(Math.abs(value - mean)).toBeLessThanOrEqual(tolerance);
      expect(Math.abs((spreads?.[i] ?? NaN) - spread)).toBeLessThanOrEqual(tolerance);
      largest = Math.max(largest, spread);
    });
    // The members are not one network several times.
    expect(largest).toBeGreaterThan(1e-3);
  });

  it.each(ensembleCases)('is measured by its mean: $name', async (wanted) => {
    const { model, table, dataset } = await trainModel({
      ...wanted,
      options: { ...wanted.options, validation: 0 },
    });
    const { loss, rows } = evaluateTable(model, table);
    const { values } = predictTable(model, table);
    const { outputCount, targets } = dataset.training;
    const { targetScaling } = model.encoding;
    expect(rows).toEqual(dataset.rows.training);
    const shares = [...rows].flatMap((row, i) =>
      Array.from({ length: outputCount }, (_, k) => {
        const { offset, factor } = targetScaling[k];
        const predicted = (values[row * outputCount + k] - offset) / factor;
        const target = targets[i * outputCount + k];
        if (model.job.loss === 'mse') return (predicted - target) ** 2 / outputCount;
        if (model.job.loss === 'cross-entropy') return -target * Math.log(predicted);
        return -(target * Math.log(predicted) + (1 - target) * Math.log(1 - predicted)) / outputCount;
      }),
    );
    expect(loss / (shares.reduce((sum, share) => sum + share, 0) / rows.length)).toBeCloseTo(1, 10);
  });

  it('runs some rows at a time, and comes to the same', () => {
    const layers = [{ units: 40, activation: 'linear', bias: true }] as const;
    const network = layOutNetwork(1, layers);
    const members = Array.from({ length: 20 }, (_, member) =>
      Float64Array.from({ length: network.parameterCount }, (__, i) => Math.sin(i + 100 * member)),
    );
    const inputs = Float64Array.from({ length: 3000 }, (_, row) => row / 7);
    const found = members.map(() => new Float64Array(3000 * 40));
    let visits = 0;
    forwardMembers(network, members, inputs, (outputs, start) => {
      visits++;
      outputs.forEach((ofMember, member) => found[member].set(ofMember, start));
    });
    expect(visits).toBeGreaterThan(1);
    members.forEach((parameters, member) =>
      expect(found[member]).toEqual(forward(network, parameters, inputs)),
    );
  });

  it('has its spreads in columns behind what it predicts', async () => {
    const namesOf = async (name: string) => {
      const wanted = ensembleCases.find((each) => each.name.includes(name));
      const { model, table } = await trainModel(wanted ?? ensembleCases[0]);
      const predictions = predictTable(model, table);
      const columns = answerColumns(model, predictions);
      const spreadColumns = columns.filter((column) => column.name.startsWith('spread'));
      const row = predictions.values.findIndex(Number.isFinite) / model.encoding.targetScaling.length;
      expect(spreadColumns.every(({ cell }) => Number(cell(row)) > 0)).toBe(true);
      return columns.map((column) => column.name);
    };
    expect(await namesOf('numbers')).toEqual([
      'predicted price',
      'spread of predicted price',
      'predicted cost',
      'spread of predicted cost',
    ]);
    expect(await namesOf('binary of words')).toEqual([
      'predicted answer',
      'probability of answer = no',
      'probability of answer = yes',
      'spread of probability of answer = no',
      'spread of probability of answer = yes',
    ]);
    expect(await namesOf('two of 0 and 1')).toEqual([
      'predicted even',
      'probability of even = 1',
      'spread of probability of even = 1',
      'predicted third',
      'probability of third = 1',
      'spread of probability of third = 1',
    ]);
  });

  it('is not trained on', async () => {
    const { model, dataset } = await trainModel(ensembleCases[0]);
    expect(() => requireOneNetwork(model)).toThrow(
      'an ensemble of 2 networks, which predicts and is not trained on',
    );
    const { job, snapshot, losses } = model;
    const opened = TrainingSession.open('cpu', job, dataset.training, { from: { snapshot, losses } });
    await expect(opened).rejects.toThrow('A session trains one network; this job has 2.');
  });

  it('writes scripts without what only training needs', async () => {
    const { model } = await trainModel(ensembleCases[1]);
    for (const write of [writeNumpy, writePytorch]) {
      const script = write(model);
      expect(script).toContain('"""An ensemble of 3 networks that handgrad');
      expect(script).not.toMatch(
        /MEMBER_COUNT|MADE_BY|# only|# end|backward|learning_rate|Batches|TRAINING_ROWS/,
      );
    }
  });
});

describe('what is made an ensemble', () => {
  let trained: TrainedModel;
  beforeAll(async () => {
    trained = await trainModel({ csv: mixedTable('class'), columns: mixedColumns('class') });
  });

  const made = (change: (member: { settings: object; parameters: Float64Array }) => object, count = 2) => {
    const { model, dataset } = trained;
    const [settings] = model.job.networks;
    const member = { settings, parameters: model.snapshot.parameters };
    const members = Array.from({ length: count }, (_, i) =>
      i === 1 ? { ...member, ...change(member) } : member,
    );
    return ensembleOf({ job: model.job, members, plan: model.snapshot.plan }, dataset, model.table);
  };
  const settingsWith = (more: object) => made(({ settings }) => ({ settings: { ...settings, ...more } }));

  it.each([
    ['one network', () => made(() => ({}), 1), 'An ensemble takes 2 to 4,096 networks, not 1.'],
    ['too many', () => made(() => ({}), MAX_MEMBERS + 1), 'not 4,097'],
    ['another shape', () => made(() => ({ parameters: new Float64Array(3) })), 'Member 2 has 3 parameters'],
    [
      'one that diverged',
      () => made(({ parameters }) => ({ parameters: parameters.with(4, Infinity) })),
      'Parameter 5 of member 2 is Infinity',
    ],
    ['a fold', () => settingsWith({ rows: { first: 0, count: 9 } }), 'Member 2 was trained on 9 of 32 rows'],
    ['a rate that is none', () => settingsWith({ learningRate: NaN }), 'learning rate'],
  ])('is refused: %s', async (_name, make, said) => {
    await expect(make()).rejects.toThrow(InputError);
    await expect(make()).rejects.toThrow(said);
  });

  it('keeps the settings of its members, and nothing that only a training asks for', async () => {
    const { rowCount } = trained.dataset.training;
    const { parameters } = trained.model.snapshot;
    const given = { rows: { first: 0, count: rowCount }, initialParameters: parameters, seed: 77 };
    const model = await settingsWith(given);
    const [settings] = trained.model.job.networks;
    expect(model.job.networks).toEqual([settings, { ...settings, seed: 77 }]);
    expect(readModel(writeModel(model))).toEqual(model);
  });
});

/** As much of a manifest as is altered here. */
interface Lie {
  version: number;
  step: number;
  job: { networks: { seed: number; learningRate: number }[]; layers: { units: number }[] };
  plan: unknown;
}

describe('the file of an ensemble', () => {
  let file: Uint8Array<ArrayBuffer>;
  let model: Model;
  beforeAll(async () => {
    ({ model } = await trainModel({
      csv: mixedTable('class'),
      columns: mixedColumns('class'),
      settings: { hidden: [2], steps: 3 },
      memberCount: 12,
    }));
    file = writeModel(model);
  });

  it('has the weights of every member under its number, alone too', () => {
    for (const bytes of [file, writeParameters(model)]) {
      const tensors = readSafetensors(bytes);
      expect(tensors.size).toBe(12 * 4);
      membersOf(model).forEach((parameters, member) => {
        const own = new Map<string, Tensor>();
        for (const [name, tensor] of tensors) {
          if (name.startsWith(`members.${member}.`)) own.set(name.replace(`members.${member}.`, ''), tensor);
        }
        expect([...own.keys()].toSorted()).toEqual([
          'layers.0.bias',
          'layers.0.weight',
          'layers.1.bias',
          'layers.1.weight',
        ]);
        expect(own.get('layers.1.bias')?.data).toEqual(parameters.slice(-3));
      });
    }
  });

  const refusal = (change: (manifest: Lie, tensors: Map<string, Tensor>) => unknown): string => {
    const { tensors, metadata } = readTensorFile(file);
    const said = JSON.parse(metadata.get('handgrad') ?? '') as Lie;
    change(said, tensors);
    try {
      readModel(writeSafetensors(tensors, new Map([['handgrad', JSON.stringify(said)]])));
    } catch (error) {
      if (error instanceof InputError) return error.message;
      throw error;
    }
    return 'taken';
  };
  const rename = (tensors: Map<string, Tensor>, from: string, to: string) => {
    const tensor = tensors.get(from);
    if (!tensor) throw new Error(`there is no ${from}`);
    tensors.set(to, tensor);
    tensors.delete(from);
  };

  it.each<[string, string, (manifest: Lie, tensors: Map<string, Tensor>) => unknown]>([
    ['as it is', 'taken', () => {}],
    ['one network', 'two members or more', ({ job }) => (job.networks = job.networks.slice(0, 1))],
    ['no network', 'two members or more', ({ job }) => (job.networks = [])],
    [
      'more than may be',
      'at most 4096 members',
      ({ job }) => (job.networks = Array.from({ length: 4097 }, () => job.networks[0])),
    ],
    ['of the first version', 'at "job.networks', (manifest) => (manifest.version = 1)],
    ['of one more than there are', 'it has 13 members', ({ job }) => job.networks.push(job.networks[0])],
    ['of one less than there are', 'it has 11 members', ({ job }) => job.networks.pop()],
    [
      'without a number between',
      'it has 12 members',
      (_, tensors) => {
        for (const name of [...tensors.keys()].filter((each) => each.startsWith('members.5.')))
          rename(tensors, name, name.replace('5', '12'));
      },
    ],
    [
      'with a number in another spelling',
      '"members.05.layers.0.bias", which handgrad does not write',
      (_, tensors) => rename(tensors, 'members.5.layers.0.bias', 'members.05.layers.0.bias'),
    ],
    [
      'of a member without biases',
      'lack "layers.0.bias"',
      (_, tensors) => tensors.delete('members.5.layers.0.bias'),
    ],
    [
      'of a member with a layer more',
      'have "layers.2.bias"',
      (_, tensors) =>
        tensors.set('members.5.layers.2.bias', { dtype: 'F64', shape: [1], data: Float64Array.of(1) }),
    ],
    [
      'of a member of another shape',
      'has the shape [3]; this network takes [2]',
      (_, tensors) =>
        tensors.set('members.5.layers.0.bias', { dtype: 'F64', shape: [3], data: Float64Array.of(1, 2, 3) }),
    ],
    [
      'with what a training keeps',
      '"training.losses", which handgrad does not write',
      (_, tensors) => tensors.set('training.losses', { dtype: 'F64', shape: [1], data: Float64Array.of(1) }),
    ],
    ['in the midst of its training', 'not at the end', (manifest) => (manifest.step = 2)],
    ['with a rate that is none', 'learning rate', ({ job }) => (job.networks[7].learningRate = -1)],
    ['with a seed beyond its range', 'seed', ({ job }) => (job.networks[7].seed = 2 ** 40)],
    ['with a unit more', 'this network takes [3, 9]', ({ job }) => (job.layers[0].units = 3)],
    ['of another path', 'one path', (manifest) => (manifest.plan = { strategy: 'fused', tile: 8 })],
  ])('%s', (_name, said, change) => {
    expect(refusal(change)).toContain(said);
  });
});

describe('rows that came later', () => {
  it('have neither mean nor spread where a value is missing that was never missing in training', async () => {
    const { model } = await trainModel({
      csv: mixedTable('class'),
      columns: mixedColumns('class'),
      options: { missing: 'drop' },
      memberCount: 3,
    });
    const rows = await readTable('size,weight,colour,grade\n25,1,red,7\n,1,red,7\n');
    const columns = answerColumns(model, predictTable(model, rows));
    expect(columns).toHaveLength(7);
    expect(columns.map(({ cell }) => cell(1))).toEqual(Array(7).fill(''));
    expect(columns.every(({ cell }) => cell(0) !== '')).toBe(true);
  });
});
