import { samples } from '../../src/data/samples/index.ts';
import type { SampleId } from '../../src/data/samples/sample.ts';

/** A sample cut at its commas and line ends, which needs no reader: none of them has a quote. */
export interface SampleCells {
  readonly header: readonly string[];
  /** [rows][columns]. */
  readonly rows: readonly (readonly string[])[];
}

export async function loadCells(id: SampleId): Promise<SampleCells> {
  const sample = samples.find((each) => each.id === id);
  if (!sample) throw new Error(`There is no sample ${id}.`);
  const [header, ...rows] = (await sample.load()).trim().split('\n');
  return { header: header.split(','), rows: rows.map((row) => row.split(',')) };
}

/** Sums of columns from `first` up to, not including, `end`. */
export function columnSums(rows: SampleCells['rows'], first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, i) =>
    rows.reduce((sum, row) => sum + Number(row[first + i]), 0),
  );
}

/** How many rows each value of the last column has. */
export function classCounts(rows: SampleCells['rows']): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const value = row[row.length - 1];
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}
