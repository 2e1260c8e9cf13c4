import { beforeAll, describe, expect, it } from 'vitest';
import { formulaText } from '../../src/app/formula-text.ts';
import { givenText, nameAt, rangeText, shapeText, titleOf, trainingRowAt } from '../../src/app/walk-names.ts';
import {
  computationText,
  greatestText,
  matrixAt,
  sheetSentence,
  sourcesSentence,
  threeValues,
} from '../../src/app/walk-sentences.ts';
import { fraction, identifier, negative, plus, power, times } from '../../src/core/formula.ts';
import {
  notebookJob,
  number,
  type Trace,
  type TraceAxis,
  type TracedEntry,
  type TracedQuantity,
  type TracedStep,
  type TrainingJob,
} from '../../src/index.ts';
import { walkSheet, type WalkSheet, type WalkWindows } from '../../src/worker/walk-sheet.ts';
import { orData, variedJob } from '../support/jobs.ts';
import { traceAfter } from '../support/trace-after.ts';

const adapter = { vendor: 'google', architecture: 'swiftshader', description: '', isFallback: true };

describe('a formula as text', () => {
  const [a, b] = [identifier('a'), identifier('y', { hat: true, sub: '12,3' })];

  it.each([
    ['1 / (1 + e^(−0.4003))', fraction(number(1), plus(number(1), power(identifier('e'), number(-0.4003))))],
    ['(2 / a) a', times(fraction(number(2), a), a)],
    ['a (2 / a)', times(a, fraction(number(2), a))],
    ['a / 2 + a / 3', plus(fraction(a, number(2)), fraction(a, number(3)))],
    ['−ŷ₁₂,₃²', negative(power(b, number(2)))],
    ['W⁽²⁾₁₁′', identifier('W', { sup: '(2)', sub: '11', prime: true })],
  ])('%s', (expected, formula) => {
    expect(formulaText(formula)).toBe(expected);
  });
});

describe('the step of the notebook’s network', () => {
  let sheet: WalkSheet;
  beforeAll(async () => {
    const { trace } = await traceAfter(notebookJob, orData, 0);
    sheet = sheetOf(notebookJob, { reference: trace, gpu: undefined, adapter: null, refusal: undefined });
  });
  const said = (quantity: TracedQuantity, layer: number, row: number, column = 0) =>
    computationText(sheet, { quantity, layer, row, column }, 'float64');

  it('says how each entry was computed, with numbers', () => {
    expect(said('preActivations', 0, 3, 1)).toBe('ŷ₄₂: 0.8671 = 1 × 0.7203 + 1 × 0.1468');
    expect(said('activations', 0, 3, 1)).toBe('g₄₂: 0.7041 = 1 / (1 + e^(−0.8671))');
    expect(said('rowLosses', 1, 0)).toMatch(/^E₁: 0\.\d{4} = \(0\.\d{4} − 0\)²$/);
    expect(said('loss', 1, 0)).toMatch(/^E: 0\.1960 = \(0\.\d+ \+ 0\.\d+ \+ 0\.\d+ \+ 0\.\d+\) \/ 4$/);
    expect(said('activationsGradient', 1, 0)).toMatch(/^∂E\/∂f₁₁: 0\.\d+ = 2 × \(0\.\d+ − 0\) \/ 4$/);
    expect(said('updatedWeights', 1, 0)).toMatch(/^w₁₁′: 0\.\d+ = 0\.1863 − 0\.05 × \(?−?0\.\d+\)?$/);
    expect(said('targets', 1, 1)).toBe('f₀,₂₁: 1. What the table says.');
    expect(said('weights', 0, 0)).toBe('v₁₁: 0.4170. What the run began with.');
  });

  it('says what an entry was made of', () => {
    const of = (quantity: TracedQuantity, layer: number) =>
      sourcesText(sheet, { quantity, layer, row: 0, column: 0 });
    expect(of('preActivations', 0)).toBe('Made of 2 entries of x and 2 of v.');
    expect(of('activations', 0)).toBe('Made of 1 entry of ŷ.');
    expect(of('weights', 0)).toBe('');
    // Each of them leads to its matrix.
    const parts = sourcesSentence(sheet, { quantity: 'preActivations', layer: 0, row: 0, column: 0 });
    expect(parts.flatMap(({ text, place }) => (place ? [[text, place.quantity, place.layer]] : []))).toEqual([
      ['2 entries of x', 'input', 0],
      ['2 of v', 'weights', 0],
    ]);
  });

  it('calls inputs and outputs what the table calls them', () => {
    const names = { inputNames: ['width', ' \n'], outputNames: ['kind'], classes: undefined };
    const named = (axis: TraceAxis) => [0, 1, 2].map((place) => nameAt(axis, place, sheet, names));
    expect(named(0)).toEqual(['width', '(empty)', undefined]);
    expect(named(1)).toEqual([undefined, undefined, undefined]);
    expect(named(2)).toEqual(['kind', undefined, undefined]);
    const classes = { ...names, outputNames: ['kind = a', 'kind = b'], classes: ['a', 'b'] };
    expect(nameAt(2, 1, sheet, classes)).toBe('b');
    // Of two classes, one output says the probability of one.
    expect(nameAt(2, 0, sheet, { ...names, classes: ['a', 'b'] })).toBe('kind');
    expect(named('batch')).toEqual([undefined, undefined, undefined]);
  });

  it('says where a row stands in the table where that is not its place in the batch', () => {
    const inOrder = [0, 1, 2, 3].map((row) => trainingRowAt(row, sheet));
    expect(inOrder).toEqual([undefined, undefined, undefined, undefined]);
    const shuffled = { ...sheet, shownRows: Uint32Array.of(3, 1, 0, 2) };
    expect([0, 1, 2, 3].map((row) => trainingRowAt(row, shuffled))).toEqual([4, undefined, 1, 3]);
  });

  it('says of the last step that it is the last', () => {
    const last = { ...sheet, step: 9999, stepCount: 10_000 };
    expect(sheetSentence(last)).toBe(
      'Step 9,999, the last of the run on the GPU, recomputed by the reference (float64) from the run’s snapshot before it. It leads to what stands at 10,000.',
    );
    expect(sheetSentence({ ...last, stepCount: 9999 })).toContain('Step 9,999 of the run');
    expect(sheetSentence({ ...last, step: 9998 })).toContain('Step 9,998 of the run');
  });

  it('names its matrices and their sizes', () => {
    const names = sheet.matrices.map((matrix) => `${titleOf(matrix, notebookJob)}: ${shapeText(matrix)}`);
    expect(names.slice(0, 3)).toEqual([
      'inputs: 4 rows × 2 inputs',
      'weights, hidden layer: 2 inputs × 3 units',
      'pre-activations, hidden layer: 4 rows × 3 units',
    ]);
    expect(names).toContain('loss of each row: 4 rows');
    expect(names).toContain('loss: one number');
    expect(sheetSentence(sheet)).toBe(
      'Step 0 of the run on the GPU, recomputed by the reference (float64) from the run’s snapshot before it.',
    );
  });
});

