// What a boundary picture says in words.

import type { Field, FieldColumns, FieldPoints, FieldRequest, RowField } from '../worker/client.ts';
import { count, countOf, percent, properMinus, significant } from './format.ts';

/** Named in a sentence. */
const MOST_CLASSES = 5;
const MOST_HELD = 3;

/** The picture in a sentence, for those who do not see it. */
export function pictureSentence(field: Field, points: FieldPoints | undefined): string {
  const axes = [field.x, ...(field.y ? [field.y] : [])]
    .map(({ column, from, to }) => `“${column}” from ${significant(from)} to ${significant(to)}`)
    .join(' and ');
  const drawn = points ? ` ${rowsSentence(points)}` : '';
  return `${subjectOf(field)} over ${axes}: ${contentOf(field)}.${drawn} Some of the values follow as a table.`;
}

/** `1,000 of 5,000 rows are drawn.` */
export function rowsSentence({ x, rowCount }: FieldPoints): string {
  if (x.length === rowCount) return `All ${countOf(rowCount, 'row')} are drawn.`;
  return `${countOf(x.length, 'row')} of ${rowCount.toLocaleString('en-US')} are drawn.`;
}

/** Which inputs are not on an axis, and what follows for the rows; undefined where there is none. */
export function heldSentence(
  { held }: FieldColumns,
  { across, up, cells }: FieldRequest,
): string | undefined {
  const others = held
    .map((field, i) => ({ field, cell: cells[i] }))
    .filter(({ field: { column } }) => column !== across && column !== up);
  if (others.length === 0) return undefined;
  const named = others
    .slice(0, MOST_HELD)
    .map(({ field, cell }) => `${field.column} ${heldText(field, cell)}`);
  const rest = others.length - named.length;
  const list = [...named, ...(rest > 0 ? [`${count(rest)} more`] : [])].join(', ');
  const seen = up === undefined ? 'off the curve' : 'on another colour';
  const verb = others.length === 1 ? 'is' : 'are';
  return `${countOf(others.length, 'other input')} ${verb} held: ${list}. Rows with other values there may lie ${seen}.`;
}

function heldText(field: RowField, cell: string): string {
  if (cell === '') return 'missing';
  if (field.kind === 'number') return `at ${properMinus(cell)}`;
  return `at ${cell === field.other ? 'any other' : cell}`;
}

/** On which share of a plane of classes no probability is a number. */
export function lostShare({ kind, classShares }: Field): number {
  if (kind !== 'classes') return 0;
  const lost = 1 - classShares.reduce((sum, share) => sum + share, 0);
  // Shares are rounded; no plane has a billion points.
  return lost > 1e-9 ? lost : 0;
}

/** Whether any prediction of a field is a number. */
export function hasNumbers({ kind, extent, classShares }: Field): boolean {
  return kind === 'classes' ? classShares.some((share) => share > 0) : extent !== undefined;
}

/** One value as it stands in a cell of the table. */
export function valueText({ kind, classes, classOf, values, decides }: Field, at: number): string {
  const value = values[at];
  if (Number.isNaN(value)) return 'not a number';
  if (kind === 'classes') return `${classes?.[classOf[at]] ?? ''}, ${percent(value)}`;
  return decides ? percent(value) : significant(value);
}

function subjectOf({ kind, names }: Field): string {
  if (kind === 'classes') return 'The likeliest class';
  return names.length > 1 ? 'The probability of every class' : `“${names[0]}”, as predicted,`;
}

function contentOf(field: Field): string {
  const { kind, extent, classShares, names, decides } = field;
  if (!hasNumbers(field)) return 'no prediction is a number';
  if (kind === 'classes') {
    return [
      ...names
        .map((name, place) => ({ name, share: classShares[place] }))
        .filter(({ share }) => share > 0)
        .toSorted((a, b) => b.share - a.share)
        .slice(0, MOST_CLASSES)
        .map(({ name, share }) => `“${name}” on ${percent(share)}`),
      ...(lostShare(field) > 0 ? [`no number on ${percent(lostShare(field))}`] : []),
    ].join(', ');
  }
  if (!extent) return '';
  const text = decides ? percent : significant;
  return `from ${text(extent.least)} to ${text(extent.most)}`;
}
