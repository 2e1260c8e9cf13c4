import type { ModelSheet, PredictedTable } from '../worker/client.ts';
import { countOf } from './format.ts';

const SHOWN_NAMES = 5;

/** What became of a file of rows: first what was predicted, then what was ignored, filled or unknown. */
export function describePredicted(
  name: string,
  predicted: Omit<PredictedTable, 'csv'>,
  { targets }: Pick<ModelSheet, 'targets'>,
): string[] {
  const { rowCount, answers, extraColumns, filledCellCount, unseenCells, incompleteCount } = predicted;
  const more = rowCount > answers.length ? `; the first ${countOf(answers.length, 'row')} below` : '';
  const sentences = [
    `${name}: ${targets.join(', ')} predicted for ${countOf(rowCount - incompleteCount, 'row')}${more}.`,
  ];
  if (incompleteCount > 0) {
    sentences.push(
      `${countOf(incompleteCount, 'row')} without a prediction: a value is missing, and the network was trained on complete rows only.`,
    );
  }
  if (extraColumns.length > 0) {
    const names = extraColumns.slice(0, SHOWN_NAMES).map((column) => `“${column}”`);
    const rest = extraColumns.length - names.length;
    const which = `${names.join(', ')}${rest > 0 ? ` and ${countOf(rest, 'more column')}` : ''}`;
    sentences.push(
      `Ignored, because the network was not trained on ${extraColumns.length === 1 ? 'it' : 'them'}: ${which}.`,
    );
  }
  if (unseenCells.length > 0) {
    const which = unseenCells.map(([column, cells]) => `${countOf(cells, 'cell')} of “${column}”`);
    sentences.push(`Not seen in training, so counted as any other category: ${which.join(', ')}.`);
  }
  if (filledCellCount > 0) {
    sentences.push(`${countOf(filledCellCount, 'missing cell')} filled as in training.`);
  }
  return sentences;
}
