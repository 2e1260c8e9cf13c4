import { css, html, nothing, svg } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { OpenTable, RunReport } from '../worker/client.ts';
import { cell, count, withDecimals } from './format.ts';
import { PageElement } from './page-element.ts';
import { chooseColumns, trackSizes, type PredictionColumns } from './prediction-columns.ts';
import type { Run, RunKey } from './page-state.ts';
import { shortRunLabel } from './sentences.ts';
import { baseStyles, controlStyles, tableStyles } from './styles.ts';

const DECIMALS = 6;
/** Rows that go onto the page at once; the rest follows frame by frame, so that no frame is late. */
const ROWS_A_FRAME = 25;
const BAR_WIDTH = 56;
/** What the network predicts for each row, in the notebook's columns. */
class PredictionsPanel extends PageElement {
  static override properties = {
    ...PageElement.properties,
    chosen: { state: true },
    shownRows: { state: true },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    tableStyles,
    css`
      .switch {
        margin-bottom: 12px;
        max-width: 100%;
      }
      .scroll {
        --room: 16px;
        --bar: 64px;
        max-height: 480px;
      }
      /* Laid out row by row, and only where it is seen: a table of 1,000 rows is too slow as a whole. */
      table {
        display: block;
        min-width: var(--wide-width);
      }
      thead {
        display: block;
        position: sticky;
        top: 0;
        z-index: 1;
        background: var(--card);
      }
      tbody {
        display: block;
        content-visibility: auto;
        contain-intrinsic-size: auto 825px;
      }
      /* A short table has nothing to put off. */
      tbody:only-of-type {
        content-visibility: visible;
      }
      tr {
        display: grid;
        grid-template-columns: var(--wide-columns);
      }
      th,
      td {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      tbody tr:last-child > * {
        border-bottom: 1px solid var(--line);
      }
      /* Over its numbers, not over their bars. */
      thead .error {
        padding-right: ${BAR_WIDTH + 16}px;
      }
      thead .error:last-child {
        padding-right: ${BAR_WIDTH + 8}px;
      }
      svg {
        display: inline-block;
        width: ${BAR_WIDTH}px;
        height: 8px;
        margin-left: 8px;
        vertical-align: middle;
      }
      rect {
        fill: var(--muted);
      }
      .note {
        margin-top: 8px;
      }
      @media (max-width: 719px) {
        th,
        td {
          padding: 6px 4px;
        }
        table {
          min-width: var(--narrow-width);
        }
        tr {
          grid-template-columns: var(--narrow-columns);
        }
        .switch label {
          flex: 1;
          padding: 4px 8px;
          line-height: 16px;
          text-align: center;
          white-space: normal;
        }
        /* They are in the table above; here they would push the error out of sight. */
        .input {
          display: none;
        }
        .scroll {
          --room: 8px;
          --bar: 0px;
        }
        thead .error,
        thead .error:last-child {
          padding-right: 4px;
        }
        thead .error:last-child {
          padding-right: 0;
        }
        svg {
          display: block;
          width: 100%;
          height: 4px;
          margin: 2px 0 0;
        }
        tbody {
          contain-intrinsic-size: auto 975px;
        }
      }
    `,
  ];

  declare private chosen: RunKey | undefined;
  declare private shownRows: number;
  #report: RunReport | undefined;
  #table: OpenTable | undefined;
  #columns: PredictionColumns = { index: undefined, inputs: [], targets: [] };
  #frame: number | undefined;

  override willUpdate(): void {
    super.willUpdate();
    const { table } = this.page.state.table ?? {};
    if (table && table !== this.#table) {
      this.#table = table;
      this.#columns = chooseColumns(table);
    }
    const { report } = this.#shownRun ?? {};
    if (report === this.#report) return;
    this.#report = report;
    // None in the frame in which everything else of the report appears.
    this.shownRows = 0;
  }

  override render() {
    const { state } = this.page;
    const run = this.#shownRun;
    const table = this.#table;
    if (!run?.report || !table) {
      return html`<p class="muted">Predictions appear here when the run pauses or ends.</p>`;
    }
    const { report } = run;
    // A table of what is no number helps nobody.
    if (!report.predictions.every(Number.isFinite)) {
      return html`${state.shownRuns.length > 1 ? this.#renderChoice(run) : nothing}
        <p class="muted">The run diverged: it predicts no numbers.</p>`;
    }
    const columns = this.#columns;
    const { preview, rowCount, inputCount } = table;
    const largest = largestError(report, table, columns);
    const rowsShown = `${count(preview.length)} ${preview.length < rowCount ? `of ${count(rowCount)} ` : ''}rows`;
    const hidden = inputCount - columns.inputs.length;
    const starts: number[] = [];
    for (let row = 0; row < Math.min(this.shownRows, preview.length); row += ROWS_A_FRAME) starts.push(row);
    return html`
      ${state.shownRuns.length > 1 ? this.#renderChoice(run) : nothing}
      <div class="scroll" tabindex="0" role="region" aria-label="Predictions">
        <table role="table" aria-rowcount=${preview.length + 1}>
          ${renderHead(columns)}
          ${starts.map((start) =>
            guard([report, table], () => renderRows({ report, table, columns, largest }, start)),
          )}
        </table>
      </div>
      <p class="muted small note">
        ${preview.length < rowCount ? 'The first ' : ''}${rowsShown}${
          hidden > 0 ? `; ${count(hidden)} more inputs not shown` : ''
        }.
        Error: target − prediction.
      </p>
    `;
  }

  override updated(): void {
    const table = this.renderRoot.querySelector('table');
    // Set here and not in the template: the page's policy allows no style attribute.
    for (const withInputs of [true, false]) {
      const tracks = trackSizes(this.#columns, { withInputs });
      const prefix = withInputs ? '--wide' : '--narrow';
      const template = tracks.map((size) => `minmax(calc(${size}), 1fr)`).join(' ');
      table?.style.setProperty(`${prefix}-columns`, template);
      table?.style.setProperty(`${prefix}-width`, `calc(${tracks.join(' + ')})`);
    }
    if (!table || this.#frame !== undefined || this.shownRows >= (this.#table?.preview.length ?? 0)) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = undefined;
      this.shownRows += ROWS_A_FRAME;
    });
  }

  get #shownRun(): Run | undefined {
    const runs = this.page.state.shownRuns.filter(({ report }) => report);
    return runs.find(({ key }) => key === this.chosen) ?? runs[runs.length - 1];
  }

