/** Most time spent on looking for the next tick. */
const PATIENCE_MS = 4;
const TICKS = 12;
/** What browsers use, in milliseconds; a measured tick is rounded to one of them. */
const KNOWN_RESOLUTIONS = [0.005, 0.02, 0.1, 1, 2, 16.67, 100];

/** The resolution of `performance.now()` here, measured: the smallest step it was seen to take, in ms. */
export function measureClock(): number {
  const start = performance.now();
  let before = start;
  let smallest = Infinity;
  for (let ticks = 0; ticks < TICKS && before - start < PATIENCE_MS;) {
    const now = performance.now();
    if (now === before) continue;
    smallest = Math.min(smallest, now - before);
    before = now;
    ticks++;
  }
  return KNOWN_RESOLUTIONS.find((known) => smallest < known * 1.5) ?? smallest;
}
