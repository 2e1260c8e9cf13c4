import { css, html, nothing } from 'lit';
import { layOutNetwork, losses, type Loss } from '../index.ts';
import type { FieldRequest } from '../worker/client.ts';
import { answerRows } from './answer-rows.ts';
import './boundary-form.ts';
import './boundary-picture.ts';
import './network-editor.ts';
import type { EditedParameters } from './network-editor.ts';
import { PageElement } from './page-element.ts';
import './row-answers.ts';
import './run-card.ts';
import './spread-picture.ts';
import { baseStyles, columnStyles } from './styles.ts';
import './time-slider.ts';

/** Rows that are shown with their answers, evenly taken over the table. */
const SHOWN_ROWS = 12;

/** What happens inside the network while it learns, and at every step it has been through. */
class InsideView extends PageElement {
  static override styles = [
    baseStyles,
    columnStyles,
    css`
      main {
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      }
      .bar {
        grid-column: 1 / -1;
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      .wide {
        grid-column: 1 / -1;
      }
      boundary-form {
        margin-top: 16px;
      }
      @media (max-width: 959px) {
        main {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      @media (max-width: 719px) {
        /* Room for the bar at the bottom. */
        main {
          padding: 12px 12px 196px;
        }
      }
    `,
  ];

  #unwatch: (() => void) | undefined;
  #unwatchField: (() => void) | undefined;

  override willUpdate(): void {
    super.willUpdate();
    this.#unwatch ??= this.page.film.watch(() => this.requestUpdate(), SHOWN_ROWS);
    this.#unwatchField ??= this.page.fields.watch(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#unwatchField?.();
    this.#unwatchField = undefined;
  }

  override render() {
    const { page } = this;
    return html`<main>
      <div class="bar">
        <run-card .page=${page}></run-card>
        <time-slider .page=${page}></time-slider>
      </div>
      <div class="column">${this.#renderNetwork()} ${this.#renderAnswers()}</div>
      <div class="column">${this.#renderBoundary()}</div>
      ${this.#renderSpread()}
    </main>`;
  }

  #renderNetwork() {
    const { inside } = this.page;
    const { job, open } = this.#shown;
    const prepared = open?.prepared;
    if (!prepared) return nothing;
    const network = layOutNetwork(prepared.inputCount, job.layers);
    const { link }: Loss = losses[job.loss];
    return html`<section class="card" aria-labelledby="network">
      <div class="heading"><h2 id="network">Network</h2></div>
      <network-editor
        .network=${network}
        .link=${link}
        .parameters=${inside.trained}
        .inputNames=${prepared.inputNames}
        .outputNames=${prepared.outputNames}
        .activations=${inside.frame?.activations}
        .isScaled=${open.options.scaling !== 'none'}
        .isEditable=${inside.trained !== undefined}
        @edits=${({ detail }: CustomEvent<EditedParameters>) =>
          inside.edit(detail.edited.size > 0 ? detail.parameters : undefined)}
      ></network-editor>
    </section>`;
  }

  #renderBoundary() {
    const { fields } = this.page;
    const { columns, request, field, points, problem } = fields;
    if (!columns) return nothing;
    if (!request) {
      return html`<section class="card" aria-labelledby="answers">
        <div class="heading"><h2 id="answers">Answers in the plane</h2></div>
        <p class="muted">A plane needs a column of numbers, and this table has categories only.</p>
      </section>`;
    }
    return html`<section class="card" aria-labelledby="answers">
      <div class="heading">
        <h2 id="answers">${field?.kind === 'curve' ? 'Curve' : 'Answers in the plane'}</h2>
      </div>
      ${problem === undefined ? nothing : html`<p class="fails" role="alert">${problem}</p>`}
      ${field ? html`<boundary-picture .field=${field} .points=${points}></boundary-picture>` : nothing}
      <boundary-form
        .columns=${columns}
        .request=${request}
        @change=${({ detail }: CustomEvent<FieldRequest>) => fields.change(detail)}
      ></boundary-form>
    </section>`;
  }

  #renderAnswers() {
    const { inside } = this.page;
    const { open } = this.#shown;
    const { frame } = inside;
    if (!open || !frame) return nothing;
    const { header, rows, inputCount } = answerRows(open, frame.predicted);
    return html`<section class="card" aria-labelledby="rows">
      <div class="heading"><h2 id="rows">Rows and predictions</h2></div>
      <row-answers
        .header=${header}
        .rows=${rows}
        .count=${open.rowCount}
        .inputCount=${inputCount}
        .chosen=${inside.row}
        @choose=${({ detail }: CustomEvent<number | undefined>) => inside.chooseRow(detail)}
      ></row-answers>
    </section>`;
  }

  #renderSpread() {
    const { film, inside } = this.page;
    const { moments } = film;
    if (moments.length === 0 || !inside.frame) return nothing;
    return html`<section class="card wide" aria-labelledby="spread">
      <div class="heading"><h2 id="spread">Weights, gradients and activations</h2></div>
      <spread-picture
        .moments=${moments}
        .job=${this.#shown.job}
        .step=${inside.frame.step}
        .lastStep=${inside.frame.lastStep}
      ></spread-picture>
    </section>`;
  }

  /** The job and the table of what is shown: of the picture, or of what the first one will be of. */
  get #shown() {
    const { inside, state } = this.page;
    return inside.shown ?? { job: state.job, open: state.table?.open };
  }
}

customElements.define('inside-view', InsideView);