  #renderChoice(shown: Run) {
    const { state } = this.page;
    return html`<fieldset class="switch">
      <legend class="screen-reader">Predictions of</legend>
      ${state.shownRuns
        .filter(({ report }) => report)
        .map(
          (run) =>
            html`<label>
              <input
                type="radio"
                name="run"
                .checked=${run === shown}
                @change=${() => (this.chosen = run.key)}
              />${shortRunLabel(state, run)}
            </label>`,
        )}
    </fieldset>`;
  }
}

function renderHead({ index, inputs, targets }: PredictionColumns) {
  const suffix = (name: string) => (targets.length === 1 ? '' : ` of ${name}`);
  const head = (text: string, kind = '') => html`<th role="columnheader" class=${kind}>${text}</th>`;
  return html`<thead role="rowgroup">
    <tr role="row">
      <th role="columnheader" class="words">${index?.name ?? 'row'}</th>
      ${inputs.map(({ name }) => head(name, 'input'))}
      ${targets.map(({ name }) => [head(name), head(`prediction${suffix(name)}`), head(`error${suffix(name)}`, 'error')])}
    </tr>
  </thead>`;
}

interface Shown {
  readonly report: RunReport;
  readonly table: OpenTable;
  readonly columns: PredictionColumns;
  /** The largest |error|: a bar of full length. */
  readonly largest: number;
}

/** Some rows from `start` on, as a part of the table that is laid out when it comes into sight. */
function renderRows({ report, table, columns, largest }: Shown, start: number) {
  const { index, inputs, targets } = columns;
  const renderTarget = (row: readonly number[], rowIndex: number, output: number) => {
    const target = row[targets[output].index];
    const prediction = report.predictions[rowIndex * table.outputCount + output];
    const error = target - prediction;
    return html`<td role="cell">${cell(target)}</td>
      <td role="cell">${withDecimals(prediction, DECIMALS)}</td>
      <td role="cell">${withDecimals(error, DECIMALS)}${renderBar(error / largest)}</td>`;
  };
  return html`<tbody role="rowgroup">
    ${table.preview.slice(start, start + ROWS_A_FRAME).map(
      (row, i) =>
        html`<tr role="row" aria-rowindex=${start + i + 2}>
          <th role="rowheader" class="words">${cell(index ? row[index.index] : start + i + 1)}</th>
          ${inputs.map((column) => html`<td role="cell" class="input">${cell(row[column.index])}</td>`)}
          ${targets.map((_, output) => renderTarget(row, start + i, output))}
        </tr>`,
    )}
  </tbody>`;
}

/** A bar from the middle: to the left for an error below 0. */
function renderBar(share: number) {
  const half = BAR_WIDTH / 2;
  const width = Math.min(1, Math.abs(share) || 0) * half;
  return html`<svg viewBox="0 0 ${BAR_WIDTH} 8" preserveAspectRatio="none" aria-hidden="true">
    ${svg`<rect x=${share < 0 ? half - width : half} y="0" width=${width.toFixed(1)} height="8" rx="1" />`}
  </svg>`;
}

function largestError(
  { predictions }: RunReport,
  { preview, outputCount }: OpenTable,
  { targets }: PredictionColumns,
): number {
  let largest = 0;
  preview.forEach((row, rowIndex) =>
    targets.forEach(({ index }, output) => {
      const error = Math.abs(row[index] - predictions[rowIndex * outputCount + output]);
      if (error > largest) largest = error;
    }),
  );
  return largest || 1;
}

customElements.define('predictions-panel', PredictionsPanel);
