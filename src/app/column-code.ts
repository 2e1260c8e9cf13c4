import type { ColumnPlan, ColumnReading, ColumnRole } from '../index.ts';

const roleLetters: Readonly<Record<ColumnRole, string>> = {
  input: 'i',
  target: 't',
  index: 'x',
  ignored: 'o',
};
const readingLetters: Readonly<Record<ColumnReading, string>> = {
  number: 'n',
  category: 'c',
  'number-or-missing': 'm',
};

/** How the cells of a column are read, in one word. */
export function readingOf({ type, words }: Pick<ColumnPlan, 'type' | 'words'>): ColumnReading {
  return type === 'number' && words === 'missing' ? 'number-or-missing' : type;
}

/** A column read so. */
export function readAs(
  { name, role }: Pick<ColumnPlan, 'name' | 'role'>,
  reading: ColumnReading,
): ColumnPlan {
  if (reading === 'number-or-missing') return { name, role, type: 'number', words: 'missing' };
  return { name, role, type: reading };
}

/**
 * What the columns are taken for, two letters a column and none of their names: `xn`, `in`, `tc`. Undefined where they
 * are as they were guessed.
 */
export function columnCode(plans: readonly ColumnPlan[], guessed: readonly ColumnPlan[]): string | undefined {
  const codeOf = (columns: readonly ColumnPlan[]) =>
    columns.map((plan) => `${roleLetters[plan.role]}${readingLetters[readingOf(plan)]}`).join('');
  const code = codeOf(plans);
  return code === codeOf(guessed) ? undefined : code;
}

/** The columns such a code means; undefined where it is not one for this table. */
export function plansOf(code: string, guessed: readonly ColumnPlan[]): ColumnPlan[] | undefined {
  if (code.length !== 2 * guessed.length) return undefined;
  const plans = guessed.map(({ name }, position) => {
    const role = keyOf(roleLetters, code[2 * position]);
    const reading = keyOf(readingLetters, code[2 * position + 1]);
    return role && reading && readAs({ name, role }, reading);
  });
  return plans.every((plan) => plan !== undefined) ? plans : undefined;
}

function keyOf<Key extends string>(letters: Readonly<Record<Key, string>>, letter: string): Key | undefined {
  return (Object.keys(letters) as Key[]).find((key) => letters[key] === letter);
}
