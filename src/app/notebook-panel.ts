import { css, html, nothing } from 'lit';
import { notebookRecord } from '../index.ts';
import { duration, significant, withDecimals } from './format.ts';
import { recordedFigures, type RecordedFigure } from './notebook-figures.ts';
import { PageElement } from './page-element.ts';
import type { Run } from './run.ts';
import { RECORD_TOLERANCE, recordDifference, runLabel } from './sentences.ts';
import './verdict-mark.ts';
import { baseStyles, tableStyles } from './styles.ts';

/** Figures of the record, and ours of a run. */
interface Group {
  readonly figures: readonly RecordedFigure[];
  readonly ours: (run: Run, index: number) => number | undefined;
}

const groups: readonly Group[] = [
  {
    figures: recordedFigures.losses,
    ours: ({ report }, index) => report?.curve.losses[report.curve.steps.indexOf(index * 1000)],
  },
  { figures: recordedFigures.weights, ours: ({ report }, index) => report?.parameters[index] },
  {
    figures: recordedFigures.predictions,
    ours: ({ report }, index) => report?.predicted.predictions[index],
  },
];

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
            ${groups.map((group) => group.figures.map((_, index) => renderFigure(group, index, runs)))}
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

function renderFigure({ figures, ours }: Group, index: number, runs: readonly Run[]) {
  const { name, recorded, write } = figures[index];
  return html`<tr class=${index === 0 ? 'first' : ''}>
    <th scope="row" class="words">${name}</th>
    <td>${write(recorded)}</td>
    <td>${write(recorded)}</td>
    ${runs.map((run) => {
      const value = ours(run, index);
      return html`<td>${value === undefined ? nothing : write(value)}</td>`;
    })}
  </tr>`;
}

customElements.define('notebook-panel', NotebookPanel);
