import { css, html, nothing } from 'lit';
import { errorLine, notebookRecord, writeNotebookProgram } from '../index.ts';
import './copy-button.ts';
import './notebook-cell.ts';
import { recordApplies } from './notebook-parts.ts';
import { NotebookSection } from './notebook-section.ts';
import './verdict-mark.ts';

/** What PyTorch printed. */
const recordedLines = notebookRecord.losses.map((loss, index) => errorLine(index * 1000, loss));

/** The same program for PyTorch, and what it printed. */
class NotebookPytorch extends NotebookSection {
  static override styles = [
    NotebookSection.styles,
    css`
      pre {
        margin: 4px 0 12px;
        max-width: 100%;
        overflow-x: auto;
        font: 12px/18px var(--code);
        font-variant-ligatures: none;
      }
      .program pre {
        padding: 12px;
        border-radius: 8px;
        background: var(--well);
      }
      .lines {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 40px;
      }
      h4 {
        margin: 0;
        font-size: 12px;
        line-height: 16px;
        font-weight: 600;
      }
    `,
  ];

  protected readonly heading = 'The same in PyTorch';

  protected renderBody() {
    const program = this.#program();
    return html`
      <p>
        A mistake in a derivative need not show: the error may fall all the same. So the notebook trains the
        network a second time, with a library that differentiates by itself. In PyTorch one writes the forward
        pass alone. It remembers every operation, and backward() walks the chain rule back through them.
      </p>
      <p>
        Three things must be the same for the numbers to be: the starting weights, which are drawn by NumPy
        and copied in, transposed, because PyTorch keeps weights as [units, inputs]; the layers, without
        biases; and float64, which is not PyTorch’s default. The mean squared error and plain gradient descent
        are the same to begin with.
      </p>
      <notebook-cell .page=${this.page} name="pytorch" heading="The program, and what it printed">
        <div slot="inputs" class="program">
          <p class="muted">
            To run where Python, NumPy and PyTorch are: with the values of the cells above. Run, here, trains
            ours on the CPU and puts its lines beside those that PyTorch printed.
          </p>
          <pre tabindex="0" role="region" aria-label="Program for PyTorch">${program}</pre>
          <copy-button what="program" .text=${() => program}></copy-button>
        </div>
        <div slot="output">${this.#renderLines()}</div>
      </notebook-cell>
      <p>
        The program prints the hidden weights in the notebook’s order. PyTorch’s own order is unit by unit,
        which is why the notebook shows them there in another sequence: the same six numbers. A network that
        you train on the Train page can be taken to PyTorch, too: Download, under its Details, writes a script
        that predicts and trains on.
      </p>
    `;
  }

  #program(): string {
    const { rows, hiddenUnits, activation, seed, weights, areWeightsTyped, learningRate, steps } =
      this.page.notebook.story.values;
    return writeNotebookProgram({
      rows,
      hiddenUnits,
      activation,
      seed,
      weights: areWeightsTyped ? weights : undefined,
      learningRate,
      steps,
    });
  }

  #renderLines() {
    const { notebook } = this.page;
    const report = notebook.runOf('cpu', 'pytorch')?.report;
    const applies = recordApplies(notebook, 'pytorch');
    const isSame = report && report.lines.join('\n') === recordedLines.join('\n');
    return html`<div class="lines">
        <div class=${applies ? '' : 'off'}>
          <h4>PyTorch, recorded</h4>
          <pre data-lines="pytorch">${recordedLines.join('\n')}</pre>
        </div>
        <div>
          <h4>Ours, float64</h4>
          <pre data-lines="ours">${report ? report.lines.join('\n') : 'Run shows them.'}</pre>
        </div>
      </div>
      ${
        report && applies
          ? html`<p>
              <verdict-mark .holds=${isSame}></verdict-mark>${
                isSame
                  ? 'All ten lines are the same, digit for digit.'
                  : 'The lines are not the same: see the last section for the figures.'
              }
            </p>`
          : nothing
      }`;
  }
}

customElements.define('notebook-pytorch', NotebookPytorch);
