import { InputError } from '../core/errors.ts';
import { MAX_SEED, NumpyRandom } from '../core/numpy-random.ts';
import { countOf, formatCount } from './wording.ts';

/** Which rows of a table serve what, each part in the order of the file. */
export interface RowParts {
  readonly training: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
}

/** How to share the rows out. */
export interface SplitOptions {
  /** The share of the rows kept apart to look at while training, 0 … 1; 0: none. */
  readonly validation: number;
  /** The share of the rows kept apart for the end, 0 … 1; 0: none. */
  readonly test: number;
  /** Draws the rows; 0 … 2³² − 1. */
  readonly seed: number;
}

const TRAINING = 0;
const VALIDATION = 1;
const TEST = 2;

/**
 * Shares rows out among training, validation and test, drawn from a seed.
 *
 * Each part holds its share of the rows, rounded, and at least 1 row. With classes, each part holds its share
 * of every class too, within one row, and every class keeps a row in training.
 *
 * @param rows of the table, in the order of the file
 * @param classOf the class of every row of the table, 0 … ; undefined: all rows alike
 * @throws InputError if a share is none, the shares leave nothing to train on, or rows are too few
 */
export function splitRows(rows: Uint32Array, options: SplitOptions, classOf?: Int32Array): RowParts {
  requireShares(options);
  const parts =
    options.validation > 0 || options.test > 0
      ? takeParts(rows, options, classOf).parts
      : { training: rows.slice(), validation: new Uint32Array(0), test: new Uint32Array(0) };
  requireParts(parts, options, classOf !== undefined);
  return parts;
}

/** Rows shared out for a cross-validation. */
export interface RowFolds {
  /** One per fold, in the order of the file. */
  readonly folds: readonly Uint32Array[];
  /** In the order of the file; the same rows as `splitRows` keeps apart where it shares out no validation part. */
  readonly test: Uint32Array;
}

/**
 * Shares out what the test part leaves among folds, drawn from the same seed: every row into one of them. Folds, and
 * the rows of a class in them, differ by 1 row at most.
 *
 * @param rows of the table, in the order of the file
 * @param foldCount 2 … the number of rows that are left
 * @param classOf the class of every row of the table, 0 … ; undefined: all rows alike
 * @throws InputError for another number of folds, a share for the test that is none, or too few rows for it
 */
export function splitFolds(
  rows: Uint32Array,
  { test: share, seed }: Pick<SplitOptions, 'test' | 'seed'>,
  foldCount: number,
  classOf?: Int32Array,
): RowFolds {
  requireFoldCount(foldCount);
  const options = { validation: 0, test: share, seed };
  requireShares(options);
  const { parts, left } = takeParts(rows, options, classOf);
  requireParts(parts, options, classOf !== undefined);
  const { training, test } = parts;
  requireRowsForFolds(training.length, test.length, foldCount);
  // Class by class in a drawn order, dealt like cards: a class goes on where the last one ended.
  const foldOf = new Int32Array(rows.length).fill(-1);
  let dealt = 0;
  for (const group of left) for (const position of group) foldOf[position] = dealt++ % foldCount;
  const folds = Array.from({ length: foldCount }, (): number[] => []);
  rows.forEach((row, position) => folds[foldOf[position]]?.push(row));
  return { folds: folds.map((fold) => Uint32Array.from(fold)), test };
}

/** The parts, and per class the positions in `rows` that train, in a drawn order. */
function takeParts(rows: Uint32Array, options: SplitOptions, classOf: Int32Array | undefined) {
  const { validation, test, seed } = options;
  const partOf = new Uint8Array(rows.length);
  const random = new NumpyRandom(seed);
  const groups = groupRows(rows, classOf).map((group) => shuffle(group, random));
  const left = groups.map(({ length }) => length);
  const sharedOut = [
    { part: VALIDATION, share: validation },
    { part: TEST, share: test },
  ];
  const floors = sharedOut.map(({ share }) => groups.map(({ length }) => Math.floor(length * share)));
  // What is due to both is taken off first, so that rounding up for one leaves the other its due.
  left.forEach((_, group) => (left[group] -= floors[0][group] + floors[1][group]));
  const taken = groups.map(() => 0);
  sharedOut.forEach(({ part, share }, i) => {
    const counts = roundUp(groups, share, { floors: floors[i], left });
    groups.forEach((group, index) => {
      const start = taken[index];
      taken[index] += counts[index];
      for (const position of group.subarray(start, taken[index])) partOf[position] = part;
    });
  });
  const parts = {
    training: rows.filter((_, position) => partOf[position] === TRAINING),
    validation: rows.filter((_, position) => partOf[position] === VALIDATION),
    test: rows.filter((_, position) => partOf[position] === TEST),
  };
  return { parts, left: groups.map((group, index) => group.subarray(taken[index])) };
}

