// Marks that tell classes apart by their shape.

/** How far a mark reaches from its place. */
const RADIUS = 2.6;
/**
 * Corners around the place, in radii: square, triangle, diamond, triangle on its tip, cross, pentagon, bar; bar upright,
 * hourglass, star.
 */
const POLYGONS = [
  '-0.9,-0.9 0.9,-0.9 0.9,0.9 -0.9,0.9',
  '0,-1.25 1.15,0.85 -1.15,0.85',
  '0,-1.3 1.3,0 0,1.3 -1.3,0',
  '0,1.25 1.15,-0.85 -1.15,-0.85',
  '-0.4,-1.2 0.4,-1.2 0.4,-0.4 1.2,-0.4 1.2,0.4 0.4,0.4 0.4,1.2 -0.4,1.2 -0.4,0.4 -1.2,0.4 -1.2,-0.4 -0.4,-0.4',
  '0,-1.3 1.24,-0.4 0.76,1.05 -0.76,1.05 -1.24,-0.4',
  '-1.3,-0.6 1.3,-0.6 1.3,0.6 -1.3,0.6',
  '-0.6,-1.3 0.6,-1.3 0.6,1.3 -0.6,1.3',
  '-1.1,-1.2 1.1,-1.2 0.3,0 1.1,1.2 -1.1,1.2 -0.3,0',
  '0,-1.5 0.4,-0.4 1.5,0 0.4,0.4 0,1.5 -0.4,0.4 -1.5,0 -0.4,-0.4',
].map((corners) => corners.split(' ').map((corner) => corner.split(',').map(Number)));
/** Eleven: with twelve colours as many pairs as classes can be told apart. */
const SHAPE_COUNT = 1 + POLYGONS.length;

/** A mark around a place as a path: a circle, then the polygons; from the twelfth shape on they come again. */
export function markPath(shape: number, x: number, y: number, radius = RADIUS): string {
  const which = shape % SHAPE_COUNT;
  if (which === 0) {
    const arc = `a${radius} ${radius} 0 1 0`;
    return `M${round(x - radius)} ${round(y)}${arc} ${2 * radius} 0${arc} ${-2 * radius} 0Z`;
  }
  const corners = POLYGONS[which - 1].map(
    ([dx, dy]) => `${round(x + radius * dx)} ${round(y + radius * dy)}`,
  );
  return `M${corners.join('L')}Z`;
}

/** To hundredths: what a path needs. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
