import { POPULATION_STEPS, type CrossoverCell, type PopulationPoint, type PopulationRate } from '../index.ts';
import { count, countOf, ratio, significant } from './format.ts';

/** How many times as fast the GPU is there; below 1 where the CPU is faster. */
export function speedOf({ cpu, gpu }: CrossoverCell): number {
  return cpu.stepMs / gpu.stepMs;
}

/** What the crossover picture says, in one sentence. */
export function crossoverSentence(cells: readonly CrossoverCell[], gpuLabel: string): string {
  if (cells.length === 0) return '';
  const best = cells.reduce((a, b) => (speedOf(a) >= speedOf(b) ? a : b));
  const worst = cells.reduce((a, b) => (speedOf(a) <= speedOf(b) ? a : b));
  const faster = cells.filter((cell) => speedOf(cell) > 1).length;
  const size = ({ units, rowCount }: CrossoverCell) => `${count(units)} units and ${count(rowCount)} rows`;
  const cpuBest = `the CPU by up to ${ratio(1 / speedOf(worst))} (${size(worst)})`;
  const gpuBest = `the ${gpuLabel} path is faster by up to ${ratio(speedOf(best))} (${size(best)})`;
  if (faster === 0) return `Here the CPU is faster at all ${count(cells.length)} sizes, ${cpuBest.slice(8)}.`;
  const share = `at ${count(faster)} of ${count(cells.length)} sizes`;
  if (faster === cells.length) return `Here ${gpuBest}, and it is faster ${share}.`;
  return `Here ${gpuBest}, and it is faster ${share}; at the others ${cpuBest}.`;
}

/** CPU against GPU with so many networks at once. */
export interface PopulationPair {
  readonly networkCount: number;
  readonly cpu: PopulationRate;
  readonly gpu: PopulationRate;
}

/** Where both were timed. */
export function populationPairs(points: readonly PopulationPoint[]): PopulationPair[] {
  const rateOf = (backend: PopulationPoint['backend'], networkCount: number) =>
    points.find(
      (point): point is PopulationRate =>
        point.backend === backend && point.networkCount === networkCount && 'networksPerSecond' in point,
    );
  return [...new Set(points.map(({ networkCount }) => networkCount))].flatMap((networkCount) => {
    const [cpu, gpu] = [rateOf('cpu', networkCount), rateOf('gpu', networkCount)];
    return cpu && gpu ? [{ networkCount, cpu, gpu }] : [];
  });
}

/** How many times as many networks a second the GPU trains; below 1 where the CPU trains more. */
export function populationSpeed({ cpu, gpu }: Omit<PopulationPair, 'networkCount'>): number {
  return gpu.networksPerSecond / cpu.networksPerSecond;
}

/** `41,000`: two digits, for no machine repeats a third. */
export function networkRate({ networksPerSecond }: Pick<PopulationRate, 'networksPerSecond'>): string {
  return significant(networksPerSecond, 2);
}

/** What the population picture says, from one network to as many as were timed. */
export function populationSentence(points: readonly PopulationPoint[], gpuLabel: string): string {
  const pairs = populationPairs(points);
  if (pairs.length === 0) return aloneSentence(points);
  const gpu = gpuLabel === 'GPU' ? gpuLabel : `${gpuLabel} path`;
  return [firstSentence(pairs[0], gpu), aheadSentence(pairs, gpu)].filter(Boolean).join(' ');
}

/** Of the CPU only, and why. */
function aloneSentence(points: readonly PopulationPoint[]): string {
  const refusal = points.find((point) => 'refusal' in point)?.refusal;
  const rates = points.filter((point) => 'networksPerSecond' in point);
  if (!refusal || rates.length === 0) return '';
  const best = rates.reduce((a, b) => (a.networksPerSecond >= b.networksPerSecond ? a : b));
  return `Timed on the CPU alone, up to ${networkRate(best)} networks a second on ${coresOf(best)}. ${refusal}`;
}

function firstSentence(pair: PopulationPair, gpu: string): string {
  const speed = populationSpeed(pair);
  const networks = pair.networkCount === 1 ? 'One network' : `${count(pair.networkCount)} networks`;
  const subject = `${networks} of ${count(POPULATION_STEPS)} steps`;
  if (isEven(speed)) return `${subject}: the CPU and the ${gpu} are as fast as each other.`;
  const faster = speed > 1 ? gpu : 'CPU';
  return `${subject}: the ${faster} is ${ratio(Math.max(speed, 1 / speed))} faster.`;
}

/** From how many on the GPU is ahead, or how close it comes. */
function aheadSentence(pairs: readonly PopulationPair[], gpu: string): string {
  if (pairs.length === 1) return '';
  const isAhead = (pair: PopulationPair) => populationSpeed(pair) > 1 && !isEven(populationSpeed(pair));
  const best = pairs.reduce((a, b) => (populationSpeed(a) >= populationSpeed(b) ? a : b));
  const last = pairs[pairs.length - 1];
  const rate = `${networkRate(best.gpu)} networks a second`;
  const times = `${ratio(populationSpeed(best))} the CPU on ${coresOf(best.cpu)}`;
  if (!isAhead(best)) {
    return (
      `The ${gpu} is not ahead at any number up to ${count(last.networkCount)}: at best, at ` +
      `${count(best.networkCount)}, it trains ${rate}, ${times}.`
    );
  }
  const [at, firstAhead] = [count(best.networkCount), pairs.find(isAhead) ?? best];
  const bestOnes = `at ${at} it trains ${rate}, ${times}`;
  const since = pairs.slice(pairs.indexOf(firstAhead));
  if (since.every(isAhead)) {
    if (since.length === pairs.length)
      return `It stays ahead up to ${count(last.networkCount)} at once; ${bestOnes}.`;
    return `From ${count(firstAhead.networkCount)} networks at once on, the ${gpu} is ahead; ${bestOnes}.`;
  }
  const ahead = pairs.filter(isAhead).map(({ networkCount }) => count(networkCount));
  const list = new Intl.ListFormat('en-GB').format(ahead);
  return `The ${gpu} is ahead only with ${list} at once; ${bestOnes}.`;
}

/** One as fast as the other, within what two digits show. */
function isEven(speed: number): boolean {
  return ratio(Math.max(speed, 1 / speed)) === ratio(1);
}

function coresOf({ atOnce }: PopulationRate): string {
  return countOf(atOnce, 'core');
}
