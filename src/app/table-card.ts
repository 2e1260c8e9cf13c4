import { css, html, nothing } from 'lit';
import { guard } from 'lit/directives/guard.js';
import './paste-dialog.ts';
import type { PasteDialog } from './paste-dialog.ts';
import { cell, count, countOf } from './format.ts';
import { PageElement } from './page-element.ts';
import type { ShownTable } from './page-state.ts';
import { baseStyles, controlStyles, tableStyles } from './styles.ts';

const SHOWN_ROWS = 100;
const FITTING_ROWS = 6;
const FITTING_COLUMNS = 4;

/** The table as it was understood, and the ways to bring another. Everything in it is text, never markup. */
class TableCard extends PageElement {
  static override styles = [
    baseStyles,
    controlStyles,
    tableStyles,
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
    const { table, readingTable } = this.page.state;
    return html`
      <section class="card" aria-labelledby="title">
        <div class="heading">
          <h2 id="title">Table</h2>
          <span class="muted small source">
            <span class="file"
              >${readingTable !== undefined ? `Reading ${readingTable} …` : table?.name}</span
            >
            ${table && readingTable === undefined ? html`<span>${countOf(table.table.rowCount, 'row')}</span>` : nothing}
          </span>
        </div>
        <div class="open">
          <button type="button" @click=${() => this.#fileInput?.click()}>Open CSV</button>
          <button type="button" @click=${() => this.#pasteDialog?.show()}>Paste</button>
          ${
            table && !table.isSample
              ? html`<button type="button" @click=${() => this.page.tables.openSample()}>OR sample</button>`
              : nothing
          }
          <input type="file" accept=".csv,.tsv,.txt,text/csv,text/plain" hidden @change=${this.#openFile} />
        </div>
        ${table ? guard([table], () => renderTable(table)) : html`<div class="empty"></div>`}
        <paste-dialog .page=${this.page}></paste-dialog>
      </section>
    `;
  }

  get #fileInput(): HTMLInputElement | null {
    return this.renderRoot.querySelector('input[type="file"]');
  }

  get #pasteDialog(): PasteDialog | null {
    return this.renderRoot.querySelector('paste-dialog');
  }

  #openFile(event: Event): void {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    if (file) void this.page.tables.openFile(file);
    // So that the same file can be chosen again once it is corrected.
    input.value = '';
  }
}

function renderTable({ table }: ShownTable) {
  const { columns, preview, rowCount, inputCount, outputCount } = table;
  const rows = preview.slice(0, SHOWN_ROWS);
  const hiddenInputs = inputCount - columns.filter(({ role }) => role === 'input').length;
  const hiddenTargets = outputCount - columns.filter(({ role }) => role === 'target').length;
  const notes = [
    columns.length > FITTING_COLUMNS
      ? `${countOf(inputCount, 'input')} and ${countOf(outputCount, 'target')}`
      : '',
    rows.length < rowCount ? `the first ${count(rows.length)} of ${count(rowCount)} rows` : '',
    hiddenInputs > 0 ? `${countOf(hiddenInputs, 'more input')} not shown` : '',
    hiddenTargets > 0 ? `${countOf(hiddenTargets, 'more target')} not shown` : '',
  ].filter(Boolean);
  const note = notes.join(' · ');
  // What scrolls must be reachable by keyboard; what does not, need not.
  const isLarge = rows.length > FITTING_ROWS || columns.length > FITTING_COLUMNS;
  return html`
    <div class="scroll" tabindex=${isLarge ? 0 : nothing} role="region" aria-label="Rows of the table">
      <table>
        <thead>
          <tr>
            ${columns.map(
              ({ name, role }) =>
                html`<th scope="col" class=${role === 'index' ? 'words' : ''}>
                  <span class="name">${name}</span><span class="role">${role}</span>
                </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.map(
                  (value, column) =>
                    html`<td class=${columns[column].role === 'index' ? 'words' : ''}>${cell(value)}</td>`,
                )}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${note ? html`<p class="muted small note">${note[0].toUpperCase()}${note.slice(1)}.</p>` : nothing}
  `;
}

customElements.define('table-card', TableCard);
