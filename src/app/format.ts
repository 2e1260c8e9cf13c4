// How the page writes numbers: thousands separated, a proper minus, units, nothing finer than the clock.

const MINUS = '−';
const EN = 'en-US';

/** 1234567 → `1,234,567`. */
export function count(value: number): string {
  return properMinus(value.toLocaleString(EN));
}

/** `1 row`, `2 rows`. */
export function countOf(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Four significant digits: `0.1652`, `12,350`, `2.134e−7`. */
export function significant(value: number, digits = 4): string {
  if (!Number.isFinite(value))
    return Number.isNaN(value) ? 'not a number' : value > 0 ? 'infinite' : `${MINUS}infinite`;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e9) return properMinus(value.toExponential(digits - 1).replace('e+', 'e'));
  const rounded = Number(value.toPrecision(digits));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded))));
  return withDecimals(rounded, decimals);
}

/** As many decimals as asked for: what stands in columns, as `0.334522`. */
export function withDecimals(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return significant(value);
  const text = value.toLocaleString(EN, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  // Nothing is less than nothing.
  return /^-[0.,]*$/.test(text) ? text.slice(1) : properMinus(text);
}

/** `96.7 %`; `> 99.9 %` and `< 0.1 %` where one decimal would say all or none and it is not. */
export function percent(share: number): string {
  if (share < 1 && share >= 0.9995) return '> 99.9\u00a0%';
  if (share > 0 && share < 0.0005) return '< 0.1\u00a0%';
  return `${withDecimals(100 * share, 1)}\u00a0%`;
}

/** `7.9 ms`, `1.234 s`, `< 0.1 ms`; no digit finer than the clock that took it. */
export function duration(ms: number, clockMs: number): string {
  if (!Number.isFinite(ms)) return significant(ms);
  if (ms === 0) return '0 ms';
  if (ms < clockMs) return `< ${duration(clockMs, clockMs)}`;
  const [value, clock, unit] = ms >= 1000 ? [ms / 1000, clockMs / 1000, 's'] : [ms, clockMs, 'ms'];
  const decimals = Math.min(decimalsOf(clock), Math.max(0, 3 - Math.floor(Math.log10(value))));
  return `${withDecimals(value, decimals)} ${unit}`;
}

/** The resolution of a clock: `5 µs`, `100 µs`. */
export function clockResolution(clockMs: number): string {
  return clockMs < 1 ? `${count(Math.round(clockMs * 1000))} µs` : `${significant(clockMs, 1)} ms`;
}

/** `1.268 M steps/s`; no digit finer than the clock that took `ms`. */
export function stepRate(stepsPerSecond: number, ms: number, clockMs: number): string {
  const digits = digitsOf(ms, clockMs);
  if (!Number.isFinite(stepsPerSecond)) return '—';
  if (stepsPerSecond >= 1e6) return `${significant(stepsPerSecond / 1e6, digits)} M steps/s`;
  return `${significant(stepsPerSecond, digits)} steps/s`;
}

/** `2.1 ×`. */
export function ratio(value: number): string {
  return `${significant(value, value < 10 ? 2 : 3)} ×`;
}

/** `0.4 s left`, `2 min left`. */
export function timeLeft(ms: number): string {
  if (!Number.isFinite(ms)) return '';
  if (ms < 100) return 'under 0.1 s left';
  if (ms < 9_950) return `${withDecimals(ms / 1000, 1)} s left`;
  if (ms < 99_500) return `${count(Math.round(ms / 1000))} s left`;
  if (ms < 5_400_000) return `${count(Math.round(ms / 60_000))} min left`;
  return `${withDecimals(ms / 3_600_000, 1)} h left`;
}

/** Keeps numbers and their units on one line. */
export function unbroken(sentence: string): string {
  return sentence.replace(/(?<=\d) (?=(ms|s|×)(?![\w]))/g, '\u00a0');
}

/** At most four, at least one, and none beyond the clock. */
function digitsOf(ms: number, clockMs: number): number {
  return Math.min(4, Math.max(1, Math.floor(Math.log10(ms / clockMs)) + 1));
}

function decimalsOf(resolution: number): number {
  return Math.max(0, Math.ceil(-Math.log10(resolution) - 1e-9));
}

/** What is quoted; else the hyphen before a number, or in its exponent, and none within a name (`UTF-8`). */
const QUOTED_OR_MINUS =
  /"(?:[^"\\]|\\.)*"|“[^”]*”|(?<![\p{L}\p{N}_.-])-(?=\.?\d)|(?<=(?<!\p{L})[\d.]e)-(?=\d)/giu;

/** `−1` for `-1`, in a number or a sentence with numbers; names and what is quoted stay as they are. */
export function properMinus(text: string): string {
  return text.replace(QUOTED_OR_MINUS, (match) => (match === '-' ? MINUS : match));
}

/** `912 bytes`, `12.3 kB`, `4.56 MB`. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return countOf(bytes, 'byte');
  if (bytes < 999_500) return `${significant(bytes / 1000, 3)}\u00a0kB`;
  return `${significant(bytes / 1e6, 3)}\u00a0MB`;
}
