import { describe, expect, it } from 'vitest';
import { expandedLines } from '../../src/core/expanded-lines.ts';
import type { Formula } from '../../src/core/formula.ts';
import type { TrainingData, TrainingJob } from '../../src/core/job.ts';
import { losses, meanCount } from '../../src/core/losses.ts';
import { matrix, type Matrix } from '../../src/core/matrix.ts';
import { notebookJob } from '../../src/core/notebook.ts';
import { rateLetters } from '../../src/core/optimizer-formulas.ts';
import { ratesOf } from '../../src/core/rates.ts';
import { formulasOf } from '../../src/core/step-formulas.ts';
import { notationOf } from '../../src/core/step-notation.ts';
import { matricesOf, type TracedQuantity } from '../../src/core/trace.ts';
import { latexOf } from '../../src/exchange/latex.ts';
import { closeness, report, type Closeness } from '../support/close.ts';
import { valueOf } from '../support/formula-value.ts';
import { droppingJob, orData, variedJob, type NamedJob } from '../support/jobs.ts';
import { traceAfter } from '../support/trace-after.ts';

/** Of a formula against the step that it describes, relative to the largest entry: both round, in another order. */
const FORMULA_TOLERANCE = 1e-12;
const STEP = 5;

/** A notebook's network with everything a step can have. */
const fullJob: TrainingJob = {
  ...notebookJob,
  layers: [
    { units: 3, activation: 'tanh', bias: true },
    { units: 1, activation: 'linear', bias: true },
  ],
  loss: 'bce',
  optimizer: 'adam',
  dropout: 0.5,
  clipNorm: 0.01,
  networks: [{ seed: 1, learningRate: 0.05, weightDecay: 0.01, l1: 0.001 }],
};

const jobs: NamedJob[] = [
  { name: 'the notebook’s', job: notebookJob, data: orData },
  { name: 'one with everything', job: fullJob, data: orData },
  ...Array.from({ length: 20 }, (_, seed) => variedJob(seed, 50)),
  ...Array.from({ length: 5 }, (_, seed) => droppingJob(seed, 50)),
];

