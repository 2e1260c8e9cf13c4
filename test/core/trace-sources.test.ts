import { describe, expect, it } from 'vitest';
import { activations } from '../../src/core/activations.ts';
import { entryFormula, type EntryTerms } from '../../src/core/entry-formulas.ts';
import { number, type Formula } from '../../src/core/formula.ts';
import type { TrainingJob } from '../../src/core/job.ts';
import { losses, meanCount, rowStatistics, type Loss } from '../../src/core/losses.ts';
import { notebookJob } from '../../src/core/notebook.ts';
import { rateLetters } from '../../src/core/optimizer-formulas.ts';
import {
  decoupledDecay,
  optimizers,
  penaltyGradient,
  type Optimizer,
  type Rates,
} from '../../src/core/optimizers.ts';
import { moveRates, ratesOf, ratesVary } from '../../src/core/rates.ts';
import { matricesOf, type TracedMatrix } from '../../src/core/trace.ts';
import { axesOf, lengthOf, sizesOf, sourcesOf, type TracedEntry } from '../../src/core/trace-sources.ts';
import { closeness, report, type Closeness } from '../support/close.ts';
import { numberOf } from '../support/formula-value.ts';
import { droppingJob, orData, variedJob, type NamedJob } from '../support/jobs.ts';
import { traceAfter, type RememberedTrace } from '../support/trace-after.ts';

/** Of an entry computed anew against the step’s, relative to the largest of its matrix: both round, in another order. */
const ENTRY_TOLERANCE = 1e-12;
const STEP = 3;
/** Entries of a matrix looked at, spread over it. */
const MOST_ENTRIES = 24;

const jobs: NamedJob[] = [
  { name: 'the notebook’s', job: notebookJob, data: orData },
  {
    name: 'clipped, with L1',
    job: {
      ...notebookJob,
      clipNorm: 0.01,
      networks: [{ seed: 3, learningRate: 0.1, l1: 0.01, weightDecay: 0.02 }],
    },
    data: orData,
  },
  ...Array.from({ length: 20 }, (_, seed) => variedJob(seed, 50)),
  ...Array.from({ length: 5 }, (_, seed) => droppingJob(seed, 50)),
];

describe('an entry of a step', () => {
  it.each(jobs)('is made of its sources alone: $name', async ({ name, job, data }) => {
    const traced = await traceAfter(job, data, STEP);
    const sizes = sizesOf(job, data.inputCount, traced.trace.targets.rows);
    const all = matricesOf(traced.trace);
    let worst: Closeness = { ratio: 0, observed: 0, allowed: 0 };
    let givenCount = 0;
    for (const { quantity, layer, matrix } of all) {
      expect(axesOf({ quantity, layer }).map((axis) => lengthOf(axis, sizes))).toEqual([
        matrix.rows,
        matrix.columns,
      ]);
      const allowed = ENTRY_TOLERANCE * Math.max(1e-30, ...matrix.data.map(Math.abs));
      const stride = Math.ceil(matrix.data.length / MOST_ENTRIES);
      for (let at = 0; at < matrix.data.length; at += stride) {
        const entry = { quantity, layer, row: Math.floor(at / matrix.columns), column: at % matrix.columns };
        const values = sourcesOf(job, sizes, entry).map(({ rows, columns, ...place }) =>
          partOf(all, place, { rows, columns }),
        );
        const plain = recomputed(job, traced, entry, values);
        const written = writtenValue(job, traced, entry, sizes);
        if (plain === undefined) {
          givenCount++;
          expect([values, written], `${quantity} ${layer}`).toEqual([[], undefined]);
          continue;
        }
        for (const value of [plain, written]) {
          const near = closeness([value ?? NaN], [matrix.data[at]], allowed);
          expect(
            near.ratio,
            `${quantity} ${layer} ${at}: ${value} for ${matrix.data[at]}`,
          ).toBeLessThanOrEqual(1);
          if (near.ratio > worst.ratio) worst = near;
        }
      }
    }
    expect(givenCount).toBeGreaterThan(0);
    report(name, worst, 'sums of a few terms, rounded in another order');
  });
});

/** The entries of a source, row-major. */
function partOf(
  all: readonly TracedMatrix[],
  { quantity, layer }: { readonly quantity: string; readonly layer: number },
  { rows, columns }: Pick<ReturnType<typeof sourcesOf>[number], 'rows' | 'columns'>,
): number[] {
  const found = all.find((each) => each.quantity === quantity && each.layer === layer);
  if (!found) throw new Error(`there is no ${quantity} of layer ${layer}`);
  const { matrix } = found;
  expect(rows.first + rows.count).toBeLessThanOrEqual(matrix.rows);
  expect(columns.first + columns.count).toBeLessThanOrEqual(matrix.columns);
  return Array.from({ length: rows.count * columns.count }, (_, i) => {
    const row = rows.first + Math.floor(i / columns.count);
    return matrix.data[row * matrix.columns + columns.first + (i % columns.count)];
  });
}

