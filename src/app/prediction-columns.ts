import type { OpenTable } from '../worker/client.ts';
import { cell } from './format.ts';

/** Of a column name, in characters; a longer one is cut. */
const LONGEST_NAME = 16;
/** Names are set smaller than numbers. */
const NAME_SIZE = 0.85;

const MOST_INPUTS = 8;

/** A column of the page's table, and where in the person's table it stands. */
interface Column {
  readonly name: string;
  readonly index: number;
  /** In characters, the name included. */
  readonly width: number;
}

export interface PredictionColumns {
  /** Undefined where the rows have no index. */
  readonly index: Column | undefined;
  readonly inputs: readonly Column[];
  readonly targets: readonly Column[];
}

/** What is shown of a table beside its predictions. */
export function chooseColumns({ columns, preview }: OpenTable): PredictionColumns {
  const all = columns.map(({ name, role }, index) => {
    const longest = preview.reduce((most, row) => Math.max(most, cell(row[index]).length), 0);
    return {
      name,
      role,
      index,
      width: Math.max(longest, Math.ceil(NAME_SIZE * Math.min(name.length, LONGEST_NAME))),
    };
  });
  return {
    index: all.find(({ role }) => role === 'index'),
    inputs: all.filter(({ role }) => role === 'input').slice(0, MOST_INPUTS),
    targets: all.filter(({ role }) => role === 'target'),
  };
}

/**
 * How wide each column is at least, as a CSS length to put into `calc`; the same for every row, because rows
 * are laid out one by one.
 */
export function trackSizes(
  { index, inputs, targets }: PredictionColumns,
  { withInputs }: { withInputs: boolean },
): string[] {
  const size = (characters: number) => `${characters}ch + var(--room)`;
  return [
    size(index?.width ?? 4),
    ...(withInputs ? inputs.map(({ width }) => size(width)) : []),
    ...targets.flatMap(({ width }) => [size(width), size(9), `${size(9)} + var(--bar)`]),
  ];
}
