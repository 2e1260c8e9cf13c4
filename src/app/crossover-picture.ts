import { css, html, nothing, svg } from 'lit';
import { crossoverRows, crossoverUnits, type CrossoverCell } from '../index.ts';
import { count, ratio } from './format.ts';
import { PageElement } from './page-element.ts';
import { speedOf } from './sentences-bench.ts';
import { baseStyles } from './styles.ts';

const CELL_WIDTH = 112;
const CELL_HEIGHT = 52;
const LEFT = 72;
const TOP = 28;
/** A speed this many times the other's has the full colour. */
const FULL_COLOUR_AT = 32;

/** CPU against GPU over hidden width and rows: a field per size, in the colour of the faster path. */
class CrossoverPicture extends PageElement {
  static override styles = [
    baseStyles,
    css`
      .scroll {
        overflow-x: auto;
      }
      svg {
        display: block;
        width: 100%;
        min-width: 480px;
        max-width: 640px;
        margin-bottom: 8px;
      }
      p {
        margin-bottom: 12px;
      }
      text {
        fill: var(--ink);
        font-size: 13px;
        font-variant-numeric: tabular-nums;
      }
      .axis {
        fill: var(--muted);
        font-size: 12px;
      }
      rect {
        stroke: var(--card);
        stroke-width: 2;
        fill: var(--well);
      }
      rect.gpu {
        fill: var(--gpu);
      }
      rect.cpu {
        fill: var(--cpu);
      }
    `,
  ];

  override render() {
    const { cells } = this.page.bench.results;
    if (cells.length === 0) return nothing;
    const width = LEFT + crossoverRows.length * CELL_WIDTH;
    const height = TOP + crossoverUnits.length * CELL_HEIGHT;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="CPU against GPU by size">
        <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="CPU against GPU by size">
          ${crossoverRows.map(
            (
              rows,
              i,
            ) => svg`<text class="axis" x=${LEFT + (i + 0.5) * CELL_WIDTH} y="18" text-anchor="middle">
          ${count(rows)} rows</text>`,
          )}
          ${crossoverUnits.map(
            (
              units,
              i,
            ) => svg`<text class="axis" x=${LEFT - 8} y=${TOP + (i + 0.5) * CELL_HEIGHT + 4} text-anchor="end">
          ${count(units)} units</text>`,
          )}
          ${cells.map((cell) => this.#renderCell(cell))}
        </svg>
      </div>
      <p class="muted small">
        Each field names the faster path and how many times it is; the deeper the colour, the more.
      </p>`;
  }

  #renderCell(cell: CrossoverCell) {
    const x = LEFT + crossoverRows.findIndex((rows) => rows === cell.rowCount) * CELL_WIDTH;
    const y = TOP + crossoverUnits.findIndex((units) => units === cell.units) * CELL_HEIGHT;
    const speed = speedOf(cell);
    const path = speed > 1 ? 'gpu' : 'cpu';
    const factor = Math.max(speed, 1 / speed);
    // Pale enough at its deepest for the text on it.
    const depth = 0.08 + 0.24 * Math.min(1, Math.log(factor) / Math.log(FULL_COLOUR_AT));
    return svg`
      <rect class=${path} x=${x} y=${y} width=${CELL_WIDTH} height=${CELL_HEIGHT} fill-opacity=${depth} />
      <text x=${x + CELL_WIDTH / 2} y=${y + CELL_HEIGHT / 2 + 5} text-anchor="middle">
        ${path.toUpperCase()} ${ratio(factor)}</text>`;
  }
}

customElements.define('crossover-picture', CrossoverPicture);
