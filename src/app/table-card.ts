import { css, html, nothing } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { live } from 'lit/directives/live.js';
import { samples, type SampleId } from '../index.ts';
import './columns-dialog.ts';
import './paste-dialog.ts';
import './remember-switch.ts';
import type { ColumnsDialog } from './columns-dialog.ts';
import type { PasteDialog } from './paste-dialog.ts';
import { count, countOf, properMinus } from './format.ts';
import { PageElement } from './page-element.ts';
import type { ShownTable } from './run.ts';
import { describeRows } from './table-sentences.ts';
import { baseStyles, controlStyles, disclosureStyles, tableStyles } from './styles.ts';

/** Cells on the page, and rows of a narrow table: more take the page's thread too long to lay out. */
const SHOWN_CELLS = 600;
const SHOWN_ROWS = 100;
const FITTING_ROWS = 6;
const FITTING_COLUMNS = 4;

/** The table as it was understood, and the ways to bring another. Everything in it is text, never markup. */
class TableCard extends PageElement {
  static override styles = [
    baseStyles,
    controlStyles,
    tableStyles,
    disclosureStyles,
    css`
      .open {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-bottom: 12px;
      }
      .scroll {
        max-height: 252px;
      }
      thead th {
        position: sticky;
        top: 0;
        background: var(--card);
        max-width: 176px;
      }
      .name {
        display: block;
        overflow: hidden;
        text-overflow: ellipsis;
        color: var(--ink);
      }
      .role {
        display: inline-block;
        margin-top: 2px;
        padding: 0 6px;
        border-radius: 4px;
        background: var(--well);
      }
      .role.target {
        box-shadow: inset 0 0 0 1px var(--outline);
        color: var(--ink);
      }
      .role.ignored {
        background: none;
        text-decoration: line-through;
      }
      .cell {
        max-width: 176px;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .open select {
        flex: 1 1 88px;
        width: auto;
        min-width: 88px;
        border-color: var(--line);
      }
      .open button {
        padding: 0 10px;
      }
      .open {
        align-items: center;
      }
      progress {
        flex: 1;
        min-width: 80px;
        height: 4px;
        appearance: none;
        border: 0;
        border-radius: 2px;
        background: var(--line);
        overflow: hidden;
      }
      progress::-webkit-progress-bar {
        background: var(--line);
      }
      progress::-webkit-progress-value {
        background: var(--muted);
      }
      progress::-moz-progress-bar {
        background: var(--muted);
      }
      details p {
        margin-top: 4px;
        overflow-wrap: anywhere;
      }
      .foot {
        display: flex;
        align-items: center;
        gap: 8px;
        margin-top: 8px;
      }
      .foot p {
        flex: 1;
      }
      .foot:has(.problem) {
        flex-direction: column;
        align-items: start;
      }
      .problem {
        padding: 8px 12px;
        border-radius: 8px;
        background: var(--well);
        overflow-wrap: anywhere;
      }
      .source {
        display: flex;
        gap: 8px;
        min-width: 0;
        white-space: nowrap;
      }
      .file {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .note {
        margin-top: 8px;
      }
      .empty {
        height: 180px;
      }
    `,
  ];

