import { css, html, LitElement, nothing, svg } from 'lit';
import type { Answer } from '../index.ts';
import { probabilityText, spreadSentence, valueText } from './answer-sentences.ts';
import { baseStyles, tableStyles } from './styles.ts';

/** Of a whole bar, in units of its own. */
const BAR_WIDTH = 100;

/** What a network, or an ensemble, answers to one row: a number, or a class with the probability of each. */
class AnswerView extends LitElement {
  static override properties = { answers: { attribute: false }, memberCount: { attribute: false } };

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
  /** Networks that answer together. */
  declare memberCount: number;

  override render() {
    const meaning = spreadSentence(this.answers, this.memberCount);
    return [
      ...this.answers.map(
        (answer) =>
          html`<div>
            <p class="muted target">${answer.target}</p>
            <p class="value">${valueText(answer)}</p>
            ${answer.probabilities.length > 0 ? renderProbabilities(answer) : nothing}
          </div>`,
      ),
      meaning === undefined ? nothing : html`<p class="muted small">${meaning}</p>`,
    ];
  }
}

function renderProbabilities({ target, value, probabilities }: Answer) {
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
          (each) =>
            html`<tr class=${each.of === value ? 'chosen' : ''}>
              <th scope="row" class="words" title=${each.of}>${each.of}</th>
              <td class="bar" aria-hidden="true">
                <svg viewBox="0 0 ${BAR_WIDTH} 8" preserveAspectRatio="none">
                  ${svg`<rect width=${BAR_WIDTH} height="8"></rect><rect class="share" width=${BAR_WIDTH * each.probability} height="8"></rect>`}
                </svg>
              </td>
              <td>${probabilityText(each)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

customElements.define('answer-view', AnswerView);