describe('the equations of a step', () => {
  it('are the notebook’s, in its letters', () => {
    expect(linesOf(notebookJob)).toEqual([
      '\\hat{y} = x \\cdot v',
      'g = \\frac{1}{1 + e^{-\\hat{y}}}',
      'y = g \\cdot w',
      'f = \\frac{1}{1 + e^{-y}}',
      'E_{i} = \\sum_{k} \\left(f_{ik} - f_{0,ik}\\right)^{2}',
      'E = \\frac{\\sum_{i} E_{i}}{N}',
      '\\frac{\\partial E}{\\partial f} = \\frac{2 \\, \\left(f - f_{0}\\right)}{N}',
      '\\frac{\\partial f}{\\partial y} = f \\, \\left(1 - f\\right)',
      '\\frac{\\partial E}{\\partial y} = \\frac{\\partial E}{\\partial f} \\circ \\frac{\\partial f}{\\partial y}',
      '\\frac{\\partial E}{\\partial w} = {g}^\\top \\cdot \\frac{\\partial E}{\\partial y}',
      '\\frac{\\partial E}{\\partial g} = \\frac{\\partial E}{\\partial y} \\cdot {w}^\\top',
      '\\frac{\\partial g}{\\partial \\hat{y}} = g \\, \\left(1 - g\\right)',
      '\\frac{\\partial E}{\\partial \\hat{y}} = \\frac{\\partial E}{\\partial g} \\circ \\frac{\\partial g}{\\partial \\hat{y}}',
      '\\frac{\\partial E}{\\partial v} = {x}^\\top \\cdot \\frac{\\partial E}{\\partial \\hat{y}}',
      'w^{\\prime} = w - \\eta \\, \\frac{\\partial E}{\\partial w}',
      'v^{\\prime} = v - \\eta \\, \\frac{\\partial E}{\\partial v}',
    ]);
  });

  it('number their layers where there is not one hidden layer', () => {
    const layers = [...notebookJob.layers.slice(0, 1), ...notebookJob.layers].map((layer) => ({
      ...layer,
      bias: true,
    }));
    const lines = linesOf({ ...notebookJob, layers });
    expect(lines.slice(0, 4)).toEqual([
      'Z^{(1)} = X \\cdot W^{(1)} + b^{(1)}',
      'A^{(1)} = \\frac{1}{1 + e^{-Z^{(1)}}}',
      'Z^{(2)} = A^{(1)} \\cdot W^{(2)} + b^{(2)}',
      'A^{(2)} = \\frac{1}{1 + e^{-Z^{(2)}}}',
    ]);
    expect(lines).toContain(
      '\\frac{\\partial E}{\\partial b_{k}^{(1)}} = \\sum_{i} \\frac{\\partial E}{\\partial Z_{ik}^{(1)}}',
    );
    expect(lines).toContain('W^{(1)\\prime} = W^{(1)} - \\eta \\, \\frac{\\partial E}{\\partial W^{(1)}}');
  });

  it('have everything that a job has, and letters that do not collide', () => {
    const lines = linesOf(fullJob);
    for (const line of [
      '\\hat{y} = x \\cdot v + a',
      'h = g \\circ m',
      'y = h \\cdot w + b',
      '\\frac{\\partial E}{\\partial f} = \\frac{p - f_{0}}{N}',
      'p = \\frac{1}{1 + e^{-f}}',
      '\\frac{\\partial E}{\\partial h} = \\frac{\\partial E}{\\partial y} \\cdot {w}^\\top',
      'd = c \\, \\frac{\\partial E}{\\partial w} + \\lambda \\, w + \\lambda_{1} \\, \\operatorname{sign}\\left(w\\right)',
    ])
      expect(lines).toContain(line);
  });

  it.each(jobs)('compute each matrix from those before it: $name', async ({ name, job, data }) => {
    const values = await valuesOf(job, data);
    const quantities = formulasOf(job).map(({ quantity, layer }) => `${quantity} ${layer}`);
    expect(quantities).toEqual(values.places);
    let worst: Closeness = { ratio: 0, observed: 0, allowed: 0 };
    for (const { quantity, layer, formulas } of formulasOf(job)) {
      if (quantity === 'updatedWeights' || quantity === 'updatedBiases') values.remember(quantity, layer);
      const [own, ...named] = formulas.map(sidesOf);
      if (!own) continue;
      // What a formula names is computed before it.
      for (const [symbol, right] of named.toReversed())
        values.known.set(latexOf(symbol), valueOf(right, values.known));
      const expected = values.matrixAt(quantity, layer);
      // A number alone, as the derivative of a linear layer, is that of every entry.
      const { rows, columns, data: actual } = filled(valueOf(own[1], values.known), expected);
      expect([rows, columns], `${quantity} ${layer}`).toEqual([expected.rows, expected.columns]);
      const allowed = FORMULA_TOLERANCE * Math.max(1e-30, ...expected.data.map(Math.abs));
      const near = closeness(actual, expected.data, allowed);
      expect(near.ratio, `${quantity} ${layer}`).toBeLessThanOrEqual(1);
      if (near.ratio > worst.ratio) worst = near;
    }
    report(name, worst, 'sums of a few terms, rounded in another order');
  });
});

