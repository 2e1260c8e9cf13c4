import { html } from 'lit';
import { properMinus, significant } from './format.ts';
import './notebook-cell.ts';
import { showFormulas } from './notebook-formulas.ts';
import { renderField, renderProblems, sixDecimals } from './notebook-parts.ts';
import { planePicture } from './notebook-pictures.ts';
import { recordedOrigin } from './notebook-prose.ts';
import { NotebookSection } from './notebook-section.ts';
import { perceptronOutputs } from './notebook-steps.ts';

const fields = [
  ['w1', 'weight w₁'],
  ['w2', 'weight w₂'],
  ['b', 'bias b'],
  ['x1', 'ask about x₁'],
  ['x2', 'ask about x₂'],
] as const;

/** One unit alone, and what its bias is for. */
class NotebookPerceptron extends NotebookSection {
  protected readonly heading = 'The perceptron';

  protected renderBody() {
    const { notebook } = this.page;
    const values = notebook.shown('perceptron');
    return html`
      <p>
        Before there are layers, there is one unit. It multiplies each input by a weight of its own, adds the
        products up, and adds one more number, the bias:
      </p>
      ${showFormulas('perceptron')}
      <p>
        Where y is 0 lies a straight line in the plane of the two inputs. On one side of it y is above 0 and
        the unit says yes, on the other it says no. The weights turn the line and the bias moves it. For OR a
        line is enough: w₁ = w₂ = 1 and b = −0.5 part the observation (0, 0) from the other three.
      </p>
      <notebook-cell .page=${this.page} name="perceptron" heading="One unit">
        <div slot="inputs">
          <div class="fields">${fields.map(([field, label]) => renderField(notebook, field, { label }))}</div>
          ${renderProblems(notebook, (field) => fields.some(([own]) => own === field))}
        </div>
        <div slot="output" class="matrices">${this.#renderOutputs()} ${planePicture(values)}</div>
      </notebook-cell>
      <p>
        Now set the last target of the table to 0, which makes it XOR, and look for a line. There is none: one
        unit cannot part (0, 1) and (1, 0) from (0, 0) and (1, 1). That is why networks have hidden layers.
      </p>
      <p>
        <strong>The bias that is not there.</strong> The notebook carries a bias along and leaves it at 0: the
        line that would draw it, and the line that would train it, are commented out. For a unit alone that
        nails the line to the origin, and it can say nothing about (0, 0), where y is 0 whatever the weights.
        The network below is not quite so helpless: at (0, 0) each of its hidden units says ½, so its output
        can still be moved, by half the sum of the weights w. The notebook’s training brings that half sum to
        ${significant(recordedOrigin.preActivation)}, which a sigmoid turns into
        ${significant(recordedOrigin.output)}. It stays the worst of the four answers.
      </p>
    `;
  }

  #renderOutputs() {
    const values = this.page.notebook.shown('perceptron');
    const outputs = perceptronOutputs(values);
    const rows = [...values.rows, [values.asked.x1, values.asked.x2]];
    return html`<div class="scroll matrix" tabindex="0" role="region" aria-label="What the unit says">
      <table>
        <thead>
          <tr>
            <th scope="col" class="words">observation</th>
            <th scope="col">x₁</th>
            <th scope="col">x₂</th>
            <th scope="col">y</th>
            <th scope="col" class="words">says</th>
            <th scope="col">f₀</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ([x1, x2, target], row) =>
              html`<tr>
                <th scope="row" class="words">${target === undefined ? 'asked' : row + 1}</th>
                <td>${plain(x1)}</td>
                <td>${plain(x2)}</td>
                <td>${sixDecimals(outputs[row])}</td>
                <td class="words">${outputs[row] > 0 ? 'yes' : outputs[row] < 0 ? 'no' : 'on the line'}</td>
                <td>${target === undefined ? '' : plain(target)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

/** As it was typed, but for what no column holds. */
function plain(value: number): string {
  return properMinus(String(Number(value.toPrecision(6))));
}

customElements.define('notebook-perceptron', NotebookPerceptron);
