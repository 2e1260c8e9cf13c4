import { html, nothing } from 'lit';
import { activationNames, activations, notebookRecord } from '../index.ts';
import { significant } from './format.ts';
import './notebook-cell.ts';
import { recordedParameter, scientificText, writeWeight } from './notebook-figures.ts';
import { showFormulas, showInline } from './notebook-formulas.ts';
import {
  recordApplies,
  renderChoice,
  renderField,
  renderFieldGrid,
  renderFigures,
  renderMatrix,
  renderProblems,
} from './notebook-parts.ts';
import { curvePicture } from './notebook-pictures.ts';
import { NotebookSection } from './notebook-section.ts';
import { activationAt } from './notebook-steps.ts';
import { weightField, weightName } from './notebook-story.ts';

/** What each layer is called, how it is computed and its shape; h is the number of hidden units. */
const layers = [
  ['input values', html`x`, '[4, 2]'],
  ['hidden layer', showInline('hidden'), '[4, h]'],
  ['its activation', showInline('hiddenActivation'), '[4, h]'],
  ['output layer', showInline('output'), '[4, 1]'],
  ['its activation', showInline('outputActivation'), '[4, 1]'],
] as const;

/** The network, defined array by array; its activation, where it starts, and one pass forward. */
class NotebookLayers extends NotebookSection {
  protected readonly heading = 'The layers';

  protected renderBody() {
    return html`
      <p>
        Between the two inputs and the one output the notebook puts a hidden layer of three units. The usual
        drawing of such a network, circles joined by lines, is confusing, and the notebook says why: its
        circles do not all mean the same thing. The circles at the left are values, the ones in the middle are
        functions, the one at the right is a value again; and the weights have no circle at all, they hang on
        the lines. So the notebook leaves the drawing and defines one array after another. Each is computed
        from the one before:
      </p>
      ${renderLayerTable()}
      <p>Written out, one entry of the hidden layer is</p>
      ${showFormulas('hiddenEntry')}
      <p>and so on for each observation and each unit. The whole network is one function inside another:</p>
      ${showFormulas('nested')}
      <p>
        <strong>The activation</strong> bends what would otherwise stay straight: without it two layers would
        be no more than one. The sigmoid takes any number to one between 0 and 1. Its slope is what the chain
        rule will ask for below, and it can be had from the value alone: f′ = f (1 − f).
      </p>
      ${this.#renderActivation()}
      <p>
        <strong>The weights</strong> start at random, between 0 and 1. The draws are those of NumPy’s
        generator for the same seed, to the last bit, and PyTorch was given the same ones: three programs that
        start from the same nine numbers can be held against each other.
      </p>
      ${this.#renderWeights()}
      <p>
        <strong>Forward.</strong> Everything is in place to ask the untrained network for its answers, and to
        say in one number how wrong they are: the mean of the squared errors.
      </p>
      ${showFormulas('error')} ${this.#renderForward()}
    `;
  }

