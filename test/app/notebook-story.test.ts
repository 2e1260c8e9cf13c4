import { describe, expect, test } from 'vitest';
import {
  cellNames,
  dataOfStory,
  jobOfStory,
  keyOfCell,
  readStory,
  rowField,
  textOf,
  weightField,
  weightName,
  withText,
  type CellName,
  type StoryTexts,
} from '../../src/app/notebook-story.ts';
import { notebookJob, notebookRecord } from '../../src/core/notebook.ts';

const nothingTyped: StoryTexts = new Map();
const beginning = readStory(nothingTyped);

function typed(...entries: readonly (readonly [field: string, text: string])[]) {
  return readStory(entries.reduce((texts, [field, text]) => withText(texts, field, text), nothingTyped));
}

/** The cells that are computed from something else once a field was changed. */
function cellsChangedBy(field: string, text: string): CellName[] {
  const { values, problems } = typed([field, text]);
  expect(problems.size).toBe(0);
  return cellNames.filter((cell) => keyOfCell(cell, values) !== keyOfCell(cell, beginning.values));
}

describe('the notebook’s story', () => {
  test('begins with the notebook’s job, table and weights', () => {
    expect(jobOfStory(beginning.values)).toEqual(notebookJob);
    const { inputs, targets } = dataOfStory(beginning.values);
    expect([...inputs]).toEqual([0, 0, 0, 1, 1, 0, 1, 1]);
    expect([...targets]).toEqual([0, 1, 1, 1]);
    expect([...beginning.values.weights]).toEqual(notebookRecord.initialParameters);
  });

  test('a change reaches the cells that depend on it and no others', () => {
    const ofNetwork: CellName[] = ['forward', 'phase-one', 'phase-two', 'loop', 'pytorch', 'agreement'];
    expect(cellsChangedBy(rowField(3, 2), '0')).toEqual(['data', 'perceptron', ...ofNetwork]);
    expect(cellsChangedBy('w1', '2')).toEqual(['perceptron']);
    expect(cellsChangedBy('activation', 'tanh')).toEqual(['activation', ...ofNetwork]);
    expect(cellsChangedBy('point', '-2')).toEqual(['activation']);
    expect(cellsChangedBy('seed', '2')).toEqual(['weights', ...ofNetwork]);
    expect(cellsChangedBy(weightField(8), '1')).toEqual(['weights', ...ofNetwork]);
    expect(cellsChangedBy('f', '0.7')).toEqual(['error']);
    expect(cellsChangedBy('h', '1e-6')).toEqual(['phase-two']);
    expect(cellsChangedBy('rate', '0.1')).toEqual(['loop', 'pytorch', 'agreement']);
  });

  test('typed weights replace those of the draw until there is another draw', () => {
    const { values } = typed([weightField(0), '−0.25']);
    expect(values.weights[0]).toBe(-0.25);
    expect(Array.from(values.weights).slice(1)).toEqual(notebookRecord.initialParameters.slice(1));
    expect(jobOfStory(values).networks[0].initialParameters).toEqual(values.weights);
    const redrawn = typed([weightField(0), '−0.25'], ['units', '2']);
    expect(redrawn.values.weights).toHaveLength(6);
    expect(redrawn.values.areWeightsTyped).toBe(false);
  });

  test('what cannot be taken leaves the notebook’s value, and says what is accepted', () => {
    const { values, problems } = typed(
      [rowField(0, 0), 'many'],
      ['seed', '-1'],
      ['units', '9'],
      ['f', '1'],
      ['rate', '0'],
      ['steps', '1e9'],
      ['h', '0'],
      ['point', '7'],
    );
    expect(values).toEqual(beginning.values);
    expect([...problems.keys()]).toEqual(['units', 'seed', 'row 0 0', 'point', 'f', 'h', 'rate', 'steps']);
    expect(problems.get('row 0 0')).toBe(
      'x₁ of observation 1 must be a number from −1000 to 1000, not “many”.',
    );
    expect(problems.get('units')).toContain('from 1 to 8');
  });

  test('fields show what was typed, and otherwise as many digits as the notebook prints', () => {
    expect(textOf(nothingTyped, weightField(2), beginning)).toBe('0.00011437');
    const texts = withText(nothingTyped, weightField(2), '0.5');
    expect(textOf(texts, weightField(2), readStory(texts))).toBe('0.5');
    expect(textOf(nothingTyped, rowField(1, 2), beginning)).toBe('1');
  });

  test('names weights by row and column', () => {
    const names = Array.from({ length: 9 }, (_, index) => weightName(index, 3));
    expect(names).toEqual(['v₁₁', 'v₁₂', 'v₁₃', 'v₂₁', 'v₂₂', 'v₂₃', 'w₁₁', 'w₂₁', 'w₃₁']);
  });
});
