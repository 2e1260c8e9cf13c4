/**
 * How parameters are kept where arithmetic is float32, which is on a GPU:
 *
 * - `compensated`: each a pair, its value and what rounding took from it, so that small changes add up
 * - `float32`: the value alone, as PyTorch keeps it
 */
export const precisionNames = ['compensated', 'float32'] as const;
export type PrecisionName = (typeof precisionNames)[number];

/** Whether what rounding takes from a parameter is kept. */
export function isCompensated({ precision }: { readonly precision?: PrecisionName }): boolean {
  return precision !== 'float32';
}
