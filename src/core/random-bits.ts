/** 2³² / φ: spreads what differs by 1. */
export const GOLDEN = 0x9e3779b9;

/** Scrambles 32 bits (lowbias32, Wellons 2018). Twin: shaders/lib/random.wgsl */
export function mix(x: number): number {
  let bits = x >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/**
 * The 32 bits that a seed, or what was drawn before, has for an index: no state, the same on every path.
 * Twin: shaders/lib/random.wgsl
 */
export function keyOf(seed: number, index: number): number {
  return mix(seed ^ mix((index + GOLDEN) >>> 0));
}
