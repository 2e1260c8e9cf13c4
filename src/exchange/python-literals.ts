/** What Python writes down as data: JSON’s values, and maps whose keys are texts or numbers. */
export type PythonValue =
  string | number | boolean | null | readonly PythonValue[] | ReadonlyMap<string | number, PythonValue>;

/** Where a list or a dict goes over several lines. */
const LINE_WIDTH = 99;
const INDENT = '    ';
const BASE64_WIDTH = 96;

/**
 * A value as a Python literal in pure ASCII: `None`, `True`, `"Gr\xf6\xdfe"`, `{"a": [1, 2]}`. Over several lines where one
 * would be too long.
 *
 * @param indent of the line it stands in
 * @param column where it begins in its line
 */
export function pythonLiteral(value: PythonValue, indent = '', column = indent.length): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return pythonNumber(value);
  if (typeof value === 'string') return pythonString(value);
  const isMap = value instanceof Map;
  const [open, close] = isMap ? ['{', '}'] : ['[', ']'];
  const inner = indent + INDENT;
  const entries = isMap
    ? [...(value as ReadonlyMap<string | number, PythonValue>)].map(([key, entry]) => {
        const name = `${pythonLiteral(key)}: `;
        return (at: string) => name + pythonLiteral(entry, at, at.length + name.length);
      })
    : (value as readonly PythonValue[]).map((entry) => (at: string) => pythonLiteral(entry, at));
  const line = `${open}${entries.map((entry) => entry('')).join(', ')}${close}`;
  if (column + line.length < LINE_WIDTH && !line.includes('\n')) return line;
  const lines = entries.map((entry) => `${inner}${entry(inner)},\n`);
  return `${open}\n${lines.join('')}${indent}${close}`;
}

/** Base64 over several lines, which Python reads as one; `""` for nothing. */
export function base64Literal(text: string): string {
  if (text === '') return '""';
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += BASE64_WIDTH) lines.push(text.slice(at, at + BASE64_WIDTH));
  return `"""\n${lines.join('\n')}\n"""`;
}

function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return 'float("nan")';
  // Beyond the range of float64, which Python reads as infinity.
  if (!Number.isFinite(value)) return value > 0 ? '1e999' : '-1e999';
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  // Python's whole numbers are exact: without a point these digits, rounded for float64, would be another number.
  return Number.isInteger(value) && !Number.isSafeInteger(value) && !text.includes('e') ? `${text}.0` : text;
}

const ESCAPES = new Map([
  ['\\', String.raw`\\`],
  ['"', String.raw`\"`],
  ['\n', String.raw`\n`],
  ['\r', String.raw`\r`],
  ['\t', String.raw`\t`],
]);

function pythonString(text: string): string {
  // By code point: a pair of surrogates is one character to Python.
  return `"${Array.from(text, escapeCharacter).join('')}"`;
}

function escapeCharacter(character: string): string {
  const known = ESCAPES.get(character);
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) return character;
  const digits = code.toString(16);
  if (code < 0x100) return String.raw`\x${digits.padStart(2, '0')}`;
  return code < 0x10000 ? String.raw`\u${digits.padStart(4, '0')}` : String.raw`\U${digits.padStart(8, '0')}`;
}
