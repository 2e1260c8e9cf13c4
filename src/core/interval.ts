/** Which numbers a setting takes: `above` and `below` are not among them, `least` and `most` are. */
export interface Interval {
  readonly above?: number;
  readonly least?: number;
  readonly below?: number;
  readonly most?: number;
}

export function isWithin(
  value: number,
  { above = -Infinity, least = -Infinity, below = Infinity, most = Infinity }: Interval,
): boolean {
  // An end that is not given is infinite, which no number here is.
  return value > above && value >= least && value < below && value <= most;
}

/** `a number above 0 and at most 1,000`, for a sentence. */
export function intervalText({ above, least, below, most }: Interval): string {
  const ends = [
    ...(above === undefined ? [] : [`above ${endText(above)}`]),
    ...(least === undefined ? [] : [`of ${endText(least)} or more`]),
    ...(below === undefined ? [] : [`below ${endText(below)}`]),
    ...(most === undefined ? [] : [`at most ${endText(most)}`]),
  ];
  return `a number ${ends.join(' and ')}`.trim();
}

/** With thousands apart, but 1e-30 as it is: it has no digits in front. */
function endText(value: number): string {
  return value !== 0 && Math.abs(value) < 0.001 ? String(value) : value.toLocaleString('en-US');
}
