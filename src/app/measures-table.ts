import { css, html, LitElement, nothing } from 'lit';
import type { AssessmentReport } from '../worker/assessment-report.ts';
import './field-term.ts';
import { count } from './format.ts';
import { measureColumns, measureNotes, measureTexts, mostHonest, NO_VALUE } from './measures-sentences.ts';
import { baseStyles, tableStyles } from './styles.ts';

/** The measures of every part of the table, beside what a linear model and a constant reach. */
class MeasuresTable extends LitElement {
  static override properties = { assessment: { attribute: false }, output: { attribute: false } };

  static override styles = [
    baseStyles,
    tableStyles,
    css`
      table {
        width: auto;
        min-width: min(640px, 100%);
      }
      thead th:not(.words) {
        min-width: 72px;
      }
      th,
      td {
        padding-left: 16px;
      }
      .measure {
        display: block;
      }
      .honest > * {
        font-weight: 600;
      }
      .notes {
        display: grid;
        gap: 4px;
        margin-top: 12px;
        max-width: 92ch;
      }
      /* A column a part: on a phone there is no room for a row of all the figures. */
      @media (max-width: 719px) {
        table {
          display: flex;
          min-width: 0;
          width: 100%;
        }
        thead,
        tbody {
          display: contents;
        }
        /* Wide figures push the table wider, and it scrolls. */
        tr {
          display: flex;
          flex: 1 0 72px;
          flex-direction: column;
          min-width: min-content;
        }
        thead tr {
          flex: 0 0 104px;
        }
        th,
        td {
          height: 40px;
          padding: 0 0 0 8px;
          align-content: center;
        }
        tbody th.words {
          text-align: right;
        }
        thead th {
          padding: 0;
          text-align: left;
        }
        tbody tr > *,
        tbody tr:last-child > * {
          border-bottom: 1px solid var(--line);
        }
        tr > :last-child {
          border-bottom: 0 !important;
        }
      }
    `,
  ];

  declare assessment: AssessmentReport;
  /** Which of several outputs. */
  declare output: number;

  override render() {
    const { assessment, output } = this;
    const { parts } = assessment;
    const honest = parts.length > 1 ? mostHonest(parts) : undefined;
    const notes = measureNotes(assessment, output);
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="Measures by part of the table">
        <table role="table">
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" class="words">part</th>
              <th role="columnheader">rows</th>
              ${measureColumns(assessment).map(
                ({ name, measure, meaning }) =>
                  html`<th role="columnheader">
                    ${measure ? html`<span class="measure">${measure}, </span>` : nothing}<field-term
                      meaning=${meaning}
                      >${name}</field-term
                    >
                  </th>`,
              )}
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${parts.map(
              (part) =>
                html`<tr role="row" class=${part === honest ? 'honest' : ''}>
                  <th role="rowheader" class="words">${part.part}</th>
                  <td role="cell">${count(part.rowCount)}</td>
                  ${measureTexts(part, output).map((text) => html`<td role="cell">${orSpoken(text)}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${
        notes.length > 0
          ? html`<div class="notes muted small">${notes.map((note) => html`<p>${note}</p>`)}</div>`
          : nothing
      }
    `;
  }
}

/** A dash alone is not read out. */
export function orSpoken(text: string) {
  if (text !== NO_VALUE) return text;
  return html`<span aria-hidden="true">${NO_VALUE}</span><span class="screen-reader">no value</span>`;
}

customElements.define('measures-table', MeasuresTable);