/** The entry by plain loops over its sources, in the order of `sourcesOf`; undefined where it is given. */
function recomputed(
  job: TrainingJob,
  traced: RememberedTrace,
  { quantity, layer, row, column }: TracedEntry,
  sources: readonly (readonly number[])[],
): number | undefined {
  const [a, b, c] = sources;
  const { units, activation } = job.layers[layer];
  const loss: Loss = losses[job.loss];
  const count = meanCount(loss, traced.trace.targets.rows, traced.trace.targets.columns);
  switch (quantity) {
    case 'weights':
    case 'biases':
    case 'mask':
    case 'targets':
      return undefined;
    case 'input':
      return layer === 0 ? undefined : a[0] * b[0];
    case 'preActivations':
      return dot(a, b) + (c?.[0] ?? 0);
    case 'activations':
      return activations[activation].value(a[0]);
    case 'rowLosses': {
      const statistics = rowStatistics(Float64Array.from(a), Float64Array.from(b));
      return a.reduce((sum, output, k) => sum + loss.value(output, b[k], statistics), 0);
    }
    case 'loss':
      return a.reduce((sum, one) => sum + one, 0) / count;
    case 'activationsGradient': {
      if (layer < job.layers.length - 1) return dot(a, b);
      const statistics = rowStatistics(Float64Array.from(a), Float64Array.from(b));
      const at = loss.link === 'softmax' ? column : 0;
      return loss.derivative(a[at], b[at], statistics) / count;
    }
    case 'derivatives':
      // A sigmoid’s and a tanh’s is of the output, a linear one of neither: what is not there is not read.
      return activations[activation].derivative(a?.[0] ?? NaN, a?.[0] ?? NaN);
    case 'preActivationsGradient':
      return a[0] * b[0] * (c?.[0] ?? 1);
    case 'weightsGradient':
      return dot(a, b);
    case 'biasesGradient':
      return a.reduce((sum, one) => sum + one, 0);
    case 'updatedWeights':
    case 'updatedBiases': {
      const { weightsOffset, biasOffset = 0 } = traced.network.layers[layer];
      const at = quantity === 'updatedWeights' ? weightsOffset + row * units + column : biasOffset + column;
      return updated(job, traced, at, [a[0], b[0]]);
    }
  }
}

function dot(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, one, k) => sum + one * b[k], 0);
}

/** @param at the parameter’s place among all */
function updated(
  job: TrainingJob,
  { trace, first, second }: RememberedTrace,
  at: number,
  [parameter, gradient]: readonly [number, number],
): number {
  const optimizer: Optimizer = optimizers[job.optimizer];
  const rates = ratesAt(job);
  const followed = gradient * trace.clipFactor + penaltyGradient(optimizer, parameter, rates);
  const state = { first: first[at] ?? 0, second: second[at] ?? 0 };
  return parameter + optimizer.change(followed, state, rates) + decoupledDecay(optimizer, parameter, rates);
}

function ratesAt(job: TrainingJob): Rates {
  const rates = ratesOf(job);
  if (ratesVary(job)) moveRates(rates, job, STEP);
  return rates;
}

/** The entry as its formula has it, with the numbers of a step in it. */
function writtenValue(
  job: TrainingJob,
  { trace, first, second, network }: RememberedTrace,
  entry: TracedEntry,
  sizes: ReturnType<typeof sizesOf>,
): number | undefined {
  const { quantity, layer, row, column } = entry;
  const { units } = job.layers[layer];
  const { weightsOffset, biasOffset = 0 } = network.layers[layer];
  const at = quantity === 'updatedWeights' ? weightsOffset + row * units + column : biasOffset + column;
  const rates = ratesAt(job);
  const all = matricesOf(trace);
  const given: Record<keyof typeof rateLetters, number> = {
    ...rates,
    beta1: 1 - rates.firstRate,
    beta2: 1 - rates.secondRate,
    updateCount: STEP + 1,
  };
  const terms: EntryTerms = {
    sizes,
    leaf: ({ row: i, column: k, ...place }) =>
      number(partOf(all, place, { rows: { first: i, count: 1 }, columns: { first: k, count: 1 } })[0]),
    shown: (_axis, length) => Array.from({ length }, (_, k) => k),
    rates: Object.fromEntries(
      Object.keys(rateLetters).map((name) => [name, number(given[name as keyof typeof given])]),
    ) as Record<keyof typeof rateLetters, Formula>,
    clipFactor: number(trace.clipFactor),
    lossCount: number(meanCount(losses[job.loss], trace.targets.rows, trace.targets.columns)),
    first: number(first[at] ?? 0),
    second: number(second[at] ?? 0),
  };
  const formula = entryFormula(job, terms, entry);
  return formula && numberOf(formula);
}