describe('a step of a larger network', () => {
  it('counts what lies outside the window, and says what an optimizer remembers', async () => {
    const { job, data } = variedJob(8, 50);
    const { trace } = await traceAfter({ ...job, optimizer: 'adam' }, data, 5);
    const sheet = sheetOf(
      { ...job, optimizer: 'adam' },
      { reference: trace, gpu: moved(trace), adapter, refusal: undefined },
      { firstRow: 8, firstUnits: [] },
    );
    const gradient = { quantity: 'weightsGradient', layer: 0, row: 1, column: 2 } as const;
    expect(sourcesText(sheet, gradient)).toBe(
      'Made of 8 entries of X and 8 of ∂E/∂Z⁽¹⁾, and 100 more outside the window.',
    );
    const text = computationText(sheet, gradient, 'gpu');
    expect(text).toMatch(/^∂E\/∂W⁽¹⁾₂₃: \S+ = … \+ .+ \+ …$/);
    expect(text.split(' × ')).toHaveLength(7);
    const update = { quantity: 'updatedWeights', layer: 0, row: 0, column: 0 } as const;
    expect(sourcesText(sheet, update)).toBe(
      'Made of 1 entry of W⁽¹⁾ and 1 of ∂E/∂W⁽¹⁾. s and r: what Adam remembers from the steps before.',
    );
    expect(computationText(sheet, { ...gradient, column: 8 }, 'gpu')).toBe(
      '∂E/∂W⁽¹⁾₂₉ lies outside the window.',
    );
    expect(sheetSentence(sheet)).toBe(
      'Step 5 of the run on the GPU, recomputed by the layered kernels (float32, google · swiftshader) and by the reference (float64) from the run’s snapshot before it.',
    );
    expect(rangeText('batch', { first: 8, count: 8 }, 58)).toBe('rows 9–16 of 58');
    expect(rangeText(1, { first: 8, count: 1 }, 9)).toBe('unit 9 of 9');
    expect(givenText({ quantity: 'weights', layer: 0 }, sheet)).toBe('As step 4 left them.');
    const outputs = matrixAt(sheet, { quantity: 'activations', layer: 0 });
    if (!outputs) throw new Error('no activations');
    expect(greatestText(outputs)).toBe('Greatest difference 0.0010, in row 9, column 1.');
    expect(threeValues(outputs, { quantity: 'activations', layer: 0, row: 8, column: 0 })).toMatch(
      /^float32 \S+, float64 \S+, difference 0\.0010$/,
    );
  });
});

function sourcesText(sheet: WalkSheet, entry: TracedEntry): string {
  return sourcesSentence(sheet, entry)
    .map(({ text }) => text)
    .join('');
}

function sheetOf(
  job: TrainingJob,
  traced: TracedStep,
  windows: WalkWindows = { firstRow: 0, firstUnits: [] },
): WalkSheet {
  const inputCount = traced.reference.layers[0].input.columns;
  return walkSheet(traced, { job, inputCount, stepCount: 10, networkLabel: 'GPU' }, windows);
}

/** The first activation of the ninth row is 0.001 more. */
function moved(trace: Trace): Trace {
  const copy = structuredClone(trace);
  const { data, columns } = copy.layers[0].activations;
  data[8 * columns] += 0.001;
  return copy;
}
