import type { CrossoverCell } from '../index.ts';
import { count, ratio } from './format.ts';

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
