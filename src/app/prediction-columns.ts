import type { OpenTable, PredictedRows } from '../worker/client.ts';
import { properMinus } from './format.ts';

/** Of a text or a name, in characters; a longer one is cut. */
const LONGEST_TEXT = 16;
/** Names are set smaller than numbers. */
const NAME_SIZE = 0.85;

const MOST_INPUTS = 8;

/** A column of the page's table, and where in its preview it stands. */
interface Column {
  readonly name: string;
  readonly index: number;
  readonly isText: boolean;
  /** In characters, the name included. */
  readonly width: number;
}

export interface PredictionColumns {
  /** Undefined where the rows have no index. */
  readonly index: Column | undefined;
  /** Whether rows are told apart by the part they are in. */
  readonly hasParts: boolean;
  readonly inputs: readonly Column[];
  readonly targets: readonly Column[];
  /** In characters: of a number as of a class. */
  readonly predictionWidth: number;
}

const NUMBER_WIDTH = 9;

/** What is shown of a table beside its predictions. */
export function chooseColumns(
  { plans, shown, preview, prepared }: OpenTable,
  { parts }: PredictedRows,
): PredictionColumns {
  const all = shown.map((position, index) => {
    const { name, type, role } = plans[position];
    const longest = preview.reduce((most, row) => Math.max(most, row[index].length), 0);
    const width = Math.max(
      Math.min(longest, LONGEST_TEXT),
      Math.ceil(NAME_SIZE * Math.min(name.length, LONGEST_TEXT)),
    );
    return { name, role, index, isText: type === 'category', width };
  });
  const classes = prepared?.task === 'classification' ? (prepared.classes ?? []) : [];
  const longestClass = Math.min(LONGEST_TEXT, Math.max(0, ...classes.map((name) => name.length)));
  return {
    index: all.find(({ role }) => role === 'index'),
    hasParts: parts.some((part) => part !== 'training'),
    inputs: all.filter(({ role }) => role === 'input').slice(0, MOST_INPUTS),
    targets: all.filter(({ role }) => role === 'target'),
    predictionWidth: Math.max(NUMBER_WIDTH, longestClass),
  };
}

/** A cell of the preview: numbers with a proper minus, a missing one as a dash. */
export function previewText(text: string, isText: boolean): string {
  if (text === '') return '–';
  return isText ? text : properMinus(text);
}

/**
 * How wide each column is at least, as a CSS length to put into `calc`; the same for every row, because rows
 * are laid out one by one.
 */
export function trackSizes(
  { index, hasParts, inputs, targets, predictionWidth }: PredictionColumns,
  { withInputs }: { withInputs: boolean },
): string[] {
  const size = (characters: number) => `${characters}ch + var(--room)`;
  return [
    size(Math.max(4, index?.width ?? 4)),
    ...(hasParts ? [size(8)] : []),
    ...(withInputs ? inputs.map(({ width }) => size(width)) : []),
    ...targets.flatMap(({ width }) => [
      size(width),
      size(predictionWidth),
      `${size(NUMBER_WIDTH)} + var(--bar)`,
    ]),
  ];
}
