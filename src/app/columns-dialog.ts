import { css, html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import type { ColumnPlan, ColumnReading, ColumnRole, ColumnSummary, CsvFormat } from '../index.ts';
import { readAs, readingOf } from './column-code.ts';
import { count, countOf, properMinus } from './format.ts';
import { PageElement } from './page-element.ts';
import { baseStyles, controlStyles, dialogStyles, tableStyles } from './styles.ts';

const roles: Readonly<Record<ColumnRole, string>> = {
  input: 'input',
  target: 'target',
  index: 'index',
  ignored: 'ignored',
};
const readings: Readonly<Record<ColumnReading, string>> = {
  number: 'number',
  category: 'category',
  'number-or-missing': 'number, words missing',
};
const delimiters: Readonly<Record<CsvFormat['delimiter'], string>> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'bar |',
};
const decimals: Readonly<Record<CsvFormat['decimal'], string>> = { '.': 'point, 0.5', ',': 'comma, 0,5' };

/** How the table was understood, column by column, and the ways to correct it. */
export class ColumnsDialog extends PageElement {
  static override properties = {
    ...PageElement.properties,
    draft: { state: true },
    problem: { state: true },
    isBusy: { state: true },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    tableStyles,
    dialogStyles,
    css`
      dialog {
        width: min(880px, calc(100vw - 24px));
      }
      .format {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 12px 16px;
        margin: 0;
        padding: 0;
        border: 0;
        min-width: 0;
      }
      .format > label {
        display: grid;
        gap: 4px;
      }
      .format .check {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 36px;
      }
      .check input {
        width: 20px;
        height: 20px;
        margin: 0;
        accent-color: var(--ink);
      }
      select {
        width: auto;
        min-width: 108px;
      }
      .scroll {
        flex: 0 1 auto;
        min-height: 120px;
        overflow: auto;
      }
      thead th {
        position: sticky;
        top: 0;
        z-index: 1;
        background: var(--card);
      }
      tbody th {
        max-width: 200px;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .choice {
        text-align: left;
      }
      td select {
        min-height: 32px;
      }
      tbody :is(th, td) {
        vertical-align: middle;
      }
      td.words {
        color: var(--muted);
        max-width: 320px;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      @media (max-width: 719px) {
        td select {
          min-height: 40px;
          min-width: 96px;
        }
        tbody th {
          max-width: 120px;
        }
      }
    `,
  ];

  /** The columns as a person is changing them; undefined while the dialog is closed. */
  declare private draft: readonly ColumnPlan[] | undefined;
  declare private problem: string | undefined;
  declare private isBusy: boolean;
  /** Of the table the draft is about. */
  #key: string | undefined;

  show(): void {
    const { table } = this.page.state;
    this.#key = table?.key;
    this.draft = table?.open.plans;
    this.problem = table?.open.problem;
    this.#dialog?.showModal();
  }

  /** Another table has been opened, and it is none of this dialog's. */
  override updated(): void {
    if (this.draft && !this.isBusy && this.page.state.table?.key !== this.#key) this.#dialog?.close();
  }

  override render() {
    const { table } = this.page.state;
    const open = table?.key === this.#key ? table?.open : undefined;
    const { draft } = this;
    return html`
      <dialog aria-labelledby="title" @close=${() => (this.draft = undefined)}>
        <h2 id="title">Columns</h2>
        ${open && draft ? this.#renderFormat(open.format) : nothing}
        ${open && draft ? this.#renderColumns(open.summaries, draft) : nothing}
        <p id="problem" class="fails" role="alert">${properMinus(this.problem ?? '')}</p>
        <div class="buttons">
          <button type="button" @click=${() => this.#dialog?.close()}>Cancel</button>
          <button type="button" class="primary" ?disabled=${this.isBusy} @click=${this.#use}>
            Use these columns
          </button>
        </div>
      </dialog>
    `;
  }

  #renderFormat({ delimiter, decimal, hasHeader }: CsvFormat) {
    return html`<fieldset class="format" ?disabled=${this.isBusy} aria-label="How the file is written">
      <label
        >Cells end with
        <select @change=${(event: Event) => this.#reread({ delimiter: valueOf(event) as ',' })}>
          ${optionsOf(delimiters, delimiter)}
        </select></label
      >
      <label
        >Decimals after a
        <select @change=${(event: Event) => this.#reread({ decimal: valueOf(event) as '.' })}>
          ${optionsOf(decimals, decimal)}
        </select></label
      >
      <label class="check"
        ><input
          type="checkbox"
          .checked=${live(hasHeader)}
          @change=${(event: Event) => this.#reread({ hasHeader: (event.target as HTMLInputElement).checked })}
        />The first line names the columns</label
      >
    </fieldset>`;
  }

