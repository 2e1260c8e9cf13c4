import { NumpyRandom } from '../../core/numpy-random.ts';

/** Enough that no two points fall together, and that no browser's sine or cosine shows in the last one. */
const DECIMALS = 4;

/** A point of the plane and the class it belongs to. */
export interface ClassifiedPoint {
  readonly x: number;
  readonly y: number;
  readonly label: 0 | 1;
}

/**
 * Draws points around the ones given, so that the same seed gives the same text everywhere.
 *
 * @param header the names of x, y and the class, with commas between them
 * @param seed of NumPy's generator, from which `place` draws too
 * @param noise the most a coordinate is moved either way, uniformly
 * @param place yields the points before they are moved
 * @returns CSV text, a row per point
 */
export function drawPoints(
  header: string,
  seed: number,
  noise: number,
  place: (random: NumpyRandom) => Iterable<ClassifiedPoint>,
): string {
  const random = new NumpyRandom(seed);
  const moved = (coordinate: number): string =>
    (coordinate + noise * (2 * random.rand() - 1)).toFixed(DECIMALS);
  const rows = [header];
  for (const { x, y, label } of place(random)) rows.push(`${moved(x)},${moved(y)},${label}`);
  return `${rows.join('\n')}\n`;
}
