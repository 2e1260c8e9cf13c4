import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { count, countOf } from './format.ts';
import { baseStyles, scrollCue, tableStyles } from './styles.ts';

/** A row of the table, what it is and what the network makes of it. */
export interface AnsweredRow {
  /** Of the inputs, as text. */
  readonly cells: readonly string[];
  readonly actual: string;
  readonly predicted: string;
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
    chosen: { attribute: false },
    pinned: { state: true },
    entry: { state: true },
  };

  static override styles = [
    baseStyles,
    tableStyles,
    css`
      .scroll {
        max-height: 320px;
        background: ${scrollCue};
      }
      thead th {
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
        min-width: 96px;
        font-weight: 600;
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
    return html`
      <div class="scroll">
        <table role="grid" aria-label="Rows and predictions" aria-rowcount=${all + 1}>
          <thead>
            <tr>
              <th scope="col" class="words">row</th>
              ${header.map((name) => html`<th scope="col">${name}</th>`)}
              <th scope="col">actual</th>
              <th scope="col">predicted</th>
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
        ${rows.length < all ? `The first ${count(rows.length)} of ${countOf(all, 'row')}. ` : ''}A row that is
        pointed at flows through the network; one that is pressed stays.
      </p>
    `;
  }

  #renderRow({ cells, actual, predicted, isOff }: AnsweredRow, index: number) {
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
      <th scope="row" class="words">${count(index + 1)}</th>
      ${cells.map((cell) => html`<td>${cell}</td>`)}
      <td>${actual}</td>
      <td class="predicted">
        ${isOff ? html`<span class="muted small">wrong:</span> ` : nothing}${predicted}
      </td>
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

customElements.define('row-answers', RowAnswers);
