import type { ColumnPlan, ColumnRole, ColumnType } from '../index.ts';

const roleLetters: Readonly<Record<ColumnRole, string>> = {
  input: 'i',
  target: 't',
  index: 'x',
  ignored: 'o',
};
const typeLetters: Readonly<Record<ColumnType, string>> = { number: 'n', category: 'c' };

/**
 * What the columns are taken for, two letters a column and none of their names: `xn`, `in`, `tc`. Undefined where they
 * are as they were guessed.
 */
export function columnCode(plans: readonly ColumnPlan[], guessed: readonly ColumnPlan[]): string | undefined {
  const codeOf = (columns: readonly ColumnPlan[]) =>
    columns.map(({ role, type }) => `${roleLetters[role]}${typeLetters[type]}`).join('');
  const code = codeOf(plans);
  return code === codeOf(guessed) ? undefined : code;
}

/** The columns such a code means; undefined where it is not one for this table. */
export function plansOf(code: string, guessed: readonly ColumnPlan[]): ColumnPlan[] | undefined {
  const plans = guessed.map(({ name }, position) => ({
    name,
    role: keyOf(roleLetters, code[2 * position]),
    type: keyOf(typeLetters, code[2 * position + 1]),
  }));
  const isWhole = code.length === 2 * guessed.length && plans.every(({ role, type }) => role && type);
  return isWhole ? (plans as ColumnPlan[]) : undefined;
}

function keyOf<Key extends string>(letters: Readonly<Record<Key, string>>, letter: string): Key | undefined {
  return (Object.keys(letters) as Key[]).find((key) => letters[key] === letter);
}
