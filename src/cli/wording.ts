import { activations, type TrainingJob } from '../index.ts';

const SHOWN_CHARACTERS = 40;

/** 1234567 → `1,234,567`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 row`, `2 rows`. */
export function countOf(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/**
 * What a person wrote, fit for a terminal: on one line, at most 40 characters, without the control
 * characters that would move the cursor or colour the screen.
 */
export function printable(text: string): string {
  const characters = Array.from(
    text
      .slice(0, 4 * SHOWN_CHARACTERS)
      .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
      .trim(),
  );
  const isShort = characters.length <= SHOWN_CHARACTERS && text.length <= 4 * SHOWN_CHARACTERS;
  return isShort ? characters.join('') : `${characters.slice(0, SHOWN_CHARACTERS).join('')}…`;
}

/** A sentence with names of a table in it, whole. */
export function inOneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
}

/** The same in quotes. */
export function quoted(text: string): string {
  return `"${printable(text)}"`;
}

/** `learningRate` → `learning-rate`: a flag as a person writes it, by what it is called in commander. */
export function kebab(attribute: string): string {
  return attribute.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `2 inputs → 3 sigmoid → 1 sigmoid`. */
export function networkText(inputCount: number, layers: TrainingJob['layers']): string {
  const layerTexts = layers.map(
    ({ units, activation }) => `${count(units)} ${activations[activation].label}`,
  );
  return [countOf(inputCount, 'input'), ...layerTexts].join(' → ');
}
