import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { axesOf, type TraceAxis, type TracedEntry, type TraceRange, type TraceSource } from '../index.ts';
import { WINDOW_LENGTH, type WalkMatrix, type WalkSheet } from '../worker/client.ts';
import { count } from './format.ts';
import { bringIntoView } from './scrolling.ts';
import { baseStyles, controlStyles, tableStyles } from './styles.ts';
import { nameAt, rangeText, sideName, trainingRowAt, type TableNames } from './walk-names.ts';
import { cellText, valueAt, type ValueName } from './walk-sentences.ts';

/** A place in a whole matrix, from 0 on. */
type Place = Pick<TracedEntry, 'row' | 'column'>;

/** Along this side, what is to be seen begins there. */
export interface WalkPage {
  readonly axis: TraceAxis;
  readonly first: number;
}

const turnGlyphs = { rows: ['▴', '▾'], columns: ['◂', '▸'] } as const;

const headings: Readonly<Record<ValueName, string>> = {
  gpu: 'float32, kernels',
  float64: 'float64, reference',
  difference: 'float32 − float64',
};

/**
 * The values of a matrix as a grid: arrow keys go from entry to entry, and choose it. Says `choose` with the place of
 * the one that is looked at, and `turn` where other rows or columns are wanted.
 */
export class WalkMatrixElement extends LitElement {
  static override properties = {
    sheet: { attribute: false },
    matrix: { attribute: false },
    names: { attribute: false },
    label: {},
    shown: {},
    chosen: { attribute: false },
    source: { attribute: false },
    focused: { state: true },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    tableStyles,
    css`
      /* Room for the outline of an entry at the edge. */
      .scroll {
        margin: 0 -4px -4px;
        padding: 0 4px 4px;
        max-width: none;
      }
      table {
        width: auto;
      }
      caption {
        padding-bottom: 4px;
        text-align: left;
        font-size: 12px;
        line-height: 16px;
        font-weight: 500;
        white-space: nowrap;
      }
      th,
      td,
      td:first-child,
      th:last-child,
      td:last-child,
      tbody th {
        padding: 4px 8px;
        border: 0;
      }
      th,
      tbody th {
        font-size: 12px;
        color: var(--muted);
        font-weight: 400;
      }
      tbody th,
      tbody th:first-child {
        padding-left: 0;
        padding-right: 12px;
      }
      .name {
        display: inline-block;
        max-width: 88px;
        overflow: hidden;
        text-overflow: ellipsis;
        vertical-align: bottom;
        color: var(--ink);
      }
      thead .name {
        display: block;
        margin-left: auto;
      }
      td {
        min-width: 72px;
        border-radius: 4px;
        cursor: pointer;
      }
      td.corner {
        min-width: 0;
        padding: 0;
        cursor: default;
      }
      td:hover:not(.corner, [aria-selected='true']) {
        background: var(--well);
      }
      td.source:not([aria-selected='true']) {
        background: color-mix(in srgb, var(--ink) 12%, var(--card));
        box-shadow: inset 0 0 0 1.5px var(--ink);
      }
      td[aria-selected='true'] {
        background: var(--ink);
        color: var(--paper);
      }
      td:focus-visible {
        outline-offset: 1px;
      }
      .pages {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        margin-top: 8px;
      }
      .pages > div {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .pages button {
        min-height: 28px;
        padding: 0 8px;
      }
      @media (pointer: coarse), (max-width: 719px) {
        td:not(.corner),
        tbody th {
          padding-block: 10px;
        }
        .pages button {
          min-height: 40px;
          min-width: 40px;
        }
      }
      @media (max-width: 719px) {
        thead th {
          padding-inline: 4px 6px;
        }
        td,
        td:last-child {
          padding-inline: 6px;
        }
        td:not(.corner) {
          min-width: 64px;
        }
        .name {
          max-width: 72px;
        }
      }
    `,
  ];

  declare sheet: WalkSheet;
  declare matrix: WalkMatrix;
  declare names: TableNames | undefined;
  /** What it is, as it is read out. */
  declare label: string;
  declare shown: ValueName;
  /** The entry that is looked at, where it is of this matrix. */
  declare chosen: Place | undefined;
  /** The part of this matrix that the one looked at was made of. */
  declare source: TraceSource | undefined;
  /** The one entry that Tab leads to, within what is shown. */
  declare private focused: Place;
  /** An entry is gone to, which does not choose it. */
  #isGoing = false;

