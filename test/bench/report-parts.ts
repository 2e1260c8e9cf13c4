import type { Circumstances } from './results.ts';
import { figureText, type Verdict } from './verdicts.ts';

/** The parts of results.md, each of a run of its own: networks alone, and many at once. */
export const partTitles = { networks: 'Benchmark', populations: 'Populations' } as const;
export type Part = keyof typeof partTitles;

/** The text of results.md with one part of it replaced and the other as it was. */
export function replacePart(text: string, part: Part, replacement: string): string {
  const start = text.search(new RegExp(`^# ${partTitles.populations}$`, 'm'));
  const [networks, populations] = start < 0 ? [text, ''] : [text.slice(0, start), text.slice(start)];
  const kept = part === 'networks' ? [replacement, populations] : [networks, replacement];
  return kept
    .map((each) => each.trim())
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
}

/** When and where it was measured. */
export function circumstancesOf({ isSoftware, date, command, environment }: Circumstances): string[] {
  return [
    ...(isSoftware
      ? ['**A software adapter: these times compare programs on this machine and say nothing about a GPU.**']
      : []),
    `Measured ${date} with \`${command}\`.`,
    table(['What', 'Which'], Object.entries(environment)),
  ];
}

/** What was required, and whether it was met. */
export function verdictsSection(verdicts: readonly Verdict[]): string[] {
  const rows = verdicts.map(({ claim, accepted, measured, outcome }) => [
    claim,
    accepted,
    measured ?? '–',
    outcome === 'miss' ? '**miss**' : outcome,
  ]);
  return ['## Verdicts', table(['Requirement', 'Accepted', 'Measured', 'Verdict'], rows)];
}

export function remark(label: string, text: string | undefined): string[] {
  return text === undefined ? [] : [`- ${label}: ${text}`];
}

export function durationText(ms: number): string {
  return ms < 10_000 ? `${figureText(ms)} ms` : `${figureText(ms / 1000)} s`;
}

/** A Markdown table whose columns line up in plain text; columns of figures to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = header.map((title, column) => [title, ...rows.map((row) => row[column])]);
  const widths = columns.map((cells) => Math.max(...cells.map(({ length }) => length)));
  const holdsFigures = columns.map(
    ([, ...cells]) => cells.some(Boolean) && cells.every((cell) => /^([\d≥≤>–]|below|$)/.test(cell)),
  );
  const pad = (cell: string, column: number) =>
    holdsFigures[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column]);
  const line = (cells: readonly string[]) => `| ${cells.map(pad).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    holdsFigures[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}
