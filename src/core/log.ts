/** The notebook prints ten losses a run: every this many steps, from step 0. */
export function logStride(steps: number): number {
  return Math.max(1, Math.floor(steps / 10));
}

/** A loss as the notebook prints it: `error at step  1000: 1.651662e-01`. */
export function errorLine(step: number, loss: number): string {
  return `error at step ${String(step).padStart(5)}: ${scientific(loss, 6)}`;
}

/** A number as Python's `{:.6e}` prints it: an exponent has at least two digits. */
export function scientific(value: number, fractionDigits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  return value.toExponential(fractionDigits).replace(/e([+-])(\d)$/, 'e$10$2');
}
