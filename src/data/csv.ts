import Papa from 'papaparse';
import { guessFormat, type CsvFormat } from './csv-format.ts';
import { emptyTable, TableBuilder, type RowSink, type Table } from './table.ts';
import { textPieces } from './text-pieces.ts';

/** The format is guessed once so many lines have come, or all. */
const SAMPLE_LINES = 20;
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

/** How to read a table, and whom to tell. */
export interface ReadOptions {
  /** What is not given is guessed; `table.format` says what was used. */
  readonly format?: Partial<CsvFormat>;
  /** How a table is written that this one is like: taken where a guess cannot tell, as whether 1.200 has decimals. */
  readonly usual?: CsvFormat;
  /** Fewer columns are refused; 2 if left out: an input and a target. */
  readonly leastColumns?: number;
  /** Ends the reading; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after every piece. */
  readonly onProgress?: (bytesRead: number, byteCount: number) => unknown;
}

/**
 * Reads a table from CSV text: every row that is not blank is one row of the table, or its header.
 *
 * Comma, semicolon, tab or | separate the cells; cells may be quoted; line ends may be LF, CRLF or CR;
 * numbers are plain or scientific (`-0.5`, `1e-3`), with a point or a comma. A cell that is empty, NA, N/A,
 * NaN, null or ? is missing; any other cell is text. The source is read and parsed in pieces of 64 KiB with
 * the event loop between them, so memory beyond the columns is bounded.
 *
 * @param source UTF-8 text, as a string or a file; nothing is sent anywhere
 * @returns the columns, at most 10,000 and 33,554,432 cells (256 MiB as float64)
 * @throws InputError one sentence a person can act on: what is wrong, where, and what to do
 */
export async function readTable(source: string | Blob, options: ReadOptions = {}): Promise<Table> {
  const { sink, byteCount } = await readRows(source, options, (format) => {
    return new TableBuilder(format, options.leastColumns);
  });
  return sink.finish(byteCount);
}

/**
 * Reads the rows of a table, cell by cell as they stand in the file, the header first where there is one.
 *
 * @param startSink makes what takes the rows, once it is known how the table is written
 * @throws InputError as `readTable`
 */
export async function readRows<Sink extends RowSink>(
  source: string | Blob,
  options: ReadOptions,
  startSink: (format: CsvFormat) => Sink,
): Promise<{ readonly sink: Sink; readonly byteCount: number }> {
  const file = typeof source === 'string' ? new Blob([source]) : source;
  let reading: { readonly sink: Sink; readonly layout: Layout } | undefined;
  let pending = '';
  for await (const { text, isLast, end } of textPieces(file, options.signal)) {
    pending += text;
    if (!reading) {
      pending = pending.replace(/^\s*[\r\n]/, '');
      const found = findLayout(pending, isLast, options);
      if (found) reading = { sink: startSink(found.format), layout: found.layout };
    }
    if (reading) {
      pending = addRows(reading.sink, pending, reading.layout, isLast);
      reading.sink.endPiece();
      if (reading.sink.isHopeless) break;
    }
    options.onProgress?.(end, file.size);
  }
  if (!reading) throw emptyTable(file.size);
  return { sink: reading.sink, byteCount: file.size };
}

/**
 * Adds the complete rows of `text`.
 *
 * @returns what is left of it: the beginning of a row
 */
function addRows(sink: RowSink, text: string, layout: Layout, isLast: boolean): string {
  // A last line end makes the parser treat white space after a last quote as it does on every other line.
  const { data, errors, meta } = parse(isLast ? text + layout.newline : text, layout, isLast);
  const misquotedRow = errors[0]?.row;
  for (let row = 0; row < data.length && !sink.isHopeless; row++) {
    if (row === misquotedRow) sink.refuseQuotes();
    if (!isBlank(data[row])) sink.addRow(data[row]);
  }
  if (isLast) return '';
  // One misplaced quote may only be one whose delimiter comes with the next piece; two cannot.
  if (errors.length > 1) sink.refuseQuotes();
  const rest = text.slice(meta.cursor);
  if (rest.length > MAX_ROW_LENGTH) refuseLongRow(sink, rest, layout);
  return rest;
}

/** Counts the cells that came so far of a row that does not end. */
function refuseLongRow(sink: RowSink, text: string, layout: Layout): never {
  const { data, errors } = parse(text, layout, true);
  if (errors.length > 0) sink.refuseQuotes();
  sink.refuseLongRow(data[0].length, text.length);
}

function parse(text: string, layout: Layout, isLast: boolean, preview = 0): Parsed {
  // The parser beneath Papa.parse: it is synchronous, takes pieces, and needs no FileReader (Node has none).
  const parser = new Papa.Parser({ ...layout, preview });
  return parser.parse(text, 0, !isLast) as Parsed;
}

/**
 * Finds out how the text is written. LF also stands for CRLF: the CR left at the end of a row is white space.
 *
 * @returns undefined until there are lines enough, or more text than any row may have
 */
function findLayout(text: string, isLast: boolean, { format: given = {}, usual }: ReadOptions) {
  const isWhole = isLast || text.length > MAX_ROW_LENGTH;
  if (!isWhole && !hasLines(text, SAMPLE_LINES)) return undefined;
  const newline = text.includes('\r') && !text.includes('\n') ? '\r' : '\n';
  const readFirst = (delimiter: string, rowCount: number) =>
    parse(text, { delimiter, newline }, isWhole, rowCount).data.filter((row) => !isBlank(row));
  const format = guessFormat(readFirst, given, usual);
  return { format, layout: { delimiter: format.delimiter, newline } } as const;
}

/** Whether so many lines are complete; what follows a CR must have come, since it may be the LF of a CRLF. */
function hasLines(text: string, count: number): boolean {
  const lineEnds = text.matchAll(/(?:\r\n|\n|\r)(?=[^])/g);
  for (let i = 0; i < count; i++) if (lineEnds.next().done) return false;
  return true;
}

/** True for the row of a line with nothing but white space. */
function isBlank(row: readonly string[]): boolean {
  return row.length === 1 && row[0].trim() === '';
}