describe('expanded lines', () => {
  const lines = (quantity: TracedQuantity, layer: number, rowCount = 4) => {
    const { lines: all, notShownCount } = expandedLines(notebookJob, 2, rowCount, { quantity, layer });
    return [...all.map(latexOf), notShownCount];
  };

  it('are the notebook’s, with dots where they are many', () => {
    expect(lines('preActivations', 0)).toEqual([
      '\\hat{y}_{11} = x_{11} \\, v_{11} + x_{12} \\, v_{21}',
      '\\hat{y}_{12} = x_{11} \\, v_{12} + x_{12} \\, v_{22}',
      '\\dots',
      '\\hat{y}_{42} = x_{41} \\, v_{12} + x_{42} \\, v_{22}',
      '\\hat{y}_{43} = x_{41} \\, v_{13} + x_{42} \\, v_{23}',
      8,
    ]);
    expect(lines('preActivations', 1)[3]).toBe(
      'y_{41} = g_{41} \\, w_{11} + g_{42} \\, w_{21} + g_{43} \\, w_{31}',
    );
  });

  it('shorten long sums, and put a comma between numbers of two digits', () => {
    expect(lines('weightsGradient', 1, 150)[2]).toBe(
      '\\frac{\\partial E}{\\partial w_{31}} = g_{13} \\, \\frac{\\partial E}{\\partial y_{11}} + g_{23} \\, \\frac{\\partial E}{\\partial y_{21}} + \\dots + g_{149,3} \\, \\frac{\\partial E}{\\partial y_{149,1}} + g_{150,3} \\, \\frac{\\partial E}{\\partial y_{150,1}}',
    );
    expect(lines('loss', 1)).toEqual(['E = \\frac{E_{1} + E_{2} + E_{3} + E_{4}}{N}', 0]);
  });

  it('are none of what is given', () => {
    expect(lines('weights', 0)).toEqual([0]);
  });
});

function linesOf(job: TrainingJob): string[] {
  return formulasOf(job).flatMap(({ formulas }) => formulas.map(latexOf));
}

function sidesOf(formula: Formula): [symbol: Formula, right: Formula] {
  if (formula.kind !== 'operation' || formula.operator !== '=') throw new Error('not an equation');
  return [formula.terms[0], formula.terms[1]];
}

function filled(value: Matrix, { rows, columns }: Matrix): Matrix {
  if (value.data.length !== 1) return value;
  return matrix(rows, columns, new Float64Array(rows * columns).fill(value.data[0]));
}

/** What every letter of a job's equations is, in a step of it. */
async function valuesOf(job: TrainingJob, data: TrainingData) {
  const { trace, first, second, network } = await traceAfter(job, data, STEP);
  const { symbol, entry, first: s, second: r } = notationOf(job);
  const known = new Map<string, Matrix | number>();
  const places: string[] = [];
  for (const { quantity, layer, matrix: value } of matricesOf(trace)) {
    places.push(`${quantity} ${layer}`);
    known.set(latexOf(symbol({ quantity, layer })), value);
    for (const column of ['k', 'j']) known.set(latexOf(entry({ quantity, layer }, 'i', column)), value);
  }
  const gradients = trace.layers.flatMap(({ weightsGradient, biasesGradient }) => [
    ...weightsGradient.data,
    ...(biasesGradient?.data ?? []),
  ]);
  known.set(
    '\\frac{\\partial E}{\\partial \\theta}',
    matrix(1, gradients.length, Float64Array.from(gradients)),
  );
  const { momentum, firstRate, secondRate, epsilon, weightDecay, l1 } = ratesOf(job);
  const rates = {
    learningRate: trace.learningRate,
    momentum,
    beta1: 1 - firstRate,
    beta2: 1 - secondRate,
    epsilon,
    weightDecay,
    l1,
    updateCount: STEP + 1,
  };
  for (const [name, letter] of Object.entries(rateLetters))
    known.set(latexOf(letter), rates[name as keyof typeof rates]);
  known.set('N', meanCount(losses[job.loss], trace.targets.rows, trace.targets.columns));
  return {
    known,
    places,
    matrixAt: (quantity: TracedQuantity, layer: number): Matrix =>
      matricesOf(trace).find((each) => each.quantity === quantity && each.layer === layer)?.matrix ??
      matrix(0, 0),
    /** What the optimizer remembers of the matrix at hand. */
    remember(quantity: 'updatedWeights' | 'updatedBiases', layer: number): void {
      const { inputCount, units, weightsOffset, biasOffset = 0 } = network.layers[layer];
      const isWeights = quantity === 'updatedWeights';
      const part = (state: Float64Array) =>
        matrix(isWeights ? inputCount : 1, units, state, isWeights ? weightsOffset : biasOffset);
      if (first.length > 0) known.set(latexOf(s), part(first));
      if (second.length > 0) known.set(latexOf(r), part(second));
    },
  };
}
