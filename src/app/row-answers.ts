import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import type { PartName } from '../index.ts';
import { count, countOf } from './format.ts';
import { NO_VALUE } from './measures-sentences.ts';
import { orSpoken } from './measures-table.ts';
import { baseStyles, scrollCue, tableStyles } from './styles.ts';

/** Inputs shown on a phone. */
const NARROW_INPUTS = 2;

/** A row of the table, what it is and what the network makes of it. */
export interface AnsweredRow {
  /** Its place in the table, from 1 on. */
  readonly number: number;
  /** Which part it is in, where there are several. */
  readonly part?: PartName;
  /** Of the inputs, as text. */
  readonly cells: readonly string[];
  readonly actual: string;
  /** A class, or numbers. */
  readonly predicted: string;
  /** Of the predicted class. */
  readonly probability?: string;
  /** Wrong, of a class. */
  readonly isOff?: boolean;
}

/**
 * Rows with what the network makes of each. A row that is pointed at or has the focus is chosen as long as it does, one that
 * is pressed until it is pressed again: event `choose`, with its index or undefined.
 */
class RowAnswers extends LitElement {
  static override properties = {
    rows: { attribute: false },
    header: { attribute: false },
    count: { attribute: false },
    inputCount: { attribute: false },
    chosen: { attribute: false },
    pinned: { state: true },
    entry: { state: true },
  };

