// The derivatives of the first step: each as its matrix, held against finite differences and against the record.

import { notebookRecord } from '../index.ts';
import type { NotebookControl } from './notebook-control.ts';
import { recordedParameter, writeWeight } from './notebook-figures.ts';
import { differenceLine, recordApplies, renderFigures, renderMatrix } from './notebook-parts.ts';
import { checkDerivative, type CheckedDerivative, type TracedValues } from './notebook-steps.ts';
import { weightName } from './notebook-story.ts';

/** A derivative with how far it is from its finite difference. */
export function renderDerivative(name: CheckedDerivative, shown: TracedValues) {
  const checked = checkDerivative(name, shown);
  return renderMatrix(checked.derivative, {
    name,
    id: name,
    write: writeWeight,
    note: differenceLine(checked),
  });
}

/** dE/dw or dE/dv beside what NumPy and PyTorch have for it. */
export function renderGradient(
  notebook: NotebookControl,
  cell: 'phase-one' | 'phase-two',
  { values, trace }: TracedValues,
) {
  const { hiddenUnits } = values;
  const applies = recordApplies(notebook, cell);
  const [layer, first, letter] =
    cell === 'phase-one' ? ([1, 2 * hiddenUnits, 'w'] as const) : ([0, 0, 'v'] as const);
  const rows = Array.from(trace.layers[layer].weightsGradient.data, (value, index) => ({
    name: `dE/d${weightName(first + index, hiddenUnits)}`,
    recorded: recordedParameter(notebookRecord.gradients, first + index, hiddenUnits),
    ours: [value],
    write: writeWeight,
  }));
  return renderFigures(rows, {
    label: `dE/d${letter} at step 0, recorded and ours`,
    what: 'step 0',
    columns: [{ name: 'ours' }],
    applies,
  });
}
