import { properMinus } from './format.ts';

/** How far one press of an arrow key goes. */
const STEP = 0.1;
const LARGE_STEP = 1;
const SMALL_STEP = 0.01;
/** Digits of a value in a field: more than a person types, fewer than float64 has. */
const DIGITS = 7;

/** What of a key decides. */
interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** A value as it stands in a field: `−0.25`, `1.667071`. */
export function fieldText(value: number): string {
  return properMinus(String(Number(value.toPrecision(DIGITS))));
}

/** What a person wrote, with either minus; undefined where it is no finite number. */
export function readField(text: string): number | undefined {
  const plain = text.trim().replaceAll('−', '-');
  if (plain === '' || /[^0-9eE.+-]/.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

/** The value after an arrow key: by 0.1, with Shift by 1, with Alt by 0.01; undefined for any other key. */
export function nudged(value: number, { key, shiftKey, altKey }: KeyPress): number | undefined {
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return undefined;
  const step = shiftKey ? LARGE_STEP : altKey ? SMALL_STEP : STEP;
  // 0.1 + 0.2 is 0.3 to whoever presses a key.
  return Number((value + (key === 'ArrowUp' ? step : -step)).toPrecision(12));
}
