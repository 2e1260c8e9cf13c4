import { css, html, LitElement } from 'lit';
import type { ClassificationMeasures } from '../index.ts';
import { renderName } from './confusion-matrix.ts';
import './field-term.ts';
import { count } from './format.ts';
import { orNoValue, shownClasses } from './measures-sentences.ts';
import { orSpoken } from './measures-table.ts';
import { baseStyles, tableStyles } from './styles.ts';

const columns: readonly (readonly [name: string, meaning: string])[] = [
  ['precision', 'Of the rows predicted as this class, the share that is of it.'],
  ['recall', 'Of the rows of this class, the share that is predicted as it.'],
  ['F1', 'The harmonic mean of precision and recall: high only where both are.'],
  ['support', 'How many rows are of this class.'],
];

/** How each class fares against all others. */
class ClassMeasuresTable extends LitElement {
  static override properties = { measures: { attribute: false }, names: { attribute: false } };

  static override styles = [
    baseStyles,
    tableStyles,
    css`
      table {
        width: auto;
      }
      th,
      td {
        padding-left: 12px;
      }
      .name {
        display: block;
        max-width: 144px;
        overflow: hidden;
        text-overflow: ellipsis;
        unicode-bidi: isolate;
      }
      .note {
        margin-top: 8px;
        max-width: 64ch;
      }
      @media (max-width: 719px) {
        table {
          width: 100%;
        }
        th,
        td {
          padding: 6px 0 6px 8px;
        }
        .name {
          max-width: 80px;
        }
      }
    `,
  ];

  declare measures: ClassificationMeasures;
  declare names: readonly string[];

  override render() {
    const { perClass } = this.measures;
    const shown = shownClasses(perClass);
    const hasGaps = shown.some(
      (place) => perClass[place].precision === undefined || perClass[place].support === 0,
    );
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="Measures by class">
        <table>
          <thead>
            <tr>
              <th scope="col" class="words">class</th>
              ${columns.map(
                ([name, meaning]) =>
                  html`<th scope="col"><field-term meaning=${meaning}>${name}</field-term></th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${shown.map((place) => {
              const { precision, recall, f1, support } = perClass[place];
              return html`<tr>
                <th scope="row" class="words">${renderName(this.names[place])}</th>
                ${[precision, recall, f1].map((value) => html`<td>${orSpoken(orNoValue(value))}</td>`)}
                <td>${count(support)}</td>
              </tr>`;
            })}
          </tbody>
        </table>
      </div>
      ${
        hasGaps
          ? html`<p class="muted small note">
              – : a class that is never predicted has no precision, one without rows no recall.
            </p>`
          : ''
      }
    `;
  }
}

customElements.define('class-measures', ClassMeasuresTable);