  static override styles = [
    baseStyles,
    tableStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .scroll {
        max-height: 320px;
        background: ${scrollCue};
      }
      thead th {
        vertical-align: bottom;
        white-space: normal;
        position: sticky;
        top: 0;
        z-index: 1;
        background: var(--card);
      }
      th,
      td {
        max-width: 144px;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      th:first-child,
      td:first-child {
        padding-left: 8px;
      }
      th:last-child,
      td:last-child {
        padding-right: 8px;
      }
      tbody tr {
        cursor: pointer;
      }
      tbody tr:focus-visible {
        outline-offset: -2px;
      }
      tr.chosen > * {
        background: var(--well);
      }
      tr.pinned > :first-child {
        box-shadow: inset 3px 0 var(--ink);
      }
      .predicted {
        min-width: 72px;
        font-weight: 600;
      }
      .narrow {
        display: none;
      }
      /* The answers are to be seen: of the inputs two are enough. */
      @container (max-width: 479px) {
        .input.more,
        .wide {
          display: none;
        }
        .narrow {
          display: inline;
        }
        th,
        td {
          padding-left: 6px;
          padding-right: 6px;
        }
      }
      .note {
        margin-top: 8px;
      }
      @media (pointer: coarse), (max-width: 719px) {
        tbody :is(th, td) {
          padding-top: 10px;
          padding-bottom: 10px;
        }
      }
    `,
  ];

  declare rows: readonly AnsweredRow[];
  /** Names of the cells' columns. */
  declare header: readonly string[];
  /** All rows there are, the shown ones among them. */
  declare count: number | undefined;
  /** All inputs there are, the cells' columns among them. */
  declare inputCount: number | undefined;
  /** The row that is shown as chosen. */
  declare chosen: number | undefined;
  declare private pinned: number | undefined;
  /** The row that Tab leads to. */
  declare private entry: number;

  constructor() {
    super();
    this.rows = [];
    this.header = [];
    this.entry = 0;
  }

  override willUpdate(changed: PropertyValues): void {
    if (!changed.has('rows')) return;
    if ((this.pinned ?? 0) >= this.rows.length) this.pinned = undefined;
    this.entry = Math.min(this.entry, Math.max(0, this.rows.length - 1));
  }

  override render() {
    const { rows, header } = this;
    const all = this.count ?? rows.length;
    const hasParts = rows.some(({ part }) => part !== undefined);
    const hasProbabilities = this.#hasProbabilities;
    return html`
      <div class="scroll">
        <table role="grid" aria-label="Rows and predictions" aria-rowcount=${all + 1}>
          <thead>
            <tr>
              <th scope="col" class="words">row</th>
              ${hasParts ? html`<th scope="col" class="words">part</th>` : nothing}
              ${header.map((name, i) => html`<th scope="col" class=${inputClass(i)}>${breakable(name)}</th>`)}
              <th scope="col">actual</th>
              <th scope="col">predicted</th>
              ${hasProbabilities ? html`<th scope="col">probability</th>` : nothing}
            </tr>
          </thead>
          <tbody
            @keydown=${this.#onKey}
            @pointerleave=${() => this.#choose(this.pinned)}
            @focusout=${this.#onFocusOut}
          >
            ${rows.map((row, index) => this.#renderRow(row, index))}
          </tbody>
        </table>
      </div>
      <p class="muted small note">
        ${
          header.length > NARROW_INPUTS
            ? html`<span class="wide">${this.#shareText(header.length)}</span
                ><span class="narrow">${this.#shareText(NARROW_INPUTS)}</span>`
            : this.#shareText(header.length)
        }A
        row that is pointed at flows through the network; one that is pressed stays.
      </p>
    `;
  }

  /** How much of the table is shown, where it is not all. */
  #shareText(shownInputs: number): string {
    const { rows, header, count: all = rows.length, inputCount = header.length } = this;
    const parts = [
      ...(rows.length < all ? [`${count(rows.length)} of ${countOf(all, 'row')}`] : []),
      ...(shownInputs < inputCount ? [`${count(shownInputs)} of ${countOf(inputCount, 'input')}`] : []),
    ];
    return parts.length > 0 ? `${parts.join(', ')}. ` : '';
  }

  get #hasProbabilities(): boolean {
    return this.rows.some(({ probability }) => probability !== undefined);
  }

  #renderRow(row: AnsweredRow, index: number) {
    const { number, part, cells, actual, predicted, probability, isOff } = row;
    const isChosen = index === this.chosen;
    const isPinned = index === this.pinned;
    return html`<tr
      class="${isChosen ? 'chosen' : ''} ${isPinned ? 'pinned' : ''}"
      tabindex=${index === this.entry ? 0 : -1}
      aria-selected=${isPinned}
      aria-rowindex=${index + 2}
      data-index=${index}
      @pointerenter=${(event: PointerEvent) => event.pointerType !== 'touch' && this.#choose(index)}
      @focus=${() => this.#onFocus(index)}
      @click=${() => this.#pin(index)}
    >
      <th scope="row" class="words">${count(number)}</th>
      ${part === undefined ? nothing : html`<td class="words">${part}</td>`}
      ${cells.map((cell, i) => html`<td class=${inputClass(i)}>${cell}</td>`)}
      <td>${actual}</td>
      <td class="predicted">
        ${isOff ? html`<span class="muted small">wrong:</span> ` : nothing}${predicted}
      </td>
      ${this.#hasProbabilities ? html`<td>${orSpoken(probability ?? NO_VALUE)}</td>` : nothing}
    </tr>`;
  }

  #onFocus(index: number): void {
    this.entry = index;
    this.#choose(index);
  }

  readonly #onFocusOut = (event: FocusEvent) => {
    const isLeft = !(event.currentTarget as Node).contains(event.relatedTarget as Node | null);
    if (isLeft) this.#choose(this.pinned);
  };

  #pin(index: number): void {
    this.pinned = this.pinned === index ? undefined : index;
    this.#choose(this.pinned);
  }

  #choose(index: number | undefined): void {
    if (index === this.chosen) return;
    this.chosen = index;
    this.dispatchEvent(new CustomEvent('choose', { detail: index }));
  }

  readonly #onKey = (event: KeyboardEvent) => {
    const { entry, rows } = this;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.#pin(entry);
      return;
    }
    const next = { ArrowDown: entry + 1, ArrowUp: entry - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (next === undefined || rows.length === 0) return;
    event.preventDefault();
    this.entry = Math.min(rows.length - 1, Math.max(0, next));
    this.renderRoot.querySelector<HTMLElement>(`tr[data-index="${this.entry}"]`)?.focus();
  };
}

const inputClass = (place: number) => `input${place < NARROW_INPUTS ? '' : ' more'}`;

/** A long name may go on in the next line: behind a joint, `petal_` and `length`. */
function breakable(name: string) {
  return name.split(/(?<=[_.\-\s])/u).map((part, i) => html`${i > 0 ? html`<wbr />` : nothing}${part}`);
}

customElements.define('row-answers', RowAnswers);
