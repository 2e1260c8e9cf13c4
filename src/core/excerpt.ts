/** Lines of handgrad's own source. */
export interface Excerpt {
  /** From the root: `shaders/matmul.wgsl`. */
  readonly file: string;
  /** From 1 on. */
  readonly firstLine: number;
  /** As they stand there, indented. */
  readonly text: string;
}

/**
 * From the first line that opens something to the first of the same indent that closes it.
 *
 * @param source formatted as handgrad's is
 * @param closes what the last line says, without its indent
 * @throws Error if no line opens it
 */
export function cutExcerpt(
  file: string,
  source: string,
  { opens, closes }: { readonly opens: RegExp; readonly closes: RegExp },
): Excerpt {
  const lines = source.split('\n');
  const from = lines.findIndex((line) => opens.test(line));
  if (from < 0) throw new Error(`${file} has no line like ${opens.source}`);
  const indent = indentOf(lines[from]);
  const end = lines.findIndex(
    (line, i) => i > from && indentOf(line) === indent && closes.test(line.trimStart()),
  );
  return { file, firstLine: from + 1, text: lines.slice(from, end + 1).join('\n') };
}

/** Spaces before the first character of a line. */
export function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
