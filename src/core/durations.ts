/**
 * Counts a duration into a histogram that stays small however long a run is.
 *
 * @param histogram entry i counts durations below 2ⁱ milliseconds that entry i − 1 does not hold
 */
export function countDuration(histogram: number[], ms: number): void {
  const entry = ms < 1 ? 0 : Math.floor(Math.log2(ms)) + 1;
  while (histogram.length <= entry) histogram.push(0);
  histogram[entry]++;
}
