import Papa from 'papaparse';
import { TableBuilder, type Table } from './table.ts';
import { textPieces } from './text-pieces.ts';

export type { Table } from './table.ts';

const DELIMITERS = [',', ';', '\t', '|'];
/** The delimiter is guessed from the first rows. */
const SAMPLE_ROWS = 20;
/** No row is longer, in UTF-16 units; beyond it, a quote was opened and never closed. */
const MAX_ROW_LENGTH = 1024 * 1024;

interface Layout {
  readonly delimiter: string;
  readonly newline: '\n' | '\r';
}

/** What `Papa.Parser.parse` returns, as far as it is used here. */
interface Parsed {
  readonly data: string[][];
  /** Only mistakes of quoting; `row` counts from the first row of `data`. */
  readonly errors: readonly { readonly row: number }[];
  /** `cursor` is where the first row begins that is not in `data`. */
  readonly meta: { readonly cursor: number };
}

/**
 * Reads a table of numbers from CSV text: the first row that is not blank names the columns, every other
 * row that is not blank is one row of numbers.
 *
 * Comma, semicolon, tab or | separate the cells (guessed from the first rows); cells may be quoted; line
 * ends may be LF, CRLF or CR; numbers are plain or scientific (`-0.5`, `1e-3`). The source is read and
 * parsed in pieces of 64 KiB with the event loop between them, so memory beyond the numbers is bounded.
 *
 * @param source UTF-8 text, as a string or a file; nothing is sent anywhere
 * @param options.signal ends the reading; the promise then rejects with the signal's reason
 * @returns the columns as float64, at most 10,000 columns and 16,777,216 cells (128 MiB)
 * @throws InputError one sentence a person can act on: what is wrong, where, and what to do
 */
export async function readTable(
  source: string | Blob,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Table> {
  const file = typeof source === 'string' ? new Blob([source]) : source;
  const builder = new TableBuilder();
  let layout: Layout | undefined;
  let pending = '';
  for await (const { text, isLast } of textPieces(file, options.signal)) {
    pending += text;
    if (!layout) {
      pending = pending.replace(/^\s*[\r\n]/, '');
      layout = findLayout(pending, isLast);
    }
    if (layout) pending = addRows(builder, pending, layout, isLast);
    if (builder.isHopeless) break;
  }
  return builder.finish(file.size);
}

/**
 * Adds the complete rows of `text`.
 *
 * @returns what is left of it: the beginning of a row
 */
function addRows(builder: TableBuilder, text: string, layout: Layout, isLast: boolean): string {
  // A last line end makes the parser treat white space after a last quote as it does on every other line.
  const { data, errors, meta } = parse(isLast ? text + layout.newline : text, layout, isLast);
  const misquotedRow = errors[0]?.row;
  for (let row = 0; row < data.length && !builder.isHopeless; row++) {
    if (row === misquotedRow) builder.refuseQuotes();
    if (!isBlank(data[row])) builder.addRow(data[row]);
  }
  if (isLast) return '';
  // One misplaced quote may only be one whose delimiter comes with the next piece; two cannot.
  if (errors.length > 1) builder.refuseQuotes();
  const rest = text.slice(meta.cursor);
  if (rest.length > MAX_ROW_LENGTH) refuseLongRow(builder, rest, layout);
  return rest;
}

/** Counts the cells that came so far of a row that does not end. */
function refuseLongRow(builder: TableBuilder, text: string, layout: Layout): never {
  const { data, errors } = parse(text, layout, true);
  if (errors.length > 0) builder.refuseQuotes();
  builder.refuseLongRow(data[0].length, text.length);
}

function parse(text: string, layout: Layout, isLast: boolean, preview = 0): Parsed {
  // The parser beneath Papa.parse: it is synchronous, takes pieces, and needs no FileReader (Node has none).
  const parser = new Papa.Parser({ ...layout, preview });
  return parser.parse(text, 0, !isLast) as Parsed;
}

/**
 * Guesses line end and delimiter. LF also stands for CRLF: the CR left at the end of a row is white space.
 *
 * @returns undefined until the first row is complete, or longer than any row may be
 */
function findLayout(text: string, isLast: boolean): Layout | undefined {
  const isDecidable = isLast || /[\r\n][^]/.test(text) || text.length > MAX_ROW_LENGTH;
  if (!isDecidable) return undefined;
  const newline = text.includes('\r') && !text.includes('\n') ? '\r' : '\n';
  return { delimiter: guessDelimiter(text, newline, isLast), newline };
}

/** The delimiter under which most rows have as many cells as the first; among equals, the most cells. */
function guessDelimiter(text: string, newline: Layout['newline'], isLast: boolean): string {
  const isWhole = isLast || text.length > MAX_ROW_LENGTH;
  let best = { delimiter: DELIMITERS[0], share: 0, cells: 0 };
  for (const delimiter of DELIMITERS) {
    const rows = parse(text, { delimiter, newline }, isWhole, SAMPLE_ROWS).data.filter(
      (row) => !isBlank(row),
    );
    const cells = rows[0]?.length ?? 0;
    if (cells < 2) continue;
    const share = rows.filter((row) => row.length === cells).length / rows.length;
    const isBetter = share > best.share || (share === best.share && cells > best.cells);
    if (isBetter) best = { delimiter, share, cells };
  }
  return best.delimiter;
}

/** True for the row of a line with nothing but white space. */
function isBlank(row: readonly string[]): boolean {
  return row.length === 1 && row[0].trim() === '';
}
