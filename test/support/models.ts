import { activationNames } from '../../src/core/activations.ts';
import {
  ensembleOf,
  inferColumns,
  jobOf,
  modelOf,
  parametersOf,
  prepareDataset,
  readTable,
  suggestedSettings,
  TrainingSession,
  usualOptions,
  type Backend,
  type ColumnChoices,
  type Dataset,
  type DatasetOptions,
  type JobSettings,
  type Model,
  type RunResult,
  type SourceTable,
  type Table,
  type TrainingJob,
} from '../../src/index.ts';
import { NumpyRandom } from '../../src/core/numpy-random.ts';

/** What a model is to be trained on, and how; what is left out is as usual. */
export interface ModelSettings {
  readonly csv: string;
  readonly columns?: ColumnChoices;
  readonly options?: Partial<DatasetOptions>;
  readonly settings?: Partial<JobSettings>;
  /** Fewer than the job has; all if left out. */
  readonly stopAfter?: number;
  readonly backend?: Backend['name'];
  /** Goes on from here. */
  readonly from?: Model;
  /** As many networks, of other seeds and learning rates, as one ensemble. */
  readonly memberCount?: number;
}

/** A model with what it was trained on. */
export interface TrainedModel {
  readonly model: Model;
  readonly table: Table;
  readonly dataset: Dataset;
  /** Of an ensemble, the first member's. */
  readonly result: RunResult;
  /** One a member. */
  readonly results: readonly RunResult[];
}

/** Trains a network on a table, for a few steps unless said otherwise. */
export async function trainModel(wanted: ModelSettings): Promise<TrainedModel> {
  const { csv, columns, backend = 'cpu', from } = wanted;
  const table = await readTable(csv);
  const plans = inferColumns(table, columns);
  const options = { ...usualOptions(table.rowCount), ...wanted.options };
  const dataset = prepareDataset(table, plans, options);
  const { task, training } = dataset;
  const settings = {
    ...suggestedSettings(task, training.rowCount),
    hidden: [5],
    steps: 20,
    ...wanted.settings,
  };
  const job = jobOf(settings, training.outputCount);
  const source = {
    name: 'table.csv',
    format: table.format,
    columns: plans,
    options,
    rowCount: table.rowCount,
  };
  if (wanted.memberCount !== undefined) {
    return { ...(await trainEnsemble(job, dataset, source, wanted.memberCount)), table, dataset };
  }
  const session = await TrainingSession.open(backend, job, training, {
    ...(from && { from: { snapshot: from.snapshot, losses: from.losses } }),
    ...(from?.snapshot.plan.strategy === 'reference' || backend === 'cpu'
      ? {}
      : from && { plan: from.snapshot.plan }),
  });
  try {
    await session.train(wanted.stopAfter ?? job.steps);
    const result = await session.result();
    return { model: await modelOf(session, dataset, source), table, dataset, result, results: [result] };
  } finally {
    session.dispose();
  }
}

async function trainEnsemble(job: TrainingJob, dataset: Dataset, source: SourceTable, memberCount: number) {
  const [first] = job.networks;
  const members = [];
  const results: RunResult[] = [];
  for (let member = 0; member < memberCount; member++) {
    const settings = { ...first, seed: first.seed + member, learningRate: first.learningRate * (1 + member) };
    const session = await TrainingSession.open('cpu', { ...job, networks: [settings] }, dataset.training);
    try {
      await session.train();
      const { snapshot } = await session.checkpoint();
      members.push({ settings, parameters: parametersOf({ snapshot }) });
      results.push(await session.result());
    } finally {
      session.dispose();
    }
  }
  const model = await ensembleOf({ job, members, plan: { strategy: 'reference' } }, dataset, source);
  return { model, result: results[0], results };
}

/** Headers and categories that a person may write, and that a careless exporter runs, closes or cuts off. */
export const hostileTexts = [
  '__proto__',
  'constructor',
  'it\'s "quoted" \\ `${1}`',
  "'''\nimport os\n'''",
  '*/ alert(1) /* </script><!--',
  '=1+1',
  'Größe 🙂 \u2028',
  '# {0} %s \\u0041 \\',
] as const;

export type TargetKind = 'number' | 'numbers' | 'binary' | 'class' | 'zero-or-one';

/**
 * A table of numbers and categories with gaps, and a target that can be learnt: `size` and `weight` (numbers), `colour`
 * (red, green, blue or missing), `grade` (7, 10 or n/a: numbers to be read as categories), the target last.
 */