  constructor() {
    super();
    this.focused = { row: 0, column: 0 };
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('matrix')) return;
    const { shownRows, shownColumns } = this.matrix;
    const { row, column } = this.focused;
    this.focused = {
      row: Math.min(row, shownRows.count - 1),
      column: Math.min(column, shownColumns.count - 1),
    };
  }

  /** Brings the first entry of the source into view, and whoever goes on by keyboard with it. */
  goToSource(): void {
    const cell = this.renderRoot.querySelector<HTMLElement>('td.source');
    if (!cell) return;
    this.#isGoing = true;
    cell.focus({ preventScroll: true });
    this.#isGoing = false;
    bringIntoView(cell, 'center');
  }

  override render() {
    const { matrix, shown } = this;
    const { shownRows, shownColumns } = matrix;
    const [rowAxis, columnAxis] = axesOf(matrix);
    const path = shown === 'gpu' ? 'gpu' : shown === 'float64' ? 'cpu' : '';
    return html`<div class="scroll">
        <table role="grid" aria-label=${this.label} @keydown=${this.#onKey}>
          <caption class=${path}>
            ${headings[shown]}
          </caption>
          ${
            columnAxis === 'one'
              ? nothing
              : html`<thead>
                  <tr>
                    ${rowAxis === 'one' ? nothing : html`<td class="corner"></td>`}
                    ${places(shownColumns).map((column) => html`<th scope="col">${this.#renderHead(columnAxis, column)}</th>`)}
                  </tr>
                </thead>`
          }
          <tbody>
            ${places(shownRows).map(
              (row) =>
                html`<tr>
                  ${rowAxis === 'one' ? nothing : html`<th scope="row">${this.#renderHead(rowAxis, row)}</th>`}
                  ${places(shownColumns).map((column) => this.#renderCell({ row, column }))}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${
        shownRows.count === matrix.rows && shownColumns.count === matrix.columns
          ? nothing
          : html`<div class="pages muted small number">
              ${this.#renderPages('rows', rowAxis, shownRows)}
              ${this.#renderPages('columns', columnAxis, shownColumns)}
            </div>`
      }`;
  }

  #renderCell(place: Place) {
    const { matrix, shown, chosen, source, focused } = this;
    const { shownRows, shownColumns } = matrix;
    const isChosen = chosen?.row === place.row && chosen.column === place.column;
    const isSource = source && isIn(place.row, source.rows) && isIn(place.column, source.columns);
    const isReached =
      place.row - shownRows.first === focused.row && place.column - shownColumns.first === focused.column;
    return html`<td
      tabindex=${isReached ? 0 : -1}
      class=${isSource ? 'source' : ''}
      aria-selected=${isChosen}
      aria-description=${isSource ? 'the chosen entry is made of it' : nothing}
      data-place="${place.row},${place.column}"
      @focus=${() => this.#reach(place)}
      @click=${() => this.#choose(place)}
    >
      ${cellText(valueAt(matrix, place, shown), shown)}
    </td>`;
  }

  /** The number by which the equations call it; with the name that the table has for it. */
  #renderHead(axis: TraceAxis, place: number) {
    const name = this.names && nameAt(axis, place, this.sheet, this.names);
    const row = axis === 'batch' ? trainingRowAt(place, this.sheet) : undefined;
    return html`${name === undefined ? nothing : html`<span class="name" title=${name}>${name}</span> `}${count(place + 1)}${row === undefined ? nothing : html` <span title="row ${count(row)} of the training rows">(${count(row)})</span>`}`;
  }

  #renderPages(side: 'rows' | 'columns', axis: TraceAxis, range: TraceRange) {
    const length = this.matrix[side];
    if (range.count === length) return nothing;
    const { first, count: size } = range;
    const name = `${sideName(axis)}s`;
    const [back, on] = turnGlyphs[side];
    const [isFirst, isLast] = [first === 0, first + size >= length];
    // Not disabled at either end: whoever holds Enter on it keeps the focus.
    const turn = (to: number, isEnd: boolean) =>
      isEnd || this.dispatchEvent(new CustomEvent('turn', { detail: { axis, first: to } }));
    return html`<div>
      <span>${rangeText(axis, range, length)}</span>
      <button
        type="button"
        aria-label="Earlier ${name}"
        aria-disabled=${isFirst}
        @click=${() => turn(first - WINDOW_LENGTH, isFirst)}
      >
        ${back}
      </button>
      <button
        type="button"
        aria-label="Later ${name}"
        aria-disabled=${isLast}
        @click=${() => turn(first + WINDOW_LENGTH, isLast)}
      >
        ${on}
      </button>
    </div>`;
  }

  #reach(place: Place): void {
    const { shownRows, shownColumns } = this.matrix;
    this.focused = { row: place.row - shownRows.first, column: place.column - shownColumns.first };
    if (!this.#isGoing) this.#choose(place);
  }

  #choose({ row, column }: Place): void {
    if (this.chosen?.row === row && this.chosen.column === column) return;
    this.dispatchEvent(new CustomEvent('choose', { detail: { row, column } }));
  }

  #onKey(event: KeyboardEvent): void {
    const moves: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      Home: [0, -Infinity],
      End: [0, Infinity],
    };
    if (event.key === 'Escape' && (this.chosen || this.source)) {
      event.preventDefault();
      this.dispatchEvent(new CustomEvent('choose', { detail: undefined }));
    }
    const { shownRows, shownColumns } = this.matrix;
    const { row, column } = this.focused;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.#choose({ row: shownRows.first + row, column: shownColumns.first + column });
    }
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const to = {
      row: shownRows.first + limited(row + move[0], shownRows.count),
      column: shownColumns.first + limited(column + move[1], shownColumns.count),
    };
    this.renderRoot.querySelector<HTMLElement>(`[data-place="${to.row},${to.column}"]`)?.focus();
  }
}

/** Every place of a range. */
function places({ first, count: length }: TraceRange): number[] {
  return Array.from({ length }, (_, i) => first + i);
}

function isIn(position: number, { first, count: length }: TraceRange): boolean {
  return position >= first && position < first + length;
}

function limited(position: number, length: number): number {
  return Math.min(Math.max(0, position), length - 1);
}

customElements.define('walk-matrix', WalkMatrixElement);