  #renderActivation() {
    const { notebook } = this.page;
    const { activation, point } = notebook.shown('activation');
    const { value, derivative, difference } = activationAt(activation, point);
    const options = activationNames.map((name) => [name, activations[name].label] as const);
    return html`<notebook-cell
      .page=${this.page}
      name="activation"
      heading="The activation of the hidden layer"
    >
      <div slot="inputs">
        <div class="fields">
          ${renderChoice(notebook, 'activation', { label: 'activation', options })}
          ${renderField(notebook, 'point', { label: 'look at x' })}
        </div>
        ${renderProblems(notebook, (field) => field === 'point')}
      </div>
      <div slot="output" class="matrices">
        ${curvePicture(activation, point)}
        <div class="matrix">
          <table data-matrix="activation">
            <tbody>
              <tr>
                <th scope="row" class="words">f(x)</th>
                <td>${writeWeight(value)}</td>
              </tr>
              <tr>
                <th scope="row" class="words">f′(x)</th>
                <td>${writeWeight(derivative)}</td>
              </tr>
              <tr>
                <th scope="row" class="words">finite difference</th>
                <td>${difference === undefined ? 'none: a kink' : writeWeight(difference)}</td>
              </tr>
              <tr>
                <th scope="row" class="words">differs by</th>
                <td>${difference === undefined ? '—' : significant(Math.abs(derivative - difference), 2)}</td>
              </tr>
            </tbody>
          </table>
        </div>
      </div>
    </notebook-cell>`;
  }

  #renderWeights() {
    const { notebook } = this.page;
    const { hiddenUnits } = notebook.story.values;
    const shown = notebook.shown('weights');
    const at = (index: number) => ({ field: weightField(index), label: weightName(index, hiddenUnits) });
    const rowOf = (first: number) => Array.from({ length: hiddenUnits }, (_, unit) => at(first + unit));
    const applies = recordApplies(notebook, 'weights');
    return html`<notebook-cell .page=${this.page} name="weights" heading="Where the weights start">
      <div slot="inputs">
        <div class="fields">
          ${renderField(notebook, 'seed', { label: 'seed' })}
          ${renderField(notebook, 'units', { label: 'hidden units h' })}
        </div>
        <div class="grids">
          ${renderFieldGrid(notebook, 'v [2, h]: change any of them', [rowOf(0), rowOf(hiddenUnits)])}
          ${renderFieldGrid(notebook, 'w [h, 1], lying down', [rowOf(2 * hiddenUnits)])}
        </div>
        ${renderProblems(notebook, (field) => /^(seed|units|weight)/.test(field))}
      </div>
      <div slot="output">
        ${renderFigures(
          Array.from(shown.weights, (value, index) => ({
            name: weightName(index, shown.hiddenUnits),
            recorded: recordedParameter(notebookRecord.initialParameters, index, shown.hiddenUnits),
            ours: [value],
            write: writeWeight,
            isFirst: index === 2 * shown.hiddenUnits,
          })),
          { label: 'Starting weights', what: 'start of', columns: [{ name: 'ours' }], applies },
        )}
      </div>
    </notebook-cell>`;
  }

  #renderForward() {
    const { notebook } = this.page;
    const shown = notebook.traced('forward');
    return html`<notebook-cell .page=${this.page} name="forward" heading="One pass forward">
      <p slot="inputs" class="muted">
        Takes the table, the activation and the weights from the cells above. Its rows are the four
        observations.
      </p>
      <div slot="output">${shown ? this.#renderPass(shown.trace) : nothing}</div>
    </notebook-cell>`;
  }

  #renderPass({
    layers: [hidden, output],
    targets,
    loss,
  }: NonNullable<ReturnType<typeof this.page.notebook.traced>>['trace']) {
    const applies = recordApplies(this.page.notebook, 'forward');
    return html`<div class="matrices">
        ${renderMatrix(hidden.preActivations, { name: 'ŷ = x · v', id: 'ŷ' })}
        ${renderMatrix(hidden.activations, { name: 'g', id: 'g' })}
        ${renderMatrix(output.preActivations, { name: 'y = g · w', id: 'y' })}
        ${renderMatrix(output.activations, { name: 'f', id: 'f' })}
        ${renderMatrix(targets, { name: 'f₀', id: 'f₀ of the pass' })}
      </div>
      ${renderFigures(
        [
          {
            name: 'E',
            recorded: notebookRecord.losses[0],
            ours: [loss],
            write: scientificText,
          },
        ],
        { label: 'Error at step 0', what: 'step 0', columns: [{ name: 'ours' }], applies },
      )}`;
  }
}

function renderLayerTable() {
  return html`<div
    class="scroll figures layer-table"
    tabindex="0"
    role="region"
    aria-label="Arrays of the network"
  >
    <table>
      <thead>
        <tr>
          <th scope="col" class="words">array</th>
          <th scope="col" class="words">computed as</th>
          <th scope="col" class="words">shape</th>
        </tr>
      </thead>
      <tbody>
        ${layers.map(
          ([name, formula, shape]) =>
            html`<tr>
              <th scope="row" class="words">${name}</th>
              <td class="words">${formula}</td>
              <td class="words">${shape}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

customElements.define('notebook-layers', NotebookLayers);
