import { html } from 'lit';
import { significant } from './format.ts';
import './notebook-cell.ts';
import { showFormulas } from './notebook-formulas.ts';
import { renderField, renderProblems, sixDecimals } from './notebook-parts.ts';
import { errorFactor, tutorialRate, tutorialStepRatio } from './notebook-prose.ts';
import { NotebookSection } from './notebook-section.ts';
import { renderDerivative, renderGradient } from './notebook-derivatives.ts';
import { errorOf } from './notebook-steps.ts';

/** The output layer: how the error depends on w. */
class NotebookPhaseOne extends NotebookSection {
  protected readonly heading = 'Output layer, “phase 1”';

  protected renderBody() {
    const { notebook } = this.page;
    const shown = notebook.traced('phase-one');
    return html`
      <p>
        To lower the error, the network has to know which way each weight moves it. Going backward from the
        error, the weights w of the output layer come first. They reach E in three moves: w changes y, y
        changes f, and f changes E. The chain rule multiplies what happens at each:
      </p>
      ${showFormulas('phaseOne')}
      <p>Two of the factors belong to one observation alone, so they can be tried on one, where N is 1:</p>
      ${showFormulas('errorByOutput', 'outputByPreActivation')}
      <notebook-cell .page=${this.page} name="error" heading="One answer and its target">
        <div slot="inputs">
          <div class="fields">
            ${renderField(notebook, 'f', { label: 'answer f' })}
            ${renderField(notebook, 'f0', { label: 'target f₀' })}
          </div>
          ${renderProblems(notebook, (field) => field === 'f' || field === 'f0')}
        </div>
        <div slot="output">${this.#renderError()}</div>
      </notebook-cell>
      <p>
        Where the answer is above its target, the derivative is positive: moving y up would make it worse.
        Where f is near 0 or 1, f (1 − f) is near 0 and hardly anything gets through, however wrong the answer
        is. Try f = 0.999 with the target 0: the unit is saturated.
      </p>
      <p>
        <strong>Why 0.5 · (f − f₀).</strong> That is how the notebook’s own code writes dE/df. The derivative
        of one squared error is 2 (f − f₀), and E is the mean of N of them, which makes it 2 (f − f₀) / N. For
        the four rows of this table 2/N is ${significant(errorFactor.ofMean, 1)}. The notebook began from a
        tutorial on networks by hand, whose line it keeps as a comment beside its own: f − f₀, without a
        factor. That is the derivative of half the sum, not of the mean that is printed. The direction is the
        same, but each step is ${significant(tutorialStepRatio, 1)} times as long. Its rate of 0.05 is ours of
        ${significant(tutorialRate, 1)}; you can train with that in the loop below.
      </p>
      <p>
        The last factor, ∂y/∂w, is what w is multiplied by: the hidden layer’s g. Each weight is used by every
        observation, so their shares are added up, and adding up over the rows is what a product with the
        transposed g does:
      </p>
      ${showFormulas('weightsOfOutput')}
      <notebook-cell .page=${this.page} name="phase-one" heading="Phase 1, for all four rows">
        <p slot="inputs" class="muted">
          Takes everything from the cells above. Below each derivative stands how far it is from a finite
          difference: the error computed twice, with the entry moved a little up and a little down.
        </p>
        <div slot="output">
          ${
            shown &&
            html`<div class="matrices">
                ${renderDerivative('dE/df', shown)} ${renderDerivative('df/dy', shown)}
                ${renderDerivative('dE/dy', shown)} ${renderDerivative('dE/dw', shown)}
              </div>
              ${renderGradient(notebook, 'phase-one', shown)}`
          }
        </div>
      </notebook-cell>
    `;
  }

  #renderError() {
    const { error, errorByOutput, outputByPreActivation, errorByPreActivation } = errorOf(
      this.page.notebook.shown('error'),
    );
    const lines = [
      ['E = (f − f₀)²', error],
      ['dE/df = 2 (f − f₀)', errorByOutput],
      ['df/dy = f (1 − f)', outputByPreActivation],
      ['dE/dy, their product', errorByPreActivation],
    ] as const;
    return html`<div class="matrix">
      <table data-matrix="error">
        <tbody>
          ${lines.map(
            ([name, value]) =>
              html`<tr>
                <th scope="row" class="words">${name}</th>
                <td>${sixDecimals(value)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

customElements.define('notebook-phase-one', NotebookPhaseOne);
