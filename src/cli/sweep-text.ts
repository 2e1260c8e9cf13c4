import {
  finalLoss,
  scientific,
  shortSweptText,
  sweepable,
  sweepBytes,
  sweptText,
  type Adapter,
  type Backend,
  type Dataset,
  type Sweep,
  type SweepAxis,
  type SweepGroup,
  type SweepResult,
  type SweptValues,
} from '../index.ts';
import { textTable } from './text-table.ts';
import { adapterText, secondsText } from './timing-text.ts';
import { partsText, type OpenedTable } from './train-data.ts';
import { tableLines } from './train-text.ts';
import { count, countOf } from './wording.ts';

/** Values of a swept setting that are written out. */
const SHOWN_VALUES = 8;

/** The table as it was understood, and what is swept on it. */
export function sweepOpening(
  opened: OpenedTable,
  dataset: Dataset,
  { sweep, backend }: { readonly sweep: Sweep; readonly backend: Backend['name'] },
): string {
  return [
    ...tableLines(opened, dataset),
    `  rows    ${partsText(dataset)}`,
    ...sweep.axes.map((axis, i) => `${i === 0 ? 'Sweep   ' : '        '}  ${axisText(axis)}`),
    `Training  ${sizeText(sweep, dataset.training.inputCount)}, on the ${backend.toUpperCase()}`,
    '',
  ].join('\n');
}

function sizeText(sweep: Sweep, inputCount: number): string {
  const { networks, populations } = sweep;
  const { lossesBytes, parametersBytes } = sweepBytes(sweep, inputCount);
  const { steps } = populations[0].job;
  return (
    `${countOf(networks.length, 'network')} in ${countOf(populations.length, 'population')}, ` +
    `${countOf(steps, 'step')} each; ${bytesText(lossesBytes)} of losses and ${bytesText(parametersBytes)} of ` +
    'parameters are kept'
  );
}

function axisText({ name, values }: SweepAxis): string {
  const { label } = sweepable[name];
  if (values.kind === 'range') return `${label} ${values.from} to ${values.to}, ${values.scale}, drawn`;
  const texts = values.values.map((value) => shortSweptText(sweptText(value)));
  const rest = texts.length - SHOWN_VALUES;
  const shown =
    rest > 1 ? `${texts.slice(0, SHOWN_VALUES).join(' / ')} and ${count(rest)} more` : texts.join(' / ');
  return `${label} ${shown}`;
}

function bytesText(bytes: number): string {
  return bytes < 2 ** 20
    ? `${count(Math.ceil(bytes / 1024))} KiB`
    : `${count(Math.ceil(bytes / 2 ** 20))} MiB`;
}

/**
 * What came of a sweep: the best, what failed, each combination over its seeds, and the time.
 *
 * @param top rows of the tables at most
 */
export function sweepText(result: SweepResult, top: number): string {
  const { sweep, groups } = result;
  return [
    bestText(result, top),
    failedText(result),
    ...(groups.length < sweep.networks.length ? [groupsText(result, top)] : []),
    timeText(result),
  ].join('\n\n');
}

function bestText({ sweep, records, ranking, rankedBy }: SweepResult, top: number): string {
  const isValidated = rankedBy === 'validationLoss';
  const axes = sweep.axes.map(({ name }) => name);
  const header = [
    'rank',
    ...axes.map((name) => sweepable[name].label),
    'final loss',
    ...(isValidated ? ['validation loss'] : []),
  ];
  const rows = ranking.slice(0, top).map((place, i) => {
    const record = records[place];
    const { values } = sweep.networks[place];
    const isDiverged = record.divergedAt !== undefined;
    return [
      count(i + 1),
      ...axes.map((name) => valueText(values, name)),
      isDiverged ? 'diverged' : scientific(finalLoss(record), 6),
      ...(isValidated ? [lossText(record.validationLoss)] : []),
    ];
  });
  const by = isValidated
    ? 'the validation loss, of the rows that were kept apart'
    : 'the final loss on the training rows, as none were kept apart';
  const over = countOf(ranking.length, 'network');
  const of = ranking.length < records.length ? ` that ${ranking.length === 1 ? 'is' : 'are'} over` : '';
  return `Best of ${over}${of}, by ${by}\n${rightAligned([header, ...rows])}`;
}

function valueText(values: SweptValues, name: keyof SweptValues): string {
  const value = values[name];
  return value === undefined ? '–' : shortSweptText(sweptText(value));
}

function lossText(loss: number | undefined): string {
  return loss === undefined || !Number.isFinite(loss) ? '–' : scientific(loss, 6);
}

function failedText({ groups, constantLoss }: SweepResult): string {
  const sumOf = (key: 'overCount' | 'failedCount' | 'divergedCount') =>
    groups.reduce((sum, group) => sum + group[key], 0);
  const [over, failed, diverged] = [sumOf('overCount'), sumOf('failedCount'), sumOf('divergedCount')];
  return (
    `Failed    ${count(failed)} of ${countOf(over, 'network')}: ${count(diverged)} diverged, ` +
    `${count(failed - diverged)} ended no better than the best constant answer (loss ${scientific(constantLoss, 6)})`
  );
}

function groupsText({ sweep, groups, rankedBy }: SweepResult, top: number): string {
  const axes = sweep.axes.map(({ name }) => name).filter((name) => name !== 'seed');
  const header = [
    ...axes.map((name) => sweepable[name].label),
    'networks',
    'lower quartile',
    'median',
    'upper quartile',
    'failed',
  ];
  const started = groups.filter(({ overCount }) => overCount > 0);
  const sorted = started.toSorted((a, b) => orderOf(a) - orderOf(b));
  const rows = sorted
    .slice(0, top)
    .map(({ values, lower, median, upper, overCount, failedCount }) => [
      ...axes.map((name) => valueText(values, name)),
      count(overCount),
      lossText(lower),
      lossText(median),
      lossText(upper),
      `${((100 * failedCount) / overCount).toFixed(1)} %`,
    ]);
  const rest = sorted.length - rows.length;
  const more = rest > 0 ? [`… and ${count(rest)} more; --top shows more of them, --json all.`] : [];
  const loss = rankedBy === 'validationLoss' ? 'Validation loss' : 'Final loss';
  return [`${loss} over seeds, the lowest median first`, rightAligned([header, ...rows]), ...more].join('\n');
}

function orderOf({ median }: SweepGroup): number {
  return median ?? Number.MAX_VALUE;
}

function timeText(result: SweepResult): string {
  const { trainMs, backend, adapter, planned, recoveryCount } = result;
  const where = backend === 'cpu' ? 'the CPU' : whereText(adapter);
  const reasons = backend === 'cpu' ? [] : planned.map(({ reason }) => reason);
  return [
    `Time      ${secondsText(trainMs)}, ${rateText(networksPerSecond(result))} networks/s on ${where}`,
    ...[...new Set(reasons)].map((reason) => `Plan      ${reason}`),
    ...(recoveryCount > 0 ? [`The GPU device was lost ${countOf(recoveryCount, 'time')} and replaced.`] : []),
  ].join('\n');
}

function whereText(adapter: Adapter | null): string {
  return adapter ? adapterText(adapter) : 'the GPU';
}

export function networksPerSecond({ ranking, trainMs }: SweepResult): number {
  return ranking.length / (trainMs / 1000);
}

function rateText(rate: number): string {
  return rate < 10 ? String(Number(rate.toPrecision(2))) : count(Math.round(rate));
}

function rightAligned(rows: readonly (readonly string[])[]): string {
  return textTable(
    rows,
    rows[0].map(() => 'right'),
  );
}
