import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { madeBy } from '../../src/exchange/made-by.ts';
import { readModel, writeModel } from '../../src/exchange/model-file.ts';
import { predictTable } from '../../src/model-predictions.ts';
import { modelCases, trainModel } from '../support/models.ts';

describe('a model file', () => {
  it.each(modelCases)('holds all of it: $name', async (wanted) => {
    const { model, table, result, dataset } = await trainModel(wanted);
    const file = writeModel(model);
    const read = readModel(file);
    expect(read).toEqual(model);
    expect(writeModel(read)).toEqual(file);
    const { values } = predictTable(read, table);
    const { outputCount } = dataset.training;
    const [row] = dataset.rows.training;
    const ofTraining = result.predictions.map((value, i) => {
      const { offset, factor } = dataset.targetScaling[i % outputCount];
      return offset + factor * value;
    });
    expect(values.subarray(row * outputCount, (row + 1) * outputCount)).toEqual(
      ofTraining.subarray(0, outputCount),
    );
  });

  it('says what made it', () => {
    expect(madeBy).toBe(`handgrad ${manifest.version}`);
  });
});
