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
  /** Inputs there are, those beside the answers among them. */
  readonly inputCount: number;
}

/** Writes rows with their answers. */
export function answerRows(open: OpenTable, predicted: PredictedRows): AnswerRows {
  const columns = chooseColumns(open, predicted);
  const inputs = columns.inputs.slice(0, MOST_INPUTS);
  const { targets } = columns;
  const { validation = 0, test = 0 } = open.prepared?.rowCounts ?? {};
  const hasParts = validation + test > 0;
  const rows = Array.from(predicted.rows, (row, i): AnsweredRow => {
    // The page has the first rows of a long table only.
    const cells: readonly string[] | undefined = open.preview[row];
    const text = ({ index, isText }: { index: number; isText: boolean }) =>
      previewText(cells?.[index] ?? '', isText);
    return {
      number: row + 1,
      ...(hasParts && { part: predicted.parts[i] }),
      cells: inputs.map(text),
      actual: targets.slice(0, MOST_TARGETS).map(text).join(', '),
      ...answerTo(open, predicted, { at: i, isWords: targets.some(({ isText }) => isText) }),
    };
  });
  const inputCount = open.plans.filter(({ role }) => role === 'input').length;
  return { header: inputs.map(({ name }) => name), rows, inputCount };
}

/** The most probable class and its probability apart, or a number for each target; of 0 or 1 the number says all. */
function answerTo(
  { prepared }: OpenTable,
  { predictions, targets }: PredictedRows,
  { at, isWords }: { readonly at: number; readonly isWords: boolean },
): Pick<AnsweredRow, 'predicted' | 'probability' | 'isOff'> {
  const { task, classes, outputCount = 1 } = prepared ?? {};
  const of = (values: Float64Array) => values.subarray(at * outputCount, (at + 1) * outputCount);
  const [said, actual] = [of(predictions), of(targets)];
  const numbers = Array.from(said.slice(0, MOST_TARGETS), number).join(', ');
  if (task === 'regression') return { predicted: numbers };
  if (task === 'binary') {
    const [isOne, wasOne] = [said[0] >= 0.5, actual[0] >= 0.5];
    const isOff = outputCount === 1 && !Number.isNaN(said[0]) && isOne !== wasOne;
    if (!classes || !isWords || outputCount > 1 || Number.isNaN(said[0]))
      return { predicted: numbers, isOff };
    return { predicted: classes[isOne ? 1 : 0], probability: number(isOne ? said[0] : 1 - said[0]), isOff };
  }
  const best = largestAt(said);
  // A run that diverged chooses no class.
  if (Number.isNaN(said[best])) return { predicted: number(said[best]) };
  const predicted = classes?.[best] ?? String(best);
  return { predicted, probability: number(said[best]), isOff: best !== largestAt(actual) };
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
