import { css, html, LitElement, nothing, svg } from 'lit';
import type { Answer } from '../index.ts';
import { percent, significant } from './format.ts';
import { baseStyles, tableStyles } from './styles.ts';

/** In the units of the table: as many digits as a table of them shows. */
const DIGITS = 6;
/** Of a whole bar, in units of its own. */
const BAR_WIDTH = 100;

/** `species: setosa, 97.3 %`; `price: 1,203.45`. */
export function answerText({ target, value, probabilities }: Answer): string {
  const chosen = probabilities.find(({ of }) => of === value);
  return `${target}: ${valueText(value)}${chosen ? `, ${percent(chosen.probability)}` : ''}`;
}

export function valueText(value: string | number): string {
  if (typeof value === 'number') return significant(value, DIGITS);
  return value === '' ? 'no prediction' : value;
}

/** What a network answers to one row: a number, or a class with the probability of each. */
class AnswerView extends LitElement {
  static override properties = { answers: { attribute: false } };

  static override styles = [
    baseStyles,
    tableStyles,
    css`
      :host {
        display: grid;
        gap: 12px;
      }
      .target {
        font-size: 12px;
        line-height: 16px;
        overflow-wrap: anywhere;
      }
      .value {
        font-weight: 600;
        font-variant-numeric: tabular-nums;
        overflow-wrap: anywhere;
      }
      .classes {
        max-height: 264px;
        margin-top: 4px;
        overflow: auto;
      }
      td,
      th {
        padding: 2px 8px;
        border: 0;
      }
      tbody th {
        max-width: 160px;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      tr.chosen :is(th, td) {
        font-weight: 600;
      }
      td.bar {
        width: 100%;
      }
      svg {
        display: block;
        width: 100%;
        height: 8px;
      }
      rect {
        fill: var(--line);
      }
      rect.share {
        fill: var(--ink);
      }
    `,
  ];

  declare answers: readonly Answer[];

  override render() {
    return this.answers.map(
      ({ target, value, probabilities }) =>
        html`<div>
          <p class="muted target">${target}</p>
          <p class="value">${valueText(value)}</p>
          ${probabilities.length > 0 ? renderProbabilities(target, value, probabilities) : nothing}
        </div>`,
    );
  }
}

function renderProbabilities(target: string, value: Answer['value'], probabilities: Answer['probabilities']) {
  const isLong = probabilities.length > 10;
  return html`<div
    class="classes"
    role="region"
    aria-label="Probabilities of ${target}"
    tabindex=${isLong ? 0 : nothing}
  >
    <table>
      <thead class="screen-reader">
        <tr>
          <th scope="col">class</th>
          <th scope="col">share</th>
          <th scope="col">probability</th>
        </tr>
      </thead>
      <tbody>
        ${probabilities.map(
          ({ of, probability }) =>
            html`<tr class=${of === value ? 'chosen' : ''}>
              <th scope="row" class="words" title=${of}>${of}</th>
              <td class="bar" aria-hidden="true">
                <svg viewBox="0 0 ${BAR_WIDTH} 8" preserveAspectRatio="none">
                  ${svg`<rect width=${BAR_WIDTH} height="8"></rect><rect class="share" width=${BAR_WIDTH * probability} height="8"></rect>`}
                </svg>
              </td>
              <td>${percent(probability)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

customElements.define('answer-view', AnswerView);
