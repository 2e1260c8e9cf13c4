import { css, html, nothing, svg } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { OpenTable, PredictedRows } from '../worker/client.ts';
import { count, countOf, withDecimals } from './format.ts';
import { PageElement } from './page-element.ts';
import { chooseColumns, previewText, trackSizes, type PredictionColumns } from './prediction-columns.ts';
import type { Run, RunKey } from './run.ts';
import { shortRunLabel } from './sentences.ts';
import { baseStyles, controlStyles, tableStyles } from './styles.ts';

/** As the notebook prints them; of large numbers fewer. */
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
      .wrong {
        font-weight: 600;
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
  #predicted: PredictedRows | undefined;
  #columns: PredictionColumns | undefined;
  #frame: number | undefined;

  override willUpdate(): void {
    super.willUpdate();
    const run = this.#shownRun;
    const predicted = run?.report?.predicted;
    if (!run || predicted === this.#predicted) return;
    this.#predicted = predicted;
    this.#columns = predicted && chooseColumns(run.table.open, predicted);
    // None in the frame in which everything else of the report appears.
    this.shownRows = 0;
  }

  override render() {
    const { state } = this.page;
    const run = this.#shownRun;
    const [predicted, columns] = [this.#predicted, this.#columns];
    if (!run?.report || !predicted || !columns) {
      return html`<p class="muted">Predictions appear here when the run pauses or ends.</p>`;
    }
    // A table of what is no number helps nobody.
    if (!predicted.predictions.every(Number.isFinite)) {
      return html`${state.shownRuns.length > 1 ? this.#renderChoice(run) : nothing}
        <p class="muted">The run diverged: it predicts no numbers.</p>`;
    }
    const { open } = run.table;
    const rowCount = predicted.rows.length;
    const shown: Shown = {
      predicted,
      open,
      columns,
      largest: largestError(predicted, open),
      decimals: decimalsOf(predicted),
    };
    const starts: number[] = [];
    for (let row = 0; row < Math.min(this.shownRows, rowCount); row += ROWS_A_FRAME) starts.push(row);
    return html`
      ${state.shownRuns.length > 1 ? this.#renderChoice(run) : nothing}
      <div class="scroll" tabindex="0" role="region" aria-label="Predictions">
        <table role="table" aria-rowcount=${rowCount + 1}>
          ${renderHead(shown)} ${starts.map((start) => guard([predicted], () => renderRows(shown, start)))}
        </table>
      </div>
      <p class="muted small note">${describeExtent(shown)}</p>
    `;
  }

  override updated(): void {
    const [table, columns] = [this.renderRoot.querySelector('table'), this.#columns];
    if (!columns) return;
    // Set here and not in the template: the page's policy allows no style attribute.
    for (const withInputs of [true, false]) {
      const tracks = trackSizes(columns, { withInputs });
      const prefix = withInputs ? '--wide' : '--narrow';
      const template = tracks.map((size) => `minmax(calc(${size}), 1fr)`).join(' ');
      table?.style.setProperty(`${prefix}-columns`, template);
      table?.style.setProperty(`${prefix}-width`, `calc(${tracks.join(' + ')})`);
    }
    if (!table || this.#frame !== undefined || this.shownRows >= (this.#predicted?.rows.length ?? 0)) return;
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

interface Shown {
  readonly predicted: PredictedRows;
  readonly open: OpenTable;
  readonly columns: PredictionColumns;
  /** The largest |error|: a bar of full length. */
  readonly largest: number;
  readonly decimals: number;
}

function renderHead({ columns, open }: Shown) {
  const { index, hasParts, inputs, targets } = columns;
  const isOfClasses = open.prepared?.task === 'classification';
  const suffix = (name: string) => (targets.length === 1 ? '' : ` of ${name}`);
  const head = (text: string, kind = '') => html`<th role="columnheader" class=${kind}>${text}</th>`;
  // Of two classes, the probability of the second is predicted.
  const [, second] = open.prepared?.task === 'binary' ? (open.prepared.classes ?? []) : [];
  const what = second === undefined || second === '1' ? 'prediction' : `${second}?`;
  return html`<thead role="rowgroup">
    <tr role="row">
      <th role="columnheader" class="words">${index?.name ?? 'row'}</th>
      ${hasParts ? head('part', 'words') : nothing}
      ${inputs.map(({ name, isText }) => head(name, isText ? 'input words' : 'input'))}
      ${targets.map(({ name, isText }) => [
        head(name, isText ? 'words' : ''),
        isOfClasses ? head('prediction', 'words') : head(`${what}${suffix(name)}`),
        isOfClasses ? head('probability', 'error') : head(`error${suffix(name)}`, 'error'),
      ])}
    </tr>
  </thead>`;
}

/** Some rows from `start` on, as a part of the table that is laid out when it comes into sight. */
function renderRows(shown: Shown, start: number) {
  const { predicted, open, columns } = shown;
  const { index, hasParts, inputs, targets } = columns;
  const renderRow = (row: number, i: number) => {
    const cells = open.preview[row];
    return html`<tr role="row" aria-rowindex=${i + 2}>
      <th role="rowheader" class="words">
        ${index ? previewText(cells[index.index], true) : count(row + 1)}
      </th>
      ${hasParts ? html`<td role="cell" class="words muted">${partLabels[predicted.parts[i]]}</td>` : nothing}
      ${inputs.map(
        (column) =>
          html`<td role="cell" class=${column.isText ? 'input words' : 'input'}>
            ${previewText(cells[column.index], column.isText)}
          </td>`,
      )}
      ${targets.map((column, target) => [
        html`<td role="cell" class=${column.isText ? 'words' : ''}>
          ${previewText(cells[column.index], column.isText)}
        </td>`,
        open.prepared?.task === 'classification' ? renderClass(shown, i) : renderNumber(shown, i, target),
      ])}
    </tr>`;
  };
  const rows = [...predicted.rows.subarray(start, start + ROWS_A_FRAME)];
  return html`<tbody role="rowgroup">
    ${rows.map((row, i) => renderRow(row, start + i))}
  </tbody>`;
}

const partLabels = { training: 'training', validation: 'validat.', test: 'test' } as const;

function renderNumber({ predicted, largest, decimals, open }: Shown, row: number, output: number) {
  const at = row * (open.prepared?.outputCount ?? 1) + output;
  const prediction = predicted.predictions[at];
  const error = predicted.targets[at] - prediction;
  return html`<td role="cell">${withDecimals(prediction, decimals)}</td>
    <td role="cell">${withDecimals(error, decimals)}${renderBar(error / largest)}</td>`;
}

/** The most probable class, and whether it is the actual one. */
function renderClass({ predicted, open }: Shown, row: number) {
  const { outputCount = 1, classes = [] } = open.prepared ?? {};
  const of = (values: Float64Array) => values.subarray(row * outputCount, (row + 1) * outputCount);
  const [probabilities, targets] = [of(predicted.predictions), of(predicted.targets)];
  const best = largestAt(probabilities);
  const isRight = best === largestAt(targets);
  return html`<td role="cell" class="words class">
      ${isRight ? nothing : html`<span class="wrong">wrong:</span> `}${classes[best] ?? String(best)}
    </td>
    <td role="cell">${withDecimals(probabilities[best], DECIMALS)}${renderBar(probabilities[best])}</td>`;
}

function largestAt(values: Float64Array): number {
  return values.reduce((best, value, at) => (value > values[best] ? at : best), 0);
}

function describeExtent({ predicted, open, columns }: Shown): string {
  const { plans, rowCount, prepared } = open;
  const shownCount = predicted.rows.length;
  const isAll = shownCount === rowCount;
  const hidden = plans.filter(({ role }) => role === 'input').length - columns.inputs.length;
  const rows = `${isAll ? '' : 'The first '}${count(shownCount)} ${isAll ? '' : `of ${count(rowCount)} `}rows`;
  const inputs = hidden > 0 ? `; ${countOf(hidden, 'more input')} not shown` : '';
  const error = prepared?.task === 'classification' ? '' : ' Error: target − prediction.';
  return `${rows}${inputs}.${error}`;
}

/** A bar from the middle: to the left for an error below 0. */
function renderBar(share: number) {
  const half = BAR_WIDTH / 2;
  const width = Math.min(1, Math.abs(share) || 0) * half;
  return html`<svg viewBox="0 0 ${BAR_WIDTH} 8" preserveAspectRatio="none" aria-hidden="true">
    ${svg`<rect x=${share < 0 ? half - width : half} y="0" width=${width.toFixed(1)} height="8" rx="1" />`}
  </svg>`;
}

function decimalsOf({ predictions }: PredictedRows): number {
  const largest = predictions.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return Math.max(0, DECIMALS - Math.floor(Math.log10(largest)));
}

function largestError({ predictions, targets }: PredictedRows, { prepared }: OpenTable): number {
  if (prepared?.task === 'classification') return 1;
  const largest = targets.reduce((most, target, at) => Math.max(most, Math.abs(target - predictions[at])), 0);
  return largest || 1;
}

customElements.define('predictions-panel', PredictionsPanel);