  #renderColumns(summaries: readonly ColumnSummary[], draft: readonly ColumnPlan[]) {
    const hidden = draft.length - summaries.length;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Columns of the table">
        <table>
          <thead>
            <tr>
              <th scope="col" class="words">column</th>
              <th scope="col" class="words">role</th>
              <th scope="col" class="words">type</th>
              <th scope="col">missing</th>
              <th scope="col" class="words">what is in it</th>
            </tr>
          </thead>
          <tbody>
            ${summaries.map((summary, position) => this.#renderColumn(summary, draft[position], position))}
          </tbody>
        </table>
      </div>
      ${hidden > 0 ? html`<p class="muted small">${countOf(hidden, 'more column')} not listed; they stay as they are.</p>` : nothing}`;
  }

  #renderColumn(summary: ColumnSummary, plan: ColumnPlan, position: number) {
    const { name, role } = plan;
    return html`<tr>
      <th scope="row" class="words" title=${name}>${name}</th>
      <td class="choice">
        <select
          aria-label="Role of ${name}"
          @change=${(event: Event) => this.#change(position, (of) => ({ ...of, role: valueOf(event) as ColumnRole }))}
        >
          ${optionsOf(roles, role)}
        </select>
      </td>
      <td class="choice">
        <select
          aria-label="Type of ${name}"
          @change=${(event: Event) => this.#change(position, (of) => readAs(of, valueOf(event) as ColumnReading))}
        >
          ${optionsOf(readings, readingOf(plan))}
        </select>
      </td>
      <td>${count(summary.missingCount)}</td>
      <td class="words">${contentOf(summary)}</td>
    </tr>`;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  #change(position: number, change: (plan: ColumnPlan) => ColumnPlan): void {
    this.draft = this.draft?.map((plan, at) => (at === position ? change(plan) : plan));
  }

  /** Everything about the columns depends on it, so it is not put off until *Use*. */
  async #reread(change: Partial<CsvFormat>): Promise<void> {
    const { table } = this.page.state;
    if (!table) return;
    this.isBusy = true;
    this.problem = await this.page.tables.changeFormat({ ...table.open.format, ...change });
    const { table: read } = this.page.state;
    if (this.draft && this.problem === undefined) {
      this.#key = read?.key;
      this.draft = read?.open.plans;
      this.problem = read?.open.problem;
    }
    this.isBusy = false;
    // A format that cannot be used is not the one that is shown.
    this.requestUpdate();
  }

  async #use(): Promise<void> {
    const { draft } = this;
    if (!draft || this.#key === undefined) return;
    this.isBusy = true;
    this.problem = await this.page.tables.changeColumns(this.#key, draft);
    // A half-corrected table has a key of its own.
    this.#key = this.page.state.table?.key;
    this.isBusy = false;
    if (this.problem === undefined) this.#dialog?.close();
  }
}

function valueOf(event: Event): string {
  return (event.target as HTMLSelectElement).value;
}

function optionsOf(names: Readonly<Record<string, string>>, chosen: string) {
  return Object.entries(names).map(
    ([value, label]) => html`<option value=${value} .selected=${live(value === chosen)}>${label}</option>`,
  );
}

/** `3 to 98`, `4 categories: north, south, …`. */
function contentOf({
  type,
  numbers,
  distinctCount,
  hasMoreTexts,
  firstValues,
  textCount,
}: ColumnSummary): string {
  if (type === 'category') {
    const atLeast = hasMoreTexts ? 'over ' : '';
    return `${atLeast}${countOf(distinctCount ?? 0, 'value')}: ${firstValues.join(', ')}`;
  }
  const words = textCount > 0 ? `; ${countOf(textCount, 'cell')} not a number` : '';
  if (!numbers) return `nothing${words}`;
  return `${short(numbers.least)} to ${short(numbers.most)}, mean ${short(numbers.mean)}${words}`;
}

/** Four digits, and no zeros behind them: what is in a column is not measured. */
function short(value: number): string {
  return properMinus(String(Number(value.toPrecision(4))));
}

customElements.define('columns-dialog', ColumnsDialog);
