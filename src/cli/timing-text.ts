import { adapterName, type Adapter, type Measurement, type RunResult } from '../index.ts';
import { textTable } from './text-table.ts';
import { count } from './wording.ts';

/** A finished run, and its warm repetitions where they were asked for. */
export interface TimedRun {
  readonly result: RunResult;
  readonly measurement?: Measurement | undefined;
}

/** Where the time went, one column a run; the last of them against the first. */
export function timingText(runs: readonly TimedRun[]): string {
  const results = runs.map(({ result }) => result);
  const timings = results.map(({ timing }) => timing);
  const row = (label: string, cells: readonly string[]) => [label, ...cells];
  const rows = [
    row(
      'Timing',
      results.map(({ backend, plan }) => `${backend} · ${plan.strategy}`),
    ),
    row(
      'adapter',
      results.map(({ adapter }) => (adapter ? adapterText(adapter) : '-')),
    ),
    row(
      'set-up',
      timings.map(({ setupMs }) => milliseconds(setupMs)),
    ),
    row(
      'upload',
      timings.map(({ uploadMs }) => milliseconds(uploadMs)),
    ),
    row(
      'train',
      timings.map(({ trainMs }) => milliseconds(trainMs)),
    ),
    row(
      'GPU time',
      timings.map(({ gpuMs }) => (gpuMs === null ? '-' : milliseconds(gpuMs))),
    ),
    row(
      'readback',
      timings.map(({ readbackMs }) => milliseconds(readbackMs)),
    ),
    row(
      'press to final loss',
      timings.map(({ pressToFinalLossMs }) => milliseconds(pressToFinalLossMs)),
    ),
    row(
      'steps/s',
      timings.map(({ stepsPerSecond }) => rate(stepsPerSecond)),
    ),
    ...ratioRow(
      'ratio',
      timings.map(({ stepsPerSecond }) => stepsPerSecond),
    ),
    ...warmRows(runs),
  ];
  const reasons = results.filter(({ adapter }) => adapter).map(({ planned }) => `Plan: ${planned.reason}`);
  const table = textTable(rows, ['left', ...results.map(() => 'right' as const)]);
  return [table, ...reasons].join('\n');
}

function warmRows(runs: readonly TimedRun[]): string[][] {
  const measurements = runs.flatMap(({ measurement }) => measurement ?? []);
  if (measurements.length === 0) return [];
  return [
    [`warm, ${measurements[0].trainMs.length} runs`, ...measurements.map(() => '')],
    ['median', ...measurements.map(({ medianMs }) => milliseconds(medianMs))],
    ['fastest', ...measurements.map(({ rangeMs }) => milliseconds(rangeMs[0]))],
    ['slowest', ...measurements.map(({ rangeMs }) => milliseconds(rangeMs[1]))],
    ['steps/s', ...measurements.map(({ stepsPerSecond }) => rate(stepsPerSecond))],
    ...ratioRow(
      'ratio',
      measurements.map(({ stepsPerSecond }) => stepsPerSecond),
    ),
  ];
}

/** Steps a second against the first run's; nothing where there is only one. */
function ratioRow(label: string, stepsPerSecond: readonly number[]): string[][] {
  if (stepsPerSecond.length < 2) return [];
  return [[label, ...stepsPerSecond.map((value) => `${significant(value / stepsPerSecond[0])} ×`)]];
}

/** `google · swiftshader (software)`. */
export function adapterText(adapter: Adapter): string {
  return adapter.isFallback ? `${adapterName(adapter)} (software)` : adapterName(adapter);
}

/** `640 ms`, `12.3 s`. */
export function secondsText(ms: number): string {
  return ms < 1000
    ? `${Math.round(ms)} ms`
    : `${(ms / 1000).toLocaleString('en-US', { maximumFractionDigits: 1 })} s`;
}

/** `0.04 ms`, `12.3 ms`, `3,421 ms`. */
function milliseconds(value: number): string {
  const decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return `${value.toLocaleString('en-US', digits)} ms`;
}

function rate(stepsPerSecond: number): string {
  return stepsPerSecond < 10 ? stepsPerSecond.toFixed(2) : count(Math.round(stepsPerSecond));
}

function significant(value: number): string {
  return value >= 100 ? count(Math.round(value)) : String(Number(value.toPrecision(2)));
}
