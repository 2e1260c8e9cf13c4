import { rankedLosses, type NetworkRecord } from './network-record.ts';
import { quantile } from './quantile.ts';
import { sweptText } from './sweep-range.ts';
import type { SweptName } from './sweep-settings.ts';
import { hasFailed } from './sweep-summary.ts';
import type { Sweep, SweepNetwork } from './sweep.ts';

/** The networks that have one value in each of two settings. */
export interface HeatCell {
  /** Places in `columns` and `rows`. */
  readonly column: number;
  readonly row: number;
  /**
   * Of the loss that networks are ranked by (`rankedLoss`), of those that are over and did not diverge; undefined where
   * there are none.
   */
  readonly median: number | undefined;
  readonly overCount: number;
  readonly failedCount: number;
}

/** What two swept settings come to together, whatever else is swept. */
export interface SweepHeat {
  readonly columnName: SweptName;
  readonly rowName: SweptName;
  /**
   * Values as a person writes them; parts where there are many, or a range that was drawn from: `0.001–0.01`, with the
   * values of a list at both ends.
   */
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** Those with networks in them, row by row. */
  readonly cells: readonly HeatCell[];
}

/** A range that was drawn from is shown in so many parts. */
const PARTS = 6;
/** A list of more values is shown in as many parts at most: nobody reads a map of more columns. */
const MOST_TICKS = 32;
/** Of the ends of parts: more only where they could not be told apart. */
const LEAST_DIGITS = 2;
const MOST_DIGITS = 12;

/** @param records one per network, in the same order */
export function sweepHeat(
  { axes, networks }: Sweep,
  records: readonly NetworkRecord[],
  names: { readonly columnName: SweptName; readonly rowName: SweptName },
  constantLoss: number,
): SweepHeat {
  const [columns, rows] = [names.columnName, names.rowName].map((name) => ticksOf(axes, name));
  const cells = new Map<string, NetworkRecord[]>();
  networks.forEach((network, place) => {
    const [row, column] = [rows.placeOf(network), columns.placeOf(network)];
    if (row === -1 || column === -1) return;
    const key = `${row} ${column}`;
    const own = cells.get(key);
    if (own) own.push(records[place]);
    else cells.set(key, [records[place]]);
  });
  return {
    ...names,
    columns: columns.labels,
    rows: rows.labels,
    cells: [...cells]
      .map(([key, own]) => {
        const [row, column] = key.split(' ').map(Number);
        return { column, row, ...cellOf(own, constantLoss) };
      })
      .toSorted((a, b) => a.row - b.row || a.column - b.column),
  };
}

function cellOf(records: readonly NetworkRecord[], constantLoss: number) {
  const over = records.filter(({ isOver }) => isOver);
  const sorted = rankedLosses(over);
  return {
    median: sorted.length > 0 ? quantile(sorted, 0.5) : undefined,
    overCount: over.length,
    failedCount: over.filter((record) => hasFailed(record, constantLoss)).length,
  };
}

interface Ticks {
  readonly labels: readonly string[];
  /** −1 where the setting changes nothing for a network. */
  placeOf(network: SweepNetwork): number;
}

function ticksOf(axes: Sweep['axes'], name: SweptName): Ticks {
  const axis = axes.find((each) => each.name === name);
  if (!axis) throw new Error(`${name} is not swept`);
  const { values } = axis;
  if (values.kind === 'list') {
    const texts = values.values.map(sweptText);
    const size = Math.ceil(texts.length / MOST_TICKS);
    const places = new Map(texts.map((text, i) => [text, Math.floor(i / size)]));
    const labels = Array.from({ length: Math.ceil(texts.length / size) }, (_, place) => {
      const part = texts.slice(place * size, (place + 1) * size);
      return part.length === 1 ? part[0] : `${part[0]}–${part[part.length - 1]}`;
    });
    return {
      labels,
      placeOf: ({ values: own }) => {
        const value = own[name];
        return value === undefined ? -1 : (places.get(sweptText(value)) ?? -1);
      },
    };
  }
  const { from, to, scale, isWhole } = values;
  const warp = scale === 'log' ? Math.log : (value: number) => value;
  const back = scale === 'log' ? Math.exp : (value: number) => value;
  const edges = Array.from({ length: PARTS + 1 }, (_, i) =>
    back(warp(from) + ((warp(to) - warp(from)) * i) / PARTS),
  );
  const texts = isWhole ? edges.map((edge) => String(Math.round(edge))) : shortest(edges);
  return {
    labels: Array.from({ length: PARTS }, (_, i) => `${texts[i]}–${texts[i + 1]}`),
    placeOf: ({ values: own }) => {
      const value = own[name];
      if (typeof value !== 'number') return -1;
      const share = (warp(value) - warp(from)) / (warp(to) - warp(from));
      return Math.min(PARTS - 1, Math.max(0, Math.floor(PARTS * share)));
    },
  };
}

/** Numbers with as few digits as tell them apart. */
function shortest(values: readonly number[]): string[] {
  for (let digits = LEAST_DIGITS; ; digits++) {
    const texts = values.map((value) => String(Number(value.toPrecision(digits))));
    if (digits === MOST_DIGITS || new Set(texts).size === values.length) return texts;
  }
}
