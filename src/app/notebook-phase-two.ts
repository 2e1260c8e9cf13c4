import { html } from 'lit';
import { properMinus, significant, withDecimals } from './format.ts';
import './notebook-cell.ts';
import { renderDerivative, renderGradient } from './notebook-derivatives.ts';
import { writeWeight } from './notebook-figures.ts';
import { showFormulas } from './notebook-formulas.ts';
import { renderChoice, renderField, renderProblems } from './notebook-parts.ts';
import { NotebookSection } from './notebook-section.ts';
import { moveWeight, type TracedValues } from './notebook-steps.ts';
import { weightName } from './notebook-story.ts';

/** The hidden layer: how the error depends on v. */
class NotebookPhaseTwo extends NotebookSection {
  protected readonly heading = 'Hidden layer, “phase 2”';

  protected renderBody() {
    const { notebook } = this.page;
    const { hiddenUnits } = notebook.story.values;
    const shown = notebook.traced('phase-two');
    const options = Array.from(
      { length: 2 * hiddenUnits },
      (_, index) => [String(index), weightName(index, hiddenUnits)] as const,
    );
    return html`
      <p>
        The weights v of the hidden layer lie further from the error, and the chain is longer by the same
        three links again: v changes ŷ, ŷ changes g, and g changes E.
      </p>
      ${showFormulas('phaseTwo')}
      <p>
        Nothing told the hidden layer what its values should have been: only the output has targets. But phase
        1 already knows how E depends on y, and y was made of g and w. So the error goes back over the same
        weights that carried the values forward, which is a product with w transposed:
      </p>
      ${showFormulas('errorByHidden')}
      <p>
        From there on it is phase 1 once more: times the slope of the activation, entry by entry, and then
        times what v was multiplied by, the inputs x.
      </p>
      ${showFormulas('hiddenGradient', 'weightsOfHidden')}
      <p>
        Two inputs that are 0 have no share in it: of the observation (0, 0) nothing reaches v at all. That is
        the missing bias again.
      </p>
      <p>
        <strong>How would you find a mistake in this?</strong> By not using the chain rule. Move one weight by
        a small h up and down, compute the error both times, and divide:
      </p>
      ${showFormulas('centralDifference')}
      <p>
        Pick a weight and an h. With a large h the curve of the error shows. With a tiny one, such as 1e−12,
        the two errors agree in nearly all their digits, and few of those that are left of the difference are
        right.
      </p>
      <notebook-cell .page=${this.page} name="phase-two" heading="Phase 2, and one weight moved by hand">
        <div slot="inputs">
          <div class="fields">
            ${renderChoice(notebook, 'moved', { label: 'weight to move', options })}
            ${renderField(notebook, 'h', { label: 'by h' })}
          </div>
          ${renderProblems(notebook, (field) => field === 'h' || field === 'moved')}
        </div>
        <div slot="output">
          ${
            shown &&
            html`<div class="matrices">
                ${renderDerivative('dE/dg', shown)} ${renderDerivative('dg/dŷ', shown)}
                ${renderDerivative('dE/dŷ', shown)} ${renderDerivative('dE/dv', shown)}
              </div>
              ${renderGradient(notebook, 'phase-two', shown)} ${renderMoved(shown)}`
          }
        </div>
      </notebook-cell>
    `;
  }
}

function renderMoved(shown: TracedValues) {
  const { moved, h, hiddenUnits } = shown.values;
  const { above, below, difference, gradient } = moveWeight(shown);
  const name = weightName(moved, hiddenUnits);
  const lines = [
    [`E with ${name} + h`, withDecimals(above, 12)],
    [`E with ${name} − h`, withDecimals(below, 12)],
    ['their difference / 2h', writeWeight(difference)],
    [`dE/d${name}, by the chain rule`, writeWeight(gradient)],
    ['differs by', significant(Math.abs(difference - gradient), 2)],
  ] as const;
  return html`<div class="matrix moved">
    <table data-matrix="moved">
      <caption>
        ${name} moved by ${properMinus(String(h))}
      </caption>
      <tbody>
        ${lines.map(
          ([what, value]) =>
            html`<tr>
              <th scope="row" class="words">${what}</th>
              <td>${value}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

customElements.define('notebook-phase-two', NotebookPhaseTwo);
