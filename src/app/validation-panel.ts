import { css, html, nothing } from 'lit';
import './self-test-panel.ts';
import './verdict-mark.ts';
import { count, significant } from './format.ts';
import { PageElement } from './page-element.ts';
import { comparedRuns, gradientSentence, runLabel, type ComparedRun } from './sentences.ts';
import { baseStyles, controlStyles, tableStyles } from './styles.ts';

/** The GPU run against float64, and the gradients against finite differences: figures, tolerances, verdicts. */
class ValidationPanel extends PageElement {
  static override styles = [
    baseStyles,
    controlStyles,
    tableStyles,
    css`
      section {
        display: grid;
        gap: 8px;
        justify-items: start;
        margin-bottom: 24px;
      }
      table {
        width: auto;
        min-width: min(520px, 100%);
      }
      .muted {
        max-width: 92ch;
      }
      .run > th {
        padding-top: 12px;
        font-weight: 500;
      }
    `,
  ];

  override render() {
    return html`
      <section>
        <h3>${this.page.state.label('gpu')} against float64</h3>
        ${this.#renderComparison()}
      </section>
      <section>
        <h3>Gradients against finite differences</h3>
        ${this.#renderGradients()}
      </section>
      <self-test-panel .page=${this.page}></self-test-panel>
    `;
  }

  #renderComparison() {
    const { state, training } = this.page;
    const compared = comparedRuns(state);
    if (compared.length === 0) {
      const areOver =
        state.runs.cpu && state.shownRuns.length > 1 && state.shownRuns.every(({ isOver }) => isOver);
      return areOver
        ? html`<button type="button" ?disabled=${!state.isIdle} @click=${() => training.judge()}>
            Compare the runs
          </button>`
        : html`<p class="muted">This takes a run of each path on one job; Compare makes both.</p>`;
    }
    const [
      {
        comparison: { verdict },
      },
    ] = compared;
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="Validation">
        <table>
          <thead>
            <tr>
              <th scope="col" class="words">run, largest difference</th>
              <th scope="col">found</th>
              <th scope="col">allowed</th>
              <th scope="col">at step</th>
            </tr>
          </thead>
          ${compared.map((each) => this.#renderCompared(each))}
        </table>
      </div>
      <p class="muted">${verdict.holds === undefined ? 'No verdict' : 'Allowed'}: ${verdict.reason}.</p>
    `;
  }

  #renderCompared({ run, comparison: { verdict } }: ComparedRun) {
    return html`<tbody>
      <tr class="run">
        <th scope="rowgroup" colspan="4" class="words">
          <span class=${run.path}>${runLabel(this.page.state, run)}</span>
          <verdict-mark .holds=${verdict.holds}></verdict-mark>
        </th>
      </tr>
      <tr>
        <th scope="row" class="words">of the loss, relative</th>
        <td>${significant(verdict.loss)}</td>
        <td>${significant(verdict.allowedLoss)}</td>
        <td>${count(verdict.lossStep)}</td>
      </tr>
      <tr>
        <th scope="row" class="words">of a parameter, absolute</th>
        <td>${significant(verdict.parameter)}</td>
        <td>${significant(verdict.allowedParameter)}</td>
        <td>—</td>
      </tr>
    </tbody>`;
  }

  #renderGradients() {
    const { state, training } = this.page;
    const run = state.shownRuns.find(({ gradientCheck }) => gradientCheck);
    if (!run?.gradientCheck) {
      const hasRun = state.shownRuns.some(({ isOver }) => isOver);
      return html`<button
        type="button"
        ?disabled=${!state.isIdle || !hasRun}
        @click=${() => training.checkGradients()}
      >
        Check the gradients
      </button>`;
    }
    const { holds, text } = gradientSentence(run);
    const { parametersAtKink } = run.gradientCheck;
    return html`
      <p class="number"><verdict-mark .holds=${holds}></verdict-mark>${text}</p>
      <p class="muted">
        Backpropagation as written by hand, in float64, on this table at the final parameters, against (E(p +
        h) − E(p − h)) / 2h. Allowed: what truncation and rounding of that difference can amount to.
        ${parametersAtKink > 0 ? html`${count(parametersAtKink)} parameters at the kink of a ReLU are left out.` : nothing}
      </p>
    `;
  }
}

customElements.define('validation-panel', ValidationPanel);
