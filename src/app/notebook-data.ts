import { html } from 'lit';
import { matrix } from '../index.ts';
import './notebook-cell.ts';
import { renderFieldGrid, renderMatrix, renderProblems } from './notebook-parts.ts';
import { NotebookSection } from './notebook-section.ts';
import { dataOfStory, rowField } from './notebook-story.ts';

/** The table, as numbers. */
class NotebookData extends NotebookSection {
  protected readonly heading = 'The data';

  protected renderBody() {
    const { notebook } = this.page;
    const { inputs, targets, rowCount } = dataOfStory(notebook.shown('data'));
    const names = ['x₁', 'x₂', 'f₀'];
    const fields = Array.from({ length: rowCount }, (_, row) =>
      names.map((name, column) => ({
        field: rowField(row, column),
        label: `${name} of observation ${row + 1}`,
      })),
    );
    const whole = (value: number) => String(value).replace('-', '−');
    return html`
      <p>
        Four observations of two inputs and one target: the truth table of OR. The target is 1 where at least
        one input is. Nobody needs a network for that. It is here because it is small: everything one step of
        training computes fits on this page, and you can follow every number to where it came from.
      </p>
      <p>
        The inputs are called x, a matrix with one row per observation. The targets are called f₀, because the
        network’s own answer will be called f. Training means changing the network until f comes close to f₀.
      </p>
      <notebook-cell .page=${this.page} name="data" heading="The table, as numbers">
        <div slot="inputs">
          ${renderFieldGrid(notebook, 'One row for each observation: change any of them', fields, names)}
          ${renderProblems(notebook, (field) => field.startsWith('row '))}
        </div>
        <div slot="output" class="matrices">
          ${renderMatrix(matrix(rowCount, 2, inputs), { name: 'x', id: 'x', write: whole })}
          ${renderMatrix(matrix(rowCount, 1, targets), { name: 'f₀', id: 'f₀', write: whole })}
        </div>
      </notebook-cell>
      <p>
        What you change in a cell is what the cells below it work with, once you run them. Cells that no
        longer compute what the notebook recorded say so. Reset, at the top, puts everything back.
      </p>
    `;
  }
}

customElements.define('notebook-data', NotebookData);
