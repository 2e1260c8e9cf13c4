import { losses, rowStatistics, type Loss, type LossName } from './losses.ts';

/** Networks of one ensemble: a few already say how sure they are, and a file of more takes long to read. */
export const MAX_MEMBERS = 4096;

/** What several networks say together, entry by entry. */
export interface Combined {
  readonly mean: Float64Array;
  /** The standard deviation over the members, √(Σ (x − mean)² / n): they are all there are, not a sample of more. */
  readonly spread: Float64Array;
}

/**
 * Mean and spread of what the members of an ensemble predict, in two passes. Where all say the same, it is that, and
 * the spread is 0.
 *
 * @param predictionsOfMembers one array a member, all of one length: probabilities, or numbers
 */
export function combine(predictionsOfMembers: readonly Float64Array[]): Combined {
  const [first] = predictionsOfMembers;
  const memberCount = predictionsOfMembers.length;
  // Summed as distances from the first: numbers far from 0 keep the digits that tell them apart.
  const mean = first.map((start, i) => {
    let sum = 0;
    for (const predictions of predictionsOfMembers) sum += predictions[i] - start;
    return start + sum / memberCount;
  });
  const spread = mean.map((middle, i) => {
    let sum = 0;
    for (const predictions of predictionsOfMembers) sum += (predictions[i] - middle) ** 2;
    return Math.sqrt(sum / memberCount);
  });
  return { mean, spread };
}

/**
 * What a loss takes of an ensemble: outputs whose predictions are the mean of its members'. Logits are averaged as
 * probabilities without leaving their logarithms, so that no loss sees the logarithm of a 0.
 *
 * @param outputsOfMembers one array a member, row-major [rows, outputCount]: logits where the loss takes those
 * @returns row-major [rows, outputCount]
 */
export function outputsOfMean(
  name: LossName,
  outputsOfMembers: readonly Float64Array[],
  outputCount: number,
): Float64Array {
  const { link }: Loss = losses[name];
  if (link === undefined) return combine(outputsOfMembers).mean;
  if (link === 'softmax') {
    return logarithmOfMean(outputsOfMembers.map((logits) => logarithmsOfShares(logits, outputCount)));
  }
  const yes = logarithmOfMean(outputsOfMembers.map((logits) => logits.map(logarithmOfSigmoid)));
  const no = logarithmOfMean(outputsOfMembers.map((logits) => logits.map((z) => logarithmOfSigmoid(-z))));
  return yes.map((value, i) => value - no[i]);
}

/** log (1 / (1 + e⁻ᶻ)) */
function logarithmOfSigmoid(logit: number): number {
  return Math.min(logit, 0) - Math.log1p(Math.exp(-Math.abs(logit)));
}

/** log softmax, row by row. */
function logarithmsOfShares(logits: Float64Array, outputCount: number): Float64Array {
  const noTargets = new Float64Array(outputCount);
  const shares = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += outputCount) {
    const row = logits.subarray(start, start + outputCount);
    const { largest, logSum } = rowStatistics(row, noTargets);
    row.forEach((logit, k) => (shares[start + k] = logit - largest - logSum));
  }
  return shares;
}

/** log (Σ eˣ / n), entry by entry, with the largest taken out. */
function logarithmOfMean(logarithms: readonly Float64Array[]): Float64Array {
  return logarithms[0].map((_, i) => {
    let largest = -Infinity;
    for (const values of logarithms) largest = Math.max(largest, values[i]);
    let sum = 0;
    for (const values of logarithms) sum += Math.exp(values[i] - largest);
    return largest + Math.log(sum / logarithms.length);
  });
}
