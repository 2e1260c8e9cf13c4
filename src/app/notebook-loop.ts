import { css, html, nothing } from 'lit';
import { notebookRecord } from '../index.ts';
import './choice-switch.ts';
import { count, duration, percent, unbroken, withDecimals } from './format.ts';
import './notebook-cell.ts';
import { showFormulas } from './notebook-formulas.ts';
import { recordApplies, renderField, renderFigures, renderProblems } from './notebook-parts.ts';
import { lossPicture } from './notebook-pictures.ts';
import { lossShare } from './notebook-prose.ts';
import {
  comparedJudgement,
  figureRows,
  recordJudgement,
  reportsOf,
  runsOf,
  shortLabel,
} from './notebook-run-figures.ts';
import { NotebookSection } from './notebook-section.ts';
import { jobOfStory } from './notebook-story.ts';
import type { Topic } from './page-state.ts';
import { paths } from './run.ts';
import './verdict-mark.ts';

/** The step, ten thousand times. */
class NotebookLoop extends NotebookSection {
  static override styles = [
    NotebookSection.styles,
    css`
      .logs {
        display: flex;
        flex-wrap: wrap;
        gap: 16px 40px;
        margin-bottom: 16px;
      }
      pre {
        margin: 4px 0 0;
        min-height: 200px;
        max-width: 100%;
        overflow-x: auto;
        font: 12px/20px var(--code);
      }
      h4 {
        margin: 0;
        font-size: 12px;
        line-height: 16px;
        font-weight: 600;
      }
      .path {
        display: grid;
        gap: 4px;
      }
      .path .name {
        font-size: 12px;
        line-height: 16px;
        color: var(--muted);
      }
      figure.picture,
      .figures {
        margin-bottom: 16px;
      }
    `,
  ];

  protected readonly heading = 'The loop';

  protected override onStateChange(topic: Topic): void {
    if (topic === 'change' || this.page.notebook.working !== undefined) this.requestUpdate();
  }

  protected renderBody() {
    const { state, notebook } = this.page;
    return html`
      <p>
        A derivative says which way is up. The step goes the other way, by a small part η of it, the learning
        rate, for both layers at once:
      </p>
      ${showFormulas('updateOfOutput', 'updateOfHidden')}
      <p>
        Forward, error, backward, update: that is one step. The loop does it 10,000 times and prints the error
        ten times on the way. It falls at first, then hardly for several thousand steps, and then quickly; the
        last line the notebook prints is ${percent(lossShare)} of the first.
      </p>
      <notebook-cell .page=${this.page} name="loop" heading="Train">
        <div slot="inputs">
          <div class="fields">
            ${renderField(notebook, 'rate', { label: 'learning rate η' })}
            ${renderField(notebook, 'steps', { label: 'steps' })}
            <div class="path">
              <span class="name" aria-hidden="true">path</span>
              <choice-switch
                legend="Path"
                .names=${paths.map((path) => state.label(path))}
                .chosen=${paths.indexOf(notebook.path)}
                @choose=${({ detail }: CustomEvent<number>) => notebook.choosePath(paths[detail])}
              ></choice-switch>
            </div>
          </div>
          ${renderProblems(notebook, (field) => field === 'rate' || field === 'steps')}
          ${
            notebook.path === 'gpu' && state.gpu?.kind === 'none'
              ? html`<p class="problem">${state.gpu.sentence}</p>`
              : nothing
          }
        </div>
        <div slot="output">${this.#renderOutput()}</div>
      </notebook-cell>
      <p>
        The GPU path computes in float32, with a second float32 for what each weight loses to rounding. Its
        digits part from float64’s where float32 has no more of them, from about the seventh on.
      </p>
    `;
  }

  #renderOutput() {
    const { state, notebook } = this.page;
    const values = notebook.shown('loop');
    const { steps } = jobOfStory(values);
    const runs = runsOf(notebook, 'loop');
    const reports = reportsOf(notebook, 'loop');
    const applies = recordApplies(notebook, 'loop');
    const columns = reports.map(({ backend }) => ({ name: shortLabel(state.label(backend)), path: backend }));
    const judgements = [
      recordJudgement(notebook, 'loop'),
      comparedJudgement(notebook, state.label('gpu'), 'loop'),
    ];
    return html`
      ${
        runs.length > 0
          ? html`<div class="logs">
              ${runs.map(
                ({ backend, lines }) =>
                  html`<div>
                    <h4 class=${backend}>${state.label(backend)}</h4>
                    <pre data-log=${backend}>${lines.join('\n')}</pre>
                  </div>`,
              )}
            </div>`
          : nothing
      }
      ${lossPicture(
        runs.toReversed().map(({ backend, curve }) => ({ path: backend, name: state.label(backend), curve })),
        steps,
      )}
      ${judgements.map(
        (judgement) =>
          judgement &&
          html`<p class="number">
            <verdict-mark .holds=${judgement.holds}></verdict-mark>${judgement.text}
          </p>`,
      )}
      ${renderFigures(
        [...figureRows('weights', values, reports), ...figureRows('predictions', values, reports)],
        {
          label: 'Weights and predictions after the loop',
          what: 'afterwards',
          columns: columns.length > 0 ? columns : [{ name: 'ours' }],
          applies,
        },
      )}
      <p class="number">${this.#timeSentence()}</p>
    `;
  }

  #timeSentence(): string {
    const { state, notebook } = this.page;
    const { numpy, pytorch } = notebookRecord.seconds;
    const recorded = `On the notebook’s machine 10,000 steps took ${withDecimals(numpy, 1)} s in NumPy and ${withDecimals(pytorch, 1)} s in PyTorch`;
    const ours = reportsOf(notebook, 'loop').map(
      ({ backend, steps, trainMs }) =>
        `${count(steps)} steps on the ${state.label(backend)} ${duration(trainMs, state.clockMs)}`,
    );
    return unbroken(ours.length === 0 ? `${recorded}.` : `${recorded}; here ${ours.join(', and ')}.`);
  }
}

customElements.define('notebook-loop', NotebookLoop);
