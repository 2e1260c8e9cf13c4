import { InputError } from '../core/errors.ts';
import type { Task } from '../core/metrics.ts';
import { readCategories, sortCategories, type Categories } from './categories.ts';
import type { ColumnPlan } from './columns.ts';
import { MAX_TEXTS, type Column } from './column.ts';
import type { Table } from './table.ts';
import { withoutWords, type UsedColumn } from './used-columns.ts';
import { countOf, formatCount, quote } from './wording.ts';

export const taskNames: readonly Task[] = ['regression', 'binary', 'classification'];

/** Classes of a target, and categories of an input: each is one more unit. */
export const MAX_CATEGORIES = 1_000;

/** The targets, read for one task. */
export interface Targets {
  readonly task: Task;
  /** The columns of the targets, in the order of the file. */
  readonly columns: readonly UsedColumn[];
  /** Sorted; the second of two is 1; undefined for numbers, and for several targets of 0 and 1. */
  readonly classes: readonly string[] | undefined;
  /** [rowCount of the table]: the place in `classes`, −1 where it is missing; undefined without classes. */
  readonly classOf: Int32Array | undefined;
}

/**
 * The task that fits the targets of a table: a target of two categories is binary, of more a classification;
 * targets of nothing but 0 and 1 are binary; all other numbers are a regression.
 *
 * @throws InputError if a target of categories is not the only target
 */
export function inferTask(table: Table, plans: readonly ColumnPlan[]): Task {
  const positions = new Map(table.columnNames.map((name, position) => [name, position]));
  const targets = plans.flatMap(({ name, type, role, words }) => {
    const position = positions.get(name);
    return role === 'target' && position !== undefined
      ? [{ name, type, column: withoutWords(table.columns[position], words) }]
      : [];
  });
  return taskOf(targets);
}

function taskOf(targets: readonly UsedColumn[]): Task {
  const category = targets.find(({ type }) => type === 'category');
  if (!category) return targets.every(({ column }) => isZeroOrOne(column)) ? 'binary' : 'regression';
  requireOneTarget(targets, `the target ${quote(category.name)} has categories`);
  return readCategories(category.column, 2) ? 'binary' : 'classification';
}

/**
 * Reads the targets for a task.
 *
 * @param rows those that are used, of the table
 * @param chosen overrules what fits the targets
 * @throws InputError if the targets cannot serve the task, or there is nothing to learn from them
 */
export function readTargets(columns: readonly UsedColumn[], rows: Uint32Array, chosen?: Task): Targets {
  const task = chosen ?? taskOf(columns);
  const categorical = columns.find(({ type }) => type === 'category');
  if (task === 'regression' && categorical) {
    throw new InputError(
      `The target ${quote(categorical.name)} has categories, and a regression needs numbers. Choose the task ` +
        'classification, or make the column one of numbers.',
    );
  }
  const areNumbers =
    task === 'regression' ||
    (task === 'binary' && !categorical && columns.every(({ column }) => isZeroOrOne(column)));
  if (!areNumbers) {
    requireOneTarget(columns, `the task is ${task} and the targets are not all numbers 0 and 1`);
    return readClasses(columns[0], rows, task);
  }
  columns.forEach((used) => requireVariety(used, rows));
  if (task === 'regression' || columns.length > 1) {
    return { task, columns, classes: undefined, classOf: undefined };
  }
  const values = columns[0].column.numbers;
  const classOf = Int32Array.from(values ?? [], (value) => (Number.isNaN(value) ? -1 : value));
  return { task, columns, classes: ['0', '1'], classOf };
}

function readClasses(used: UsedColumn, rows: Uint32Array, task: Task): Targets {
  const { name, type, column } = used;
  const fraction =
    type === 'number' ? column.numbers?.find((value) => !Number.isNaN(value) && value % 1 !== 0) : undefined;
  if (fraction !== undefined && task === 'classification') {
    throw new InputError(
      `The target ${quote(name)} holds ${fraction}, and numbers are classes only if they are whole. Choose the task ` +
        'regression, or make the column a category.',
    );
  }
  const categories = readCategories(column, Infinity);
  if (!categories) {
    throw new InputError(
      `The target ${quote(name)} has more than ${formatCount(MAX_TEXTS)} different texts; at most ` +
        `${formatCount(MAX_CATEGORIES)} classes are accepted. Choose another target.`,
    );
  }
  const { names, codes } = categories;
  const present = new Uint8Array(names.length);
  for (const row of rows) present[codes[row]] = 1;
  const presentNames = names.filter((_, code) => present[code] === 1);
  requireClasses(name, presentNames, rows.length, task);
  const classes = sortCategories(presentNames);
  return { task, columns: [used], classes, classOf: placesOf(categories, classes) };
}

/** For every row the place of its category in `names`, −1 where it is missing or not among them. */
export function placesOf({ names: read, codes }: Categories, names: readonly string[]): Int32Array {
  const places = new Map(names.map((name, place) => [name, place]));
  const placeOfCode = read.map((name) => places.get(name) ?? -1);
  return codes.map((code) => (code < 0 ? -1 : placeOfCode[code]));
}

function requireClasses(name: string, classes: readonly string[], rowCount: number, task: Task): void {
  if (classes.length < 2) refuseConstant(name, classes[0], rowCount);
  if (classes.length > 2 && classes.length === rowCount) {
    throw new InputError(
      `The target ${quote(name)} has ${formatCount(classes.length)} classes in ${countOf(rowCount, 'row')}, every one ` +
        'once, so none can be learned. Choose another target, or make it one of numbers and the task regression.',
    );
  }
  if (classes.length > MAX_CATEGORIES) {
    throw new InputError(
      `The target ${quote(name)} has ${formatCount(classes.length)} classes; at most ${formatCount(MAX_CATEGORIES)} are ` +
        'accepted. Choose another target, or make it one of numbers and the task regression.',
    );
  }
  if (task === 'binary' && classes.length > 2) {
    throw new InputError(
      `The target ${quote(name)} has ${formatCount(classes.length)} different values, and a binary task takes 2. Choose ` +
        'the task classification, or another target.',
    );
  }
}

function requireVariety({ name, column }: UsedColumn, rows: Uint32Array): void {
  const { numbers } = column;
  const first = numbers?.[rows[0]] ?? 0;
  if (rows.every((row) => numbers?.[row] === first)) refuseConstant(name, String(first), rows.length);
}

function refuseConstant(name: string, value: string, rowCount: number): never {
  const where = rowCount === 1 ? 'the only row' : `all ${formatCount(rowCount)} rows`;
  throw new InputError(
    `The target ${quote(name)} is ${quote(value)} in ${where} that can be used, so there is nothing to learn. ` +
      'Choose another target.',
  );
}

function requireOneTarget(targets: readonly UsedColumn[], reason: string): void {
  if (targets.length === 1) return;
  throw new InputError(
    `There are ${formatCount(targets.length)} targets, but ${reason}; 1 target is accepted then. Choose 1, or only ` +
      'targets of numbers.',
  );
}

/** Nothing but the numbers 0 and 1. */
function isZeroOrOne({ numbers, textCount }: Column): boolean {
  if (!numbers || textCount > 0) return false;
  return numbers.every((value) => value === 0 || value === 1 || Number.isNaN(value));
}
