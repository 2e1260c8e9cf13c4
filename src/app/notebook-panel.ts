import { css, html, nothing } from 'lit';
import { notebookRecord, scientific } from '../index.ts';
import { count, duration, significant, withDecimals } from './format.ts';
import { PageElement } from './page-element.ts';
import type { Run } from './run.ts';
import { RECORD_TOLERANCE, recordDifference, runLabel } from './sentences.ts';
import './verdict-mark.ts';
import { baseStyles, tableStyles } from './styles.ts';

/** One figure of the record: its name, the recorded value, and ours of a run. */
interface Figure {
  readonly name: string;
  readonly recorded: number;
  readonly ours: (run: Run) => number | undefined;
  readonly write: (value: number) => string;
}

/** What the notebook recorded in NumPy and PyTorch, beside what was computed here. */
class NotebookPanel extends PageElement {
  static override styles = [
    baseStyles,
    tableStyles,
    css`
      p {
        margin-bottom: 12px;
        max-width: 92ch;
      }
      table {
        width: auto;
        min-width: min(640px, 100%);
      }
      .first > * {
        padding-top: 16px;
      }
    `,
  ];

  override render() {
    const { state } = this.page;
    const runs = state.shownRuns.filter(({ isOver, report }) => isOver && report);
    return html`
      <p>
        The notebook trained this job by hand in NumPy and again in PyTorch, both in float64; the two agree in
        every digit they print.
      </p>
      ${runs.filter(({ path, continuedFrom }) => path === 'cpu' && continuedFrom === undefined).map(renderVerdict)}
      <div class="scroll" tabindex="0" role="region" aria-label="Notebook’s record">
        <table>
          <thead>
            <tr>
              <th scope="col" class="words"></th>
              <th scope="col">NumPy</th>
              <th scope="col">PyTorch</th>
              ${runs.map((run) => html`<th scope="col" class=${run.path}>${runLabel(state, run)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${this.#renderTimes(runs)}
            ${[losses(), weights(), predictions()].map((figures) =>
              figures.map((figure, index) => renderFigure(figure, index === 0, runs)),
            )}
          </tbody>
        </table>
      </div>
    `;
  }

  #renderTimes(runs: readonly Run[]) {
    const { clockMs } = this.page.state;
    const { numpy, pytorch } = notebookRecord.seconds;
    return html`<tr>
      <th scope="row" class="words">10,000 steps</th>
      <td>${withDecimals(numpy, 1)} s</td>
      <td>${withDecimals(pytorch, 1)} s</td>
      ${runs.map(({ report }) => html`<td>${duration(report?.timing.trainMs ?? NaN, clockMs)}</td>`)}
    </tr>`;
  }
}

function renderVerdict(run: Run) {
  const difference = recordDifference(run);
  const holds = difference <= RECORD_TOLERANCE;
  return html`<p class="number">
    <verdict-mark .holds=${holds}></verdict-mark>Our float64 differs from theirs by at most
    ${significant(difference)} (${significant(RECORD_TOLERANCE, 1)} allowed).
  </p>`;
}

function renderFigure({ name, recorded, ours, write }: Figure, isFirst: boolean, runs: readonly Run[]) {
  return html`<tr class=${isFirst ? 'first' : ''}>
    <th scope="row" class="words">${name}</th>
    <td>${write(recorded)}</td>
    <td>${write(recorded)}</td>
    ${runs.map((run) => {
      const value = ours(run);
      return html`<td>${value === undefined ? nothing : write(value)}</td>`;
    })}
  </tr>`;
}

function losses(): Figure[] {
  return notebookRecord.losses.map((recorded, index) => {
    const step = index * 1000;
    return {
      name: `loss at step ${count(step)}`,
      recorded,
      ours: ({ report }) => report?.curve.losses[report.curve.steps.indexOf(step)],
      write: (value) => scientific(value, 6).replaceAll('-', '−'),
    };
  });
}

function weights(): Figure[] {
  return notebookRecord.parameters.map((recorded, index) => ({
    name: index < 6 ? `hidden weight ${index + 1}` : `output weight ${index - 5}`,
    recorded,
    ours: ({ report }) => report?.parameters[index],
    write: (value) => withDecimals(value, 8),
  }));
}

function predictions(): Figure[] {
  return notebookRecord.predictions.map((recorded, index) => ({
    name: `prediction of row ${index + 1}`,
    recorded,
    ours: ({ report }) => report?.predicted.predictions[index],
    write: (value) => withDecimals(value, 6),
  }));
}

customElements.define('notebook-panel', NotebookPanel);
