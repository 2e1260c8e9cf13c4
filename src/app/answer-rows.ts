import type { OpenTable, PredictedRows } from '../worker/client.ts';
import { withDecimals } from './format.ts';
import { chooseColumns, previewText } from './prediction-columns.ts';
import type { AnsweredRow } from './row-answers.ts';

/** Of probabilities, and of numbers below 10. */
const DECIMALS = 4;
/** Columns of inputs that stand beside an answer. */
const MOST_INPUTS = 4;
/** Of several targets, so many stand in a cell. */
const MOST_TARGETS = 3;

/** Rows of the table with what a network makes of them, as they are shown. */
export interface AnswerRows {
  /** Names of the inputs beside each answer. */
  readonly header: readonly string[];
  readonly rows: readonly AnsweredRow[];
}

/** Writes the first rows with their answers. */
export function answerRows(open: OpenTable, predicted: PredictedRows): AnswerRows {
  const columns = chooseColumns(open, predicted);
  const inputs = columns.inputs.slice(0, MOST_INPUTS);
  const { targets } = columns;
  const rows = Array.from(predicted.rows, (row, i): AnsweredRow => {
    const cells = open.preview[row];
    const text = ({ index, isText }: { index: number; isText: boolean }) => previewText(cells[index], isText);
    return {
      cells: inputs.map(text),
      actual: targets.slice(0, MOST_TARGETS).map(text).join(', '),
      ...answerTo(open, predicted, i),
    };
  });
  return { header: inputs.map(({ name }) => name), rows };
}

/** The most probable class with its probability, or a number for each target. */
function answerTo(
  { prepared }: OpenTable,
  { predictions, targets }: PredictedRows,
  i: number,
): Pick<AnsweredRow, 'predicted' | 'isOff'> {
  const { task, classes, outputCount = 1 } = prepared ?? {};
  const of = (values: Float64Array) => values.subarray(i * outputCount, (i + 1) * outputCount);
  const [said, actual] = [of(predictions), of(targets)];
  if (task === 'regression') return { predicted: Array.from(said.slice(0, MOST_TARGETS), number).join(', ') };
  if (task === 'binary') {
    const isOff = outputCount === 1 && said[0] >= 0.5 !== actual[0] >= 0.5;
    return { predicted: Array.from(said.slice(0, MOST_TARGETS), number).join(', '), isOff };
  }
  const best = largestAt(said);
  return { predicted: `${classes?.[best] ?? best} ${number(said[best])}`, isOff: best !== largestAt(actual) };
}

function number(value: number): string {
  const size = Math.max(1, Math.abs(value));
  return withDecimals(
    value,
    Number.isFinite(size) ? Math.max(0, DECIMALS - Math.floor(Math.log10(size))) : 0,
  );
}

function largestAt(values: Float64Array): number {
  return values.reduce((best, value, at) => (value > values[best] ? at : best), 0);
}
