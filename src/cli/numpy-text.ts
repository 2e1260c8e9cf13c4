/** `numpy.set_printoptions` as NumPy sets it by itself. */
const PRECISION = 8;
const LINE_WIDTH = 75;
/** Enough digits to tell a number that lies halfway from one that almost does. */
const EXACT_DIGITS = 100;

/** Writes one number at the width that all numbers of its array share. */
type Format = (value: number) => string;

/**
 * An array as `print` shows it in NumPy, with NumPy's default options: at most 8 decimals, scientific where
 * the numbers are very large, very small or very unlike, lines of at most 75 characters. Arrays of more than
 * 1,000 entries are written in full, where NumPy leaves out the middle.
 *
 * @param values row-major
 * @param shape [entries] or [rows, columns]
 * @see https://numpy.org/doc/stable/reference/generated/numpy.set_printoptions.html
 */
export function numpyText(
  values: ArrayLike<number>,
  shape: readonly [number] | readonly [number, number],
): string {
  const format = chooseFormat(Array.from(values));
  if (shape.length === 1) return lineOf(Array.from(values), format, 1);
  const [rowCount, columnCount] = shape;
  const rows = Array.from({ length: rowCount }, (_, row) =>
    lineOf(Array.from(values).slice(row * columnCount, (row + 1) * columnCount), format, 2),
  );
  return `[${rows.join('\n ')}]`;
}

/** One bracketed row, broken where it would pass the line width. */
function lineOf(values: readonly number[], format: Format, depth: number): string {
  const indent = ' '.repeat(depth);
  // Room for the closing brackets.
  const width = LINE_WIDTH - depth;
  const lines: string[] = [];
  let line = indent;
  for (const word of values.map(format)) {
    if (line.length > indent.length && line.length + word.length > width) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  // Only the separator goes: decimals may be padded to the last bracket.
  lines.push(line.slice(0, -1));
  return `[${lines.join('\n').slice(indent.length)}]`;
}

function chooseFormat(values: readonly number[]): Format {
  const finite = values.filter(Number.isFinite);
  const sizes = finite.filter((value) => value !== 0).map(Math.abs);
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const smallest = sizes.reduce((least, size) => Math.min(least, size), Infinity);
  const isScientific = sizes.length > 0 && (largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000);
  const number = isScientific ? scientificFormat(finite) : positionalFormat(finite);
  const width = Math.max(...values.map((value) => wordOf(value, number).length));
  return (value) => wordOf(value, number).padStart(width);
}

function wordOf(value: number, number: Format): string {
  if (Number.isFinite(value)) return number(value);
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

/** Points and signs aligned; after the last decimal that is needed there are spaces. */
function positionalFormat(values: readonly number[]): Format {
  const parts = (value: number) => shortPositional(value).split('.');
  const decimals = values.reduce((most, value) => Math.max(most, parts(value)[1].length), 0);
  return (value) => {
    const [whole, fraction] = parts(value);
    return `${whole}.${fraction.padEnd(decimals)}`;
  };
}

/** Every number with as many decimals as the longest one needs, and exponents of one length. */
function scientificFormat(values: readonly number[]): Format {
  const parts = (value: number) => shortScientific(value).split(/[.e]/);
  const decimals = values.reduce((most, value) => Math.max(most, parts(value)[1].length), 0);
  const exponentDigits = values.reduce((most, value) => Math.max(most, parts(value)[2].length - 1), 2);
  return (value) => {
    const [mantissa, exponent] = roundScientific(value, decimals).split('e');
    return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(exponentDigits, '0')}`;
  };
}

/** `-0.5`, `3.`: the fewest digits that mean this number, at most 8 decimals; always with a point. */
function shortPositional(value: number): string {
  const fewest = fewestDecimals(value);
  if (fewest <= PRECISION) return withPoint(value.toFixed(fewest), value);
  return withPoint(dropZeros(roundPositional(value, PRECISION)), value);
}

/** `1.14374817e-04`; the same in scientific notation. */
function shortScientific(value: number): string {
  const [mantissa, exponent] = value.toExponential().split('e');
  const decimals = mantissa.split('.')[1]?.length ?? 0;
  const isShort = decimals <= PRECISION;
  const rounded = isShort ? mantissa : dropZeros(roundScientific(value, PRECISION).split('e')[0]);
  return `${withPoint(rounded, value)}e${exponent}`;
}

/** Decimals of the shortest text that means this number. */
function fewestDecimals(value: number): number {
  const [mantissa, exponent] = value.toExponential().split('e');
  const decimals = mantissa.split('.')[1]?.length ?? 0;
  return Math.max(0, decimals - Number(exponent));
}

function roundPositional(value: number, decimals: number): string {
  return halfToEven(value.toFixed(decimals), value.toFixed(EXACT_DIGITS));
}

function roundScientific(value: number, decimals: number): string {
  const [rounded, exponent] = value.toExponential(decimals).split('e');
  const [exact, exactExponent] = value.toExponential(EXACT_DIGITS).split('e');
  const mantissa = exponent === exactExponent ? halfToEven(rounded, exact) : rounded;
  return `${withPoint(mantissa, value)}e${exponent}`;
}

/** JavaScript rounds a number that lies exactly halfway away from zero; NumPy to the even digit. */
function halfToEven(rounded: string, exact: string): string {
  const isHalfway = /^50*$/.test(exact.slice(rounded.length));
  return isHalfway && Number(rounded.at(-1)) % 2 === 1 ? exact.slice(0, rounded.length) : rounded;
}

function dropZeros(text: string): string {
  return text.includes('.') ? text.replace(/0+$/, '') : text;
}

/** NumPy keeps the point of a whole number, and the sign of a negative zero. */
function withPoint(text: string, value: number): string {
  const signed = Object.is(value, -0) ? `-${text}` : text;
  return signed.includes('.') ? signed : `${signed}.`;
}