  override render() {
    const { table, reading, hidden } = this.page.state;
    const isFixed = hidden.has('table');
    return html`
      <section class="card" aria-labelledby="title">
        <div class="heading">
          <h2 id="title">Table</h2>
          <span class="muted small source">
            ${
              reading
                ? html`<span class="file">Reading ${reading.name} …</span>`
                : table &&
                  html`<span class="file">${table.name}</span
                    ><span>${countOf(table.open.rowCount, 'row')}</span>`
            }
          </span>
        </div>
        ${isFixed ? nothing : html`<div class="open">${this.#renderOpen()}</div>`}
        ${reading?.share === undefined ? nothing : this.#renderReading(reading.share)}
        ${table ? guard([table], () => renderTable(table)) : html`<div class="empty"></div>`}
        ${table ? this.#renderNotes(table) : nothing}
        <remember-switch .page=${this.page}></remember-switch>
        ${
          isFixed
            ? nothing
            : html`<paste-dialog .page=${this.page}></paste-dialog>
                <columns-dialog .page=${this.page}></columns-dialog>`
        }
      </section>
    `;
  }

  #renderOpen() {
    const { table } = this.page.state;
    return html`
      <button type="button" @click=${() => this.#fileInput?.click()}>Open file</button>
      <button type="button" @click=${() => this.#pasteDialog?.show()}>Paste</button>
      <select aria-label="Sample tables" @change=${this.#openSample}>
        <option value="" disabled .selected=${live(table !== undefined && table.sample === undefined)}>
          Samples
        </option>
        ${samples.map(
          ({ id, name }) =>
            html`<option value=${id} .selected=${live(table?.sample === id)}>${name}</option>`,
        )}
      </select>
      <input
        type="file"
        accept=".csv,.tsv,.txt,.safetensors,text/csv,text/plain"
        hidden
        @change=${this.#openFile}
      />
    `;
  }

  /** A large file takes seconds: how far it is, and the way out. */
  #renderReading(share: number) {
    return html`<div class="open">
      <progress max="1" .value=${share} aria-label="Reading the table"></progress>
      <span class="number muted">${count(Math.floor(100 * share))} %</span>
      <button type="button" @click=${() => this.page.tables.cancelReading()}>Cancel</button>
    </div>`;
  }

  #renderNotes({ open, sample: id }: ShownTable) {
    const { isPreparing, isTraining, hidden } = this.page.state;
    const sample = samples.find((each) => each.id === id);
    const { problem, notes } = open;
    return html`
      <div class="foot">
        ${
          problem === undefined
            ? html`<p class="muted small">${isPreparing ? 'Preparing …' : describeRows(open)}</p>`
            : html`<p class="problem" role="alert">${properMinus(problem)}</p>`
        }
        ${
          hidden.has('table')
            ? nothing
            : html`<button
                type="button"
                aria-disabled=${isTraining}
                @click=${() => !isTraining && this.#columnsDialog?.show()}
              >
                Columns
              </button>`
        }
      </div>
      ${notes.map((note) => html`<p class="muted small note">${note}</p>`)}
      ${
        sample
          ? html`<p class="muted small note">${sample.description}</p>
              <details class="muted small note">
                <summary>Source and licence</summary>
                <p>${sample.source}</p>
                <p>${sample.licence}</p>
              </details>`
          : nothing
      }
    `;
  }

  get #fileInput(): HTMLInputElement | null {
    return this.renderRoot.querySelector('input[type="file"]');
  }

  get #pasteDialog(): PasteDialog | null {
    return this.renderRoot.querySelector('paste-dialog');
  }

  get #columnsDialog(): ColumnsDialog | null {
    return this.renderRoot.querySelector('columns-dialog');
  }

  #openSample(event: Event): void {
    void this.page.tables.openSample((event.target as HTMLSelectElement).value as SampleId);
  }

  #openFile(event: Event): void {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    if (file) void this.page.models.openFile(file);
    // So that the same file can be chosen again once it is corrected.
    input.value = '';
  }
}

function renderTable({ open }: ShownTable) {
  const { plans, shown, preview, rowCount } = open;
  const rows = preview.slice(0, Math.min(SHOWN_ROWS, Math.ceil(SHOWN_CELLS / shown.length)));
  const columns = shown.map((position) => plans[position]);
  const isText = columns.map(({ role, type }) => role === 'index' || type === 'category');
  const notes = [
    rows.length < rowCount ? `the first ${count(rows.length)} of ${count(rowCount)} rows` : '',
    shown.length < plans.length ? `${count(shown.length)} of ${countOf(plans.length, 'column')}` : '',
  ].filter(Boolean);
  // What scrolls must be reachable by keyboard; what does not, need not.
  const isLarge = rows.length > FITTING_ROWS || columns.length > FITTING_COLUMNS;
  return html`
    <div class="scroll" tabindex=${isLarge ? 0 : nothing} role="region" aria-label="Rows of the table">
      <table>
        <thead>
          <tr>
            ${columns.map(
              ({ name, role }, column) =>
                html`<th scope="col" class=${isText[column] ? 'words' : ''}>
                  <span class="name">${name}</span><span class="role ${role}">${role}</span>
                </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.map((text, column) =>
                  isText[column]
                    ? html`<td class="words cell">${text === '' ? '–' : text}</td>`
                    : html`<td>${text === '' ? '–' : properMinus(text)}</td>`,
                )}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${notes.length > 0 ? html`<p class="muted small note">Shown: ${notes.join(', ')}.</p>` : nothing}
  `;
}

customElements.define('table-card', TableCard);
