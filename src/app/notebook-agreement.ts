import { css, html, nothing } from 'lit';
import './notebook-cell.ts';
import { recordApplies, renderFigures } from './notebook-parts.ts';
import {
  comparedJudgement,
  figureRows,
  recordJudgement,
  reportsOf,
  shortLabel,
} from './notebook-run-figures.ts';
import { NotebookSection } from './notebook-section.ts';
import './verdict-mark.ts';

/** Every recorded figure beside ours, with the largest difference and what is allowed. */
class NotebookAgreement extends NotebookSection {
  static override styles = [
    NotebookSection.styles,
    css`
      .figures tbody th {
        position: sticky;
        left: 0;
        background: var(--card);
      }
    `,
  ];

  protected readonly heading = 'Do they agree?';

  protected renderBody() {
    const { state, notebook } = this.page;
    const values = notebook.shown('agreement');
    const reports = reportsOf(notebook, 'agreement');
    const judgements = [
      recordJudgement(notebook, 'agreement'),
      comparedJudgement(notebook, state.label('gpu'), 'agreement'),
    ];
    const columns = reports.map(({ backend }) =>
      backend === 'cpu'
        ? { name: 'float64', path: backend }
        : { name: shortLabel(state.label('gpu')), path: backend },
    );
    const rows = (['losses', 'gradients', 'weights', 'predictions'] as const).flatMap((kind) =>
      figureRows(kind, values, reports),
    );
    return html`
      <p>
        By hand in NumPy, and by PyTorch’s own derivatives: two programs that share no formula. The notebook
        prints the same digits from both. Here are two more, our float64 and the GPU, and every figure that
        the notebook printed: the error every thousand steps, both gradients of the first step (which it
        prints when it is told to take one step only), the nine weights and the four answers at the end.
      </p>
      <p>
        “Agree” needs a number. Two float64 programs that add in another order may differ in the last digits,
        and nowhere else. The GPU has float32, about seven digits: what it may differ by is four times what
        our own float64 differs by when every one of its operations is rounded to float32.
      </p>
      <notebook-cell .page=${this.page} name="agreement" heading="Four programs, one table">
        <p slot="inputs" class="muted">
          Trains on the CPU and on the GPU, where there is one, if the loop above has not already.
          ${state.gpu?.kind === 'none' ? state.gpu.sentence : nothing}
        </p>
        <div slot="output">
          ${judgements.map(
            (judgement) =>
              judgement &&
              html`<p class="number">
                <verdict-mark .holds=${judgement.holds}></verdict-mark>${judgement.text}
              </p>`,
          )}
          ${renderFigures(rows, {
            label: 'Every recorded figure',
            what: 'figure',
            columns: columns.length > 0 ? columns : [{ name: 'float64' }],
            applies: recordApplies(notebook, 'agreement'),
          })}
        </div>
      </notebook-cell>
      <p>
        That is the whole of it: a forward pass, a chain rule walked back, and a check that does not use the
        chain rule. The Train page does the same with your own table, and its By hand page shows every matrix
        of any step.
      </p>
    `;
  }
}

customElements.define('notebook-agreement', NotebookAgreement);
