import { expect, test } from 'vitest';
import { cpuBackend } from '../../src/cpu/cpu-trainer.ts';
import { inUnitsOfTable } from '../../src/data/encoding.ts';
import { settingsOfSample } from '../../src/data/samples/sample-settings.ts';
import { jobOf } from '../../src/core/job-settings.ts';
import { regressionMeasures } from '../../src/core/metrics.ts';
import { inferColumns } from '../../src/data/columns.ts';
import { prepareDataset, type Dataset } from '../../src/data/dataset.ts';
import { encodeRows } from '../../src/data/encode.ts';
import { diabetes } from '../../src/data/samples/diabetes.ts';
import diabetesMlp from './golden/diabetes_mlp.json' with { type: 'json' };
import { loadCells, type SampleCells } from './sample-cells.ts';
import { tableOf } from './support.ts';

/** The suggested settings on the very rows that scikit-learn's MLPRegressor was trained and tested on. */

const seeds = [1, 2, 3];
const testRows = new Set(diabetesMlp.testRows);

/** The training rows as a table of their own, so that nothing can be fitted on the others. */
function prepareTrainingRows({ header, rows }: SampleCells): Dataset {
  const training = rows.filter((_, row) => !testRows.has(row));
  const table = tableOf(header.map((name, column) => [name, training.map((row) => row[column])]));
  const plans = inferColumns(table, { targets: diabetes.targets });
  const { scaling, seed } = diabetes.suggested;
  // Nothing is kept apart for validation: scikit-learn keeps nothing apart either.
  return prepareDataset(table, plans, { scaling, missing: 'drop', validation: 0, test: 0, seed });
}

/** R² of the test rows, in units of the target. */
async function r2OfSeed(cells: SampleCells, dataset: Dataset, seed: number): Promise<number> {
  const tested = cells.rows.filter((_, row) => testRows.has(row));
  const { inputs } = encodeRows(cells.header, tested, dataset.encoding);
  const job = jobOf({ ...settingsOfSample(diabetes), seed }, dataset.training.outputCount);
  const trainer = await cpuBackend.createTrainer(job, dataset.training);
  await trainer.train(job.steps);
  const predicted = inUnitsOfTable(dataset, await trainer.predict(inputs));
  trainer.dispose();
  const actual = Float64Array.from(tested, (row) => Number(row.at(-1)));
  return regressionMeasures(actual, predicted)[0].r2 ?? NaN;
}

test("the suggested settings do no worse than scikit-learn's MLPRegressor as it comes, on the same rows", async () => {
  const cells = await loadCells('diabetes');
  const dataset = prepareTrainingRows(cells);
  expect(dataset.training.rowCount).toBe(354);
  expect(dataset.droppedRowCount).toBe(0);
  const scores: number[] = [];
  for (const seed of seeds) scores.push(await r2OfSeed(cells, dataset, seed));
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  console.log(
    `diabetes, R² of ${testRows.size} test rows: ` +
      `${scores.map((score, i) => `${score.toFixed(4)} (seed ${seeds[i]})`).join(', ')}, mean ${mean.toFixed(4)}; ` +
      `scikit-learn ${diabetesMlp.default.meanR2} as it comes, ${diabetesMlp.tuned.meanR2} tuned`,
  );
  expect(mean).toBeGreaterThanOrEqual(diabetesMlp.default.meanR2);
});
