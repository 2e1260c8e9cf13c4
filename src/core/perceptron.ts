/**
 * What a unit without an activation says: y = Σ xᵢ wᵢ + b.
 *
 * @param x its inputs
 * @param w a weight for each
 * @param b the bias
 */
export function perceptron(x: readonly number[], w: readonly number[], b: number): number {
  let y = 0;
  for (let i = 0; i < x.length; i++) y += x[i] * w[i];
  return y + b;
}
