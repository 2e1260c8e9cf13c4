import {
  cellText,
  memberCountOf,
  networkOf,
  type Adapter,
  type Backend,
  type DecimalMark,
  type InputEncoding,
  type Model,
  type Table,
  type Task,
} from '../index.ts';

type NumberEncoding = Extract<InputEncoding, { type: 'number' }>;
type CategoryEncoding = Extract<InputEncoding, { type: 'category' }>;

/** One field of the form that a row to predict is written in. */
export type RowField =
  | {
      readonly kind: 'number';
      readonly column: string;
      /** Text of the first row, or what usually stands there. */
      readonly start: string;
      /** What stands in where the field is empty; undefined where it must not be. */
      readonly fill: string | undefined;
    }
  | {
      readonly kind: 'category';
      readonly column: string;
      readonly start: string;
      readonly fill: string | undefined;
      readonly categories: readonly string[];
      /** A text that is none of them: any other category. */
      readonly other: string;
    };

/** What the page shows of a trained network. */
export interface ModelSheet {
  readonly tableName: string;
  readonly rowCount: number;
  readonly trainingRowCount: number;
  readonly madeBy: string;
  readonly task: Task;
  readonly targets: readonly string[];
  readonly classes: readonly string[] | undefined;
  readonly fields: readonly RowField[];
  /** Of the training table: numbers in the form are written with it. */
  readonly decimal: DecimalMark;
  readonly step: number;
  readonly steps: number;
  /** Of each network. */
  readonly parameterCount: number;
  /** Networks that predict together; 2 or more in an ensemble, which is not trained on. */
  readonly memberCount: number;
  /** Where it was trained. */
  readonly backend: Backend['name'];
  readonly adapter: Adapter | null;
}

/** @param table whose first row is in the form to begin with; undefined if it is not here */
export function sheetOf(model: Model, table: Table | undefined): ModelSheet {
  const { encoding, table: trained, job, snapshot, adapter, madeBy } = model;
  const { decimal } = trained.format;
  return {
    tableName: trained.name,
    rowCount: trained.rowCount,
    trainingRowCount: trained.trainingRows.length,
    madeBy,
    task: encoding.task,
    targets: encoding.targets,
    classes: encoding.classes,
    fields: encoding.inputs.map((input) => {
      const start = startOf(input.column, table);
      return input.type === 'number' ? numberField(input, start, decimal) : categoryField(input, start);
    }),
    decimal,
    step: snapshot.step,
    steps: job.steps,
    parameterCount: networkOf(model).parameterCount,
    memberCount: memberCountOf(model),
    backend: snapshot.plan.strategy === 'reference' ? 'cpu' : 'gpu',
    adapter,
  };
}

function startOf(column: string, table: Table | undefined): string {
  const position = table?.columnNames.indexOf(column) ?? -1;
  return table && position >= 0 ? cellText(table.columns[position], 0) : '';
}

function numberField(
  { column, fill, scaling }: NumberEncoding,
  first: string,
  decimal: DecimalMark,
): RowField {
  const written = (text: string) => text.replace('.', decimal);
  const isNumber = first !== '' && Number.isFinite(Number(first));
  return {
    kind: 'number',
    column,
    start: written(isNumber ? first : String(shortNumber(fill ?? scaling.offset))),
    fill: fill === null ? undefined : written(String(shortNumber(fill))),
  };
}

function categoryField({ column, categories, fill }: CategoryEncoding, first: string): RowField {
  return {
    kind: 'category',
    column,
    start: categories.includes(first) ? first : (fill ?? categories[0] ?? ''),
    fill: fill ?? undefined,
    categories,
    other: unusedCategory(categories),
  };
}

/** A text that is no category, and no number either. */
export function unusedCategory(categories: readonly string[]): string {
  let text = 'other';
  while (categories.includes(text)) text += ' other';
  return text;
}

/** What is computed, such as a mean, in no more digits than help. */
export function shortNumber(value: number): number {
  return Number(value.toPrecision(6));
}
