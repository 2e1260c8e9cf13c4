import { css, html, LitElement, nothing, unsafeCSS } from 'lit';
import type { ClassificationMeasures } from '../index.ts';
import { count } from './format.ts';
import { DEEPEST_SHADE, hiddenSentence, shadeOf, shortName, shownClasses } from './measures-sentences.ts';
import { baseStyles, tableStyles } from './styles.ts';

/** More columns than this are narrow, and names longer than so many characters stand upright over them. */
const MOST_WIDE_COLUMNS = 6;
const LONGEST_LEVEL_NAME = 3;
/** Of ink, behind a cell that holds all of its row: pale enough for the count on it. */
const DEEPEST_INK = 32;

// As classes, because the page's policy allows no style attribute.
const shades = unsafeCSS(
  Array.from({ length: DEEPEST_SHADE + 1 }, (_, level) => {
    const ink = (DEEPEST_INK * level) / DEEPEST_SHADE;
    return `.shade-${level} { background: color-mix(in srgb, var(--ink) ${ink.toFixed(1)}%, transparent); }`;
  }).join('\n'),
);

/** Rows counted by actual and predicted class. */
class ConfusionMatrix extends LitElement {
  static override properties = {
    measures: { attribute: false },
    names: { attribute: false },
  };

  static override styles = [
    baseStyles,
    tableStyles,
    shades,
    css`
      table {
        width: auto;
      }
      td:not(.words),
      th:not(.words) {
        min-width: 56px;
        padding: 6px 8px;
        text-align: center;
      }
      tbody th {
        padding-right: 12px;
        border-bottom: 0;
      }
      .name {
        display: block;
        max-width: 96px;
        overflow: hidden;
        text-overflow: ellipsis;
        unicode-bidi: isolate;
      }
      .column .name {
        margin: 0 auto;
      }
      .upright .column .name {
        max-width: 20px;
        max-height: 96px;
        writing-mode: vertical-rl;
        rotate: 180deg;
      }
      .narrow td:not(.words),
      .narrow th:not(.words) {
        min-width: 36px;
        padding: 6px 4px;
      }
      tbody th .name {
        max-width: 128px;
      }
      thead tr:first-child > * {
        border-bottom: 0;
        padding-bottom: 0;
      }
      thead tr:first-child th:not(.words) {
        text-align: left;
      }
      tbody tr > td {
        border: 1px solid var(--card);
        border-radius: 4px;
      }
      .none {
        color: var(--muted);
      }
      .right {
        outline: 1.5px solid var(--ink);
        outline-offset: -2px;
        font-weight: 600;
      }
      .note {
        margin-top: 8px;
        max-width: 64ch;
      }
      .sample {
        display: inline-block;
        width: 12px;
        height: 12px;
        margin-right: 4px;
        border: 1.5px solid var(--ink);
        border-radius: 3px;
        vertical-align: -2px;
      }
      @media (max-width: 719px) {
        .name,
        tbody th .name {
          max-width: 80px;
        }
        tbody th:first-child,
        thead .words {
          position: sticky;
          left: 0;
          z-index: 1;
          background: var(--card);
        }
      }
    `,
  ];

  declare measures: ClassificationMeasures;
  declare names: readonly string[];

  override render() {
    const { measures, names } = this;
    const shown = shownClasses(measures.perClass);
    const hidden = hiddenSentence(names.length, shown.length);
    const isNarrow = shown.length > MOST_WIDE_COLUMNS;
    const isUpright = isNarrow && shown.some((place) => shortName(names[place]).length > LONGEST_LEVEL_NAME);
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix">
        <table class="${isNarrow ? 'narrow' : ''} ${isUpright ? 'upright' : ''}">
          <thead>
            <tr>
              <td class="words"></td>
              <th scope="colgroup" colspan=${shown.length + (hidden ? 1 : 0)}>predicted</th>
            </tr>
            <tr>
              <th scope="col" class="words">actual</th>
              ${shown.map((place) => html`<th scope="col" class="column">${renderName(names[place])}</th>`)}
              ${hidden ? html`<th scope="col" class="column">${renderName('other')}</th>` : nothing}
            </tr>
          </thead>
          <tbody>
            ${shown.map((place) => this.#renderRow(place, shown))}
          </tbody>
        </table>
      </div>
      <p class="muted small note">
        <span class="sample" aria-hidden="true"></span>Outlined: right. Shaded: by share of the row.
        ${hidden ? html`<br />${hidden}` : nothing}
      </p>
    `;
  }

  #renderRow(actual: number, shown: readonly number[]) {
    const { confusion, perClass } = this.measures;
    const { support } = perClass[actual];
    const rowsAs = (predicted: number) => confusion[actual * perClass.length + predicted];
    const rest = support - shown.reduce((sum, predicted) => sum + rowsAs(predicted), 0);
    const cell = (rows: number, kind = '') =>
      html`<td class="shade-${shadeOf(rows, support)} ${rows === 0 ? 'none' : ''} ${kind}">
        ${count(rows)}
      </td>`;
    return html`<tr>
      <th scope="row" class="words">${renderName(this.names[actual])}</th>
      ${shown.map((predicted) => cell(rowsAs(predicted), predicted === actual ? 'right' : ''))}
      ${shown.length < perClass.length ? cell(rest) : nothing}
    </tr>`;
  }
}

/** Text of a person's table: cut where it is long, whole in its tooltip. */
export function renderName(name: string) {
  return html`<span class="name" title=${name}>${shortName(name)}</span>`;
}

customElements.define('confusion-matrix', ConfusionMatrix);
