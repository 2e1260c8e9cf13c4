import { countOf, formatCount } from '../core/wording.ts';
import type { Model } from './model.ts';

/** What a model can be written as. */
export const exportFormats = [
  'model',
  'safetensors',
  'onnx',
  'pytorch',
  'numpy',
  'javascript',
  'certificate',
] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** What a file may hold of the table. */
type Part = 'name' | 'columns' | 'inputs' | 'categories' | 'ranges' | 'rows' | 'digest';

const scripts: readonly Part[] = ['inputs', 'categories', 'ranges'];
const partsOf: Readonly<Record<ExportFormat, readonly Part[]>> = {
  model: ['name', 'columns', 'categories', 'ranges', 'rows', 'digest'],
  safetensors: [],
  onnx: scripts,
  pytorch: ['name', ...scripts, 'rows'],
  numpy: ['name', ...scripts, 'rows'],
  javascript: scripts,
  certificate: ['name', 'columns', 'digest'],
};

/** What is exported, as far as it tells of the table. */
type Told = Pick<Model, 'encoding'> & {
  readonly table: Pick<Model['table'], 'columns'>;
  readonly job?: Pick<Model['job'], 'networks'>;
};

/** What of the table an export reveals, as one sentence; no file holds a row of it. */
export function revealed(model: Told, format: ExportFormat): string {
  const parts = partsToldBy(model, format)
    .map((part) => describe[part](model))
    .filter(Boolean);
  if (parts.length === 0) return 'It holds the weights and nothing else of the table.';
  const last = parts.length > 1 ? ` and ${parts[parts.length - 1]}` : '';
  return `Of the table it holds ${parts.slice(0, parts.length > 1 ? -1 : 1).join(', ')}${last}; no row.`;
}

/** The script of an ensemble is not for training, and does not say on which table it was trained. */
function partsToldBy({ job }: Told, format: ExportFormat): readonly Part[] {
  const isScript = format === 'pytorch' || format === 'numpy';
  return isScript && job && job.networks.length > 1 ? scripts : partsOf[format];
}

const describe: Readonly<Record<Part, (model: Told) => string>> = {
  name: () => 'its name',
  columns: ({ table }) => `the names of all ${countOf(table.columns.length, 'column')}`,
  inputs: ({ encoding: { inputs, targets } }) =>
    `the names of ${countOf(inputs.length, 'input')} and ${countOf(targets.length, 'target')}`,
  categories: ({ encoding: { inputs, classes } }) => {
    const lists = inputs.map((input) => (input.type === 'category' ? input.categories : []));
    const count = [...lists, classes ?? []].reduce((sum, { length }) => sum + length, 0);
    return count === 0 ? '' : `${formatCount(count)} categories and classes`;
  },
  ranges: ({ encoding: { inputs, task, targets } }) => {
    const numbers = inputs.filter(({ type }) => type === 'number').length;
    const count = numbers + (task === 'regression' ? targets.length : 0);
    return count === 0 ? '' : `centre, spread and fill of ${countOf(count, 'column')} of numbers`;
  },
  rows: () => 'which rows were trained on',
  digest: () => 'a digest of its rows',
};
