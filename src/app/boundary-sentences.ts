// What a boundary picture says in words.

import type { Field, FieldPoints } from '../worker/client.ts';
import { countOf, percent, significant } from './format.ts';

/** Named in a sentence. */
const MOST_CLASSES = 5;

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

function contentOf({ kind, extent, classShares, names, decides }: Field): string {
  if (kind === 'classes') {
    return names
      .map((name, place) => ({ name, share: classShares[place] }))
      .filter(({ share }) => share > 0)
      .toSorted((a, b) => b.share - a.share)
      .slice(0, MOST_CLASSES)
      .map(({ name, share }) => `“${name}” on ${percent(share)}`)
      .join(', ');
  }
  if (!extent) return 'no prediction is a number';
  const text = decides ? percent : significant;
  return `from ${text(extent.least)} to ${text(extent.most)}`;
}
