// Fields, matrices and tables of figures, as every section of the notebook shows them.

import { html, nothing, type TemplateResult } from 'lit';
import type { Matrix } from '../index.ts';
import { count, significant, withDecimals } from './format.ts';
import type { NotebookControl } from './notebook-control.ts';
import type { CheckedMatrix } from './notebook-steps.ts';
import { textOf, type CellName } from './notebook-story.ts';

interface FieldOptions {
  readonly label: string;
  readonly isWide?: boolean;
}

/** A number that can be changed, with its name above it. */
export function renderField(notebook: NotebookControl, field: string, { label, isWide }: FieldOptions) {
  return html`<label class="field ${isWide ? 'wide' : ''}">
    <span class="name">${label}</span>
    ${renderInput(notebook, field)}
  </label>`;
}

/** Numbers that stand in rows and columns. @param heads what stands above the columns */
export function renderFieldGrid(
  notebook: NotebookControl,
  legend: string,
  fields: readonly (readonly { readonly field: string; readonly label: string }[])[],
  heads: readonly string[] = [],
) {
  const columns = fields[0].length;
  return html`<fieldset class="grid-fields">
    <legend>${legend}</legend>
    <div class="cells" data-columns=${columns}>
      ${heads.map((head) => html`<span class="head" aria-hidden="true">${head}</span>`)}
      ${fields.flat().map(({ field, label }) => renderInput(notebook, field, label))}
    </div>
  </fieldset>`;
}

function renderInput(notebook: NotebookControl, field: string, label?: string) {
  return html`<input
    type="text"
    inputmode="text"
    autocomplete="off"
    spellcheck="false"
    data-field=${field}
    aria-label=${label ?? nothing}
    aria-invalid=${notebook.story.problems.has(field) ? 'true' : nothing}
    .value=${textOf(notebook.texts, field, notebook.story)}
    @change=${(event: Event) => notebook.change(field, (event.target as HTMLInputElement).value)}
  />`;
}

/** One of several names. */
export function renderChoice(
  notebook: NotebookControl,
  field: string,
  { label, options }: { label: string; options: readonly (readonly [value: string, name: string])[] },
) {
  const chosen = textOf(notebook.texts, field, notebook.story);
  return html`<label class="field wide">
    <span class="name">${label}</span>
    <select
      data-field=${field}
      @change=${(event: Event) => notebook.change(field, (event.target as HTMLSelectElement).value)}
    >
      ${options.map(([value, name]) => html`<option value=${value} .selected=${value === chosen}>${name}</option>`)}
    </select>
  </label>`;
}

/** Why what stands in some of these fields cannot be taken. */
export function renderProblems(notebook: NotebookControl, isOf: (field: string) => boolean) {
  const problems = [...notebook.story.problems].filter(([field]) => isOf(field));
  return problems.map(([, sentence]) => html`<p class="problem" role="alert">${sentence}</p>`);
}

interface MatrixLook {
  /** `ŷ = x · v` */
  readonly name: string;
  /** How it is read out and found. */
  readonly id: string;
  readonly write?: (value: number) => string;
  /** What a row is called: `obs. 1`. */
  readonly rowName?: (row: number) => string;
  readonly note?: TemplateResult | typeof nothing;
}

/** Six decimals, as the notebook prints predictions. */
export function sixDecimals(value: number): string {
  return withDecimals(value, 6);
}

/** A matrix with its name, its shape and its entries. */
export function renderMatrix({ rows, columns, data }: Matrix, look: MatrixLook) {
  const { name, id, write = sixDecimals, rowName = (row) => String(row + 1), note = nothing } = look;
  const each = (length: number) => Array.from({ length }, (_, index) => index);
  return html`<div class="matrix">
    <div class="scroll" tabindex="0" role="region" aria-label=${id}>
      <table data-matrix=${id}>
        <caption>
          ${name}
          <span class="muted">[${rows}, ${columns}]</span>
        </caption>
        <thead class="screen-reader">
          <tr>
            <th scope="col">row</th>
            ${each(columns).map((column) => html`<th scope="col">column ${column + 1}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${each(rows).map(
            (row) =>
              html`<tr>
                <th scope="row">${rowName(row)}</th>
                ${each(columns).map((column) => html`<td>${write(data[row * columns + column])}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${note}
  </div>`;
}

/** One line of a table of figures. */
export interface FigureRow {
  readonly name: string;
  readonly recorded: number | undefined;
  /** One a column. */
  readonly ours: readonly (number | undefined)[];
  readonly write: (value: number) => string;
  readonly isFirst?: boolean;
}

interface FiguresLook {
  readonly label: string;
  /** What stands above the names. */
  readonly what: string;
  /** Above each of ours. */
  readonly columns: readonly { readonly name: string; readonly path?: 'cpu' | 'gpu' }[];
  /** The recorded figures are those of the same values. */
  readonly applies: boolean;
}

/** Recorded figures beside ours: NumPy, PyTorch, then one column for each path. */
export function renderFigures(rows: readonly FigureRow[], { label, what, columns, applies }: FiguresLook) {
  const off = applies ? '' : 'off';
  return html`<div class="scroll figures" tabindex="0" role="region" aria-label=${label}>
    <table>
      <thead>
        <tr>
          <th scope="col" class="words">${what}</th>
          <th scope="col" class=${off}>NumPy</th>
          <th scope="col" class=${off}>PyTorch</th>
          ${columns.map(({ name, path = '' }) => html`<th scope="col" class=${path}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ name, recorded, ours, write, isFirst }) =>
            html`<tr class=${isFirst ? 'first' : ''}>
              <th scope="row" class="words">${name}</th>
              ${[0, 1].map(
                () => html`<td class=${off}>${recorded === undefined ? '—' : write(recorded)}</td>`,
              )}
              ${columns.map((_, index) => {
                const value = ours[index];
                return html`<td>${value === undefined ? '—' : write(value)}</td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** `finite differences: differ by at most 3.1e−12`, where the derivative is that of what is shown. */
export function differenceLine({ largest, atKink }: CheckedMatrix) {
  const kinks = atKink === 0 ? '' : `; ${count(atKink)} at a kink left out`;
  return html`<p class="small muted number">
    finite difference: differs by at most ${significant(largest, 2)}${kinks}
  </p>`;
}

/** The recorded figures still stand for what a cell shows. */
export function recordApplies(notebook: NotebookControl, cell: CellName): boolean {
  return !notebook.isChanged(cell);
}