/** Positions in `rows` per class. */
function groupRows(rows: Uint32Array, classOf: Int32Array | undefined): Uint32Array[] {
  if (!classOf) return [rows.map((_, position) => position)];
  const counts: number[] = [];
  for (const row of rows) counts[classOf[row]] = (counts[classOf[row]] ?? 0) + 1;
  const groups = Array.from(counts, (count) => new Uint32Array(count ?? 0));
  const filled = groups.map(() => 0);
  rows.forEach((row, position) => (groups[classOf[row]][filled[classOf[row]]++] = position));
  return groups;
}

/** Fisher and Yates. */
function shuffle(positions: Uint32Array, random: NumpyRandom): Uint32Array {
  for (let last = positions.length - 1; last > 0; last--) {
    const other = Math.floor(random.rand() * (last + 1));
    [positions[last], positions[other]] = [positions[other], positions[last]];
  }
  return positions;
}

/** One more row for the classes that floors cut most, until the part has its share of all rows. */
function roundUp(
  groups: readonly Uint32Array[],
  share: number,
  { floors, left }: { readonly floors: readonly number[]; readonly left: number[] },
): number[] {
  const counts = [...floors];
  if (share === 0) return counts;
  const rowCount = groups.reduce((sum, { length }) => sum + length, 0);
  let wanted = Math.max(1, Math.round(rowCount * share)) - counts.reduce((sum, count) => sum + count, 0);
  const cuts = groups.map(({ length }, group) => ({ group, cut: length * share - floors[group] }));
  for (const { group } of cuts.toSorted((a, b) => b.cut - a.cut)) {
    if (wanted <= 0) break;
    // The last row of a class stays in training.
    if (left[group] < 2) continue;
    counts[group]++;
    left[group]--;
    wanted--;
  }
  return counts;
}

function requireShares({ validation, test, seed }: SplitOptions): void {
  const shares = [
    ['validation', validation],
    ['test', test],
  ] as const;
  for (const [name, share] of shares) {
    if (share >= 0 && share < 1) continue;
    throw new InputError(`The share of rows for ${name} must be a number from 0 to below 1, not ${share}.`);
  }
  if (validation + test >= 1) {
    throw new InputError(
      `The shares for validation (${validation}) and test (${test}) leave no rows to train on. Together they must ` +
        'be below 1.',
    );
  }
  if (Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED) return;
  throw new InputError(
    `The seed of the split must be a whole number from 0 to ${MAX_SEED.toLocaleString('en-US')}, not ${seed}.`,
  );
}

function requireParts(
  { training, validation, test }: RowParts,
  wanted: SplitOptions,
  byClass: boolean,
): void {
  const isShort =
    training.length === 0 ||
    (wanted.validation > 0 && validation.length === 0) ||
    (wanted.test > 0 && test.length === 0);
  if (!isShort) return;
  const rowCount = training.length + validation.length + test.length;
  const parts = ['training', wanted.validation > 0 && 'validation', wanted.test > 0 && 'test'].filter(
    Boolean,
  );
  const reason = byClass ? ', and every class needs one of them in training' : '';
  throw new InputError(
    `${countOf(rowCount, 'row')} with a target cannot be shared out among ${parts.join(' and ')}${reason}. Give ` +
      'more rows, or keep none apart (a share of 0).',
  );
}

function requireFoldCount(foldCount: number): void {
  if (Number.isInteger(foldCount) && foldCount >= 2) return;
  throw new InputError(
    `The number of folds must be a whole number of 2 or more, not ${foldCount}; 5 or 10 is usual.`,
  );
}

function requireRowsForFolds(rowCount: number, testRowCount: number, foldCount: number): void {
  if (foldCount <= rowCount) return;
  throw new InputError(
    `${countOf(rowCount, 'row')} with a target${besideTest(testRowCount)} cannot be shared out among ` +
      `${formatCount(foldCount)} folds, which take at least 1 row each. Choose fewer folds, or give more rows.`,
  );
}

/** Where some rows are not to be counted on. */
export function besideTest(testRowCount: number): string {
  return testRowCount > 0 ? `, beside ${formatCount(testRowCount)} for the test,` : '';
}