export function mixedTable(kind: TargetKind, rowCount = 40, seed = 1): string {
  const random = new NumpyRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random.rand() * items.length)];
  const names = kind === 'numbers' ? ['price', 'cost'] : ['answer'];
  const lines = [['size', 'weight', 'colour', 'grade', ...names].join(',')];
  for (let row = 0; row < rowCount; row++) {
    const size = 20 + 15 * random.rand();
    const weight = -3 + 6 * random.rand();
    // Every category among the first rows.
    const colour = row < 3 ? ['red', 'green', 'blue'][row] : pick(['red', 'green', 'blue', '']);
    const grade = row < 2 ? ['7', '10'][row] : pick(['7', '10', 'n/a']);
    const latent = (size - 27) / 8 + weight * (colour === 'red' ? 1 : -0.5) + (grade === '7' ? 0.7 : 0);
    const targets = {
      number: [(1000 + 120 * latent).toFixed(2)],
      numbers: [(1000 + 120 * latent).toFixed(2), (3 - latent).toFixed(4)],
      binary: [latent > 0 ? 'yes' : 'no'],
      class: [latent > 1 ? 'high' : latent > -1 ? 'middle' : 'low'],
      'zero-or-one': [latent > 0 ? '1' : '0'],
    }[kind];
    const isGap = row > 4 && random.rand() < 0.1;
    lines.push([isGap ? '' : size.toFixed(3), weight.toFixed(4), colour, grade, ...targets].join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** The choices `mixedTable` is made for. */
export const mixedColumns = (kind: TargetKind): ColumnChoices => ({
  targets: kind === 'numbers' ? ['price', 'cost'] : ['answer'],
  types: new Map([['grade', 'category' as const]]),
});

/** A mixed table whose header and categories are hostile: 40 rows, the target a class. */
export function hostileTable(): string {
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const random = new NumpyRandom(3);
  const [first, second, third, fourth] = hostileTexts;
  const lines = [[first, second, third, fourth].map(cell).join(',')];
  for (let row = 0; row < 40; row++) {
    const x = 2 * random.rand() - 1;
    const category = hostileTexts[row % hostileTexts.length];
    const answer = hostileTexts[x > 0 ? 2 : 3 + (row % 2)];
    lines.push([x.toFixed(4), cell(category), cell(hostileTexts[(row + 3) % 8]), cell(answer)].join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** Ensembles: of every link, one output and several, with gaps and without, layers without biases among them. */
export const ensembleCases: readonly (ModelSettings & { readonly name: string })[] = [
  {
    name: 'ensemble of 2, numbers',
    csv: mixedTable('numbers'),
    columns: mixedColumns('numbers'),
    settings: { hidden: [4, 3], bias: false },
    memberCount: 2,
  },
  {
    name: 'ensemble of 3, every activation',
    csv: mixedTable('number'),
    columns: mixedColumns('number'),
    settings: {
      activations: [...activationNames],
      hidden: activationNames.map(() => 3),
      learningRate: 0.002,
    },
    memberCount: 3,
  },
  {
    name: 'ensemble of 5, binary of words',
    csv: mixedTable('binary'),
    columns: mixedColumns('binary'),
    settings: { hidden: [6], activations: ['relu'] },
    memberCount: 5,
  },
  {
    name: 'ensemble of 3, two of 0 and 1',
    csv: `x,even,third\n${Array.from({ length: 30 }, (_, i) => `${(i * 7) % 11},${i % 2},${i % 3 === 0 ? 1 : 0}\n`).join('')}`,
    columns: { targets: ['even', 'third'] },
    settings: { hidden: [] },
    memberCount: 3,
  },
  {
    name: 'ensemble of 4, classes, complete rows',
    csv: mixedTable('class'),
    columns: mixedColumns('class'),
    options: { missing: 'drop' },
    settings: { dropout: 0.2, batchSize: 7 },
    memberCount: 4,
  },
];

/** Every kind of model an export must get right, by name: activations, loss heads, scalings, gaps, tasks, layers. */
export const modelCases: readonly (ModelSettings & { readonly name: string })[] = [
  ...activationNames.map((activation, i) => ({
    name: `${activation}, hidden and output`,
    csv: mixedTable('number', 40, 10 + i),
    columns: mixedColumns('number'),
    settings: { activations: [activation], outputActivation: activation, hidden: [4, 3] },
  })),
  ...(['mse', 'mae', 'huber'] as const).map((loss) => ({
    name: `${loss} of two numbers`,
    csv: mixedTable('numbers'),
    columns: mixedColumns('numbers'),
    settings: { loss },
  })),
  ...(['none', 'standard', 'min-max'] as const).map((scaling) => ({
    name: `scaling ${scaling}`,
    csv: mixedTable('number'),
    columns: mixedColumns('number'),
    options: { scaling },
    settings: { learningRate: 0.001 },
  })),
  ...(['mean', 'median', 'most-frequent', 'drop'] as const).map((missing) => ({
    name: `missing ${missing}`,
    csv: mixedTable('class'),
    columns: mixedColumns('class'),
    options: { missing, missingIndicator: missing !== 'drop' },
  })),
  {
    name: 'binary of words',
    csv: mixedTable('binary'),
    columns: mixedColumns('binary'),
    settings: { hidden: [6], activations: ['relu'] },
  },
  {
    name: 'binary of words, as a number by mse',
    csv: mixedTable('binary'),
    columns: mixedColumns('binary'),
    settings: { loss: 'mse', outputActivation: 'sigmoid' },
  },
  { name: 'binary of 0 and 1', csv: mixedTable('zero-or-one'), columns: mixedColumns('zero-or-one') },
  {
    name: 'classes, no hidden layer',
    csv: mixedTable('class'),
    columns: mixedColumns('class'),
    settings: { hidden: [] },
  },
  {
    name: 'no biases',
    csv: mixedTable('number'),
    columns: mixedColumns('number'),
    settings: { bias: false },
  },
  ...ensembleCases,
  { name: 'hostile names and categories', csv: hostileTable() },
];
