import type { OpenTable } from '../worker/client.ts';
import { count, countOf } from './format.ts';

const fills = {
  median: 'numbers with the median, categories with the most frequent',
  mean: 'numbers with the mean, categories with the most frequent',
  'most-frequent': 'with the most frequent value',
  drop: '',
} as const;

/** What became of the rows and the columns: `120 rows to train on, 30 for validation; 4 inputs, 3 classes.` */
export function describeRows({ prepared, options }: OpenTable): string {
  if (!prepared) return '';
  const { rowCounts, filledCellCount, inputCount, outputCount, classes, task } = prepared;
  const rows = [
    `${countOf(rowCounts.training, 'row')} to train on`,
    rowCounts.validation > 0 ? `${count(rowCounts.validation)} for validation` : '',
    rowCounts.test > 0 ? `${count(rowCounts.test)} for the test` : '',
    rowCounts.dropped > 0 ? `${count(rowCounts.dropped)} left out` : '',
  ].filter(Boolean);
  const columns = [
    countOf(inputCount, 'input'),
    task === 'classification'
      ? `${count(classes?.length ?? outputCount)} classes`
      : countOf(outputCount, 'output'),
  ];
  const filled =
    filledCellCount > 0
      ? ` ${countOf(filledCellCount, 'missing cell')} filled from the training rows: ${fills[options.missing]}.`
      : '';
  return `${rows.join(', ')}; ${columns.join(', ')}.${filled}`;
}
