import { css, html, nothing } from 'lit';
import { fileStem, type ModelSheet, type ModelSource, type PredictedTable } from '../worker/client.ts';
import { chosenOf, probabilityText, spreadSentence, valueText } from './answer-sentences.ts';
import { byteSize, count, properMinus } from './format.ts';
import { PageElement } from './page-element.ts';
import { describePredicted } from './predicted-sentences.ts';
import { saveFile } from './save-file.ts';
import { sentenceOf } from './sentences.ts';
import { baseStyles, controlStyles, tableStyles } from './styles.ts';

/** Rows of which file, with what the network says of them. */
interface Shown {
  readonly name: string;
  readonly predicted: PredictedTable;
}

/** A file of rows, chosen or dropped here, gets its predictions. */
class RowsPanel extends PageElement {
  static override properties = {
    ...PageElement.properties,
    source: { attribute: false },
    version: { attribute: false },
    sheet: { attribute: false },
    shown: { state: true },
    problem: { state: true },
    isBusy: { state: true },
    isDropTarget: { state: true },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    tableStyles,
    css`
      section {
        padding: 16px;
        border: 1px dashed var(--outline);
        border-radius: 8px;
      }
      section.over {
        border-style: solid;
        background: var(--well);
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-top: 12px;
      }
      .result {
        display: grid;
        gap: 12px;
        margin-top: 16px;
      }
      .result button {
        justify-self: start;
      }
      .fails {
        margin-top: 12px;
        overflow-wrap: anywhere;
      }
      table {
        width: auto;
        min-width: min(320px, 100%);
      }
      th + th,
      td {
        padding-left: 24px;
      }
      .notes {
        overflow-wrap: anywhere;
      }
    `,
  ];

  declare source: ModelSource;
  declare version: unknown;
  declare sheet: ModelSheet;
  declare private shown: Shown | undefined;
  declare private problem: string | undefined;
  declare private isBusy: boolean;
  declare private isDropTarget: boolean;
  #version: unknown;
  #tableId: number | undefined;

  override willUpdate(): void {
    super.willUpdate();
    const tableId = this.page.state.table?.open.id;
    // What was wrong with a table is answered by another.
    if (tableId !== this.#tableId) this.problem = undefined;
    this.#tableId = tableId;
    if (this.version === this.#version) return;
    // What another network said of a file is nothing this one said.
    this.#version = this.version;
    this.shown = undefined;
    this.problem = undefined;
  }

  override render() {
    const { table } = this.page.state;
    const { shown, problem, isBusy } = this;
    return html`<section
      aria-labelledby="title"
      class=${this.isDropTarget ? 'over' : ''}
      @dragover=${this.#onDrag}
      @dragleave=${() => (this.isDropTarget = false)}
      @drop=${this.#onDrop}
    >
      <h3 id="title">Many rows</h3>
      <p class="muted small">
        Choose a CSV file, or drop it here: its columns are matched by name, and it needs no target.
      </p>
      <div class="buttons">
        <button type="button" aria-disabled=${isBusy} @click=${() => this.#fileInput?.click()}>
          Choose rows
        </button>
        <button
          type="button"
          aria-disabled=${isBusy || !table}
          @click=${() => table && void this.#predict(undefined, table.name)}
        >
          Predict the open table
        </button>
      </div>
      <input
        type="file"
        aria-label="Rows to predict"
        accept=".csv,.tsv,.txt,text/csv,text/plain"
        hidden
        @change=${this.#onChoose}
      />
      <div role="alert">
        ${problem === undefined ? nothing : html`<p class="fails">${properMinus(problem)}</p>`}
      </div>
      ${shown ? this.#renderResult(shown) : nothing}
    </section>`;
  }

  #renderResult({ name, predicted }: Shown) {
    const { answers, csv } = predicted;
    const [sentence, ...notes] = describePredicted(name, predicted, this.sheet);
    const { targets, task, memberCount } = this.sheet;
    const meaning = spreadSentence(answers.flat(), memberCount);
    const kind = task === 'regression' ? '' : 'words';
    const [first = []] = answers;
    const hasProbability =
      task === 'classification' || first.some(({ probabilities }) => probabilities.length > 1);
    return html`<div class="result">
      <p role="status">${sentence}</p>
      ${notes.map((note) => html`<p class="muted small notes">${note}</p>`)}
      <div class="scroll" tabindex="0" role="region" aria-label="Predictions of the file">
        <table>
          <thead>
            <tr>
              <th scope="col" class="words">row</th>
              ${targets.map((target) => html`<th scope="col" class=${kind}>predicted ${target}</th>`)}
              ${hasProbability ? targets.map(() => html`<th scope="col">probability</th>`) : nothing}
            </tr>
          </thead>
          <tbody>
            ${answers.map(
              (row, i) =>
                html`<tr>
                  <th scope="row" class="words">${count(i + 1)}</th>
                  ${row.map((answer) => html`<td class=${kind}>${valueText(answer)}</td>`)}
                  ${
                    hasProbability
                      ? row.map((answer) => {
                          const chosen = chosenOf(answer);
                          return html`<td>${chosen ? probabilityText(chosen) : '–'}</td>`;
                        })
                      : nothing
                  }
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${meaning === undefined ? nothing : html`<p class="muted small">${meaning}</p>`}
      <button
        type="button"
        ?hidden=${this.page.state.hidden.has('downloads')}
        @click=${() => saveFile(csv, `${fileStem(name)}.predictions.csv`)}
      >
        Download with predictions (${byteSize(csv.size)})
      </button>
    </div>`;
  }

  get #fileInput(): HTMLInputElement | null {
    return this.renderRoot.querySelector('input[type="file"]');
  }

  #onChoose(event: Event): void {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    if (file) void this.#predict(file, file.name);
    input.value = '';
  }

  #onDrag(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.isDropTarget = true;
  }

  #onDrop(event: DragEvent): void {
    this.isDropTarget = false;
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    void this.#predict(file, file.name);
  }

  async #predict(file: File | undefined, name: string): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      const predicted = await this.page.models.predictFile(this.source, file);
      this.shown = { name, predicted };
      this.problem = undefined;
    } catch (error) {
      this.shown = undefined;
      this.problem = `${name}: ${sentenceOf(error)}`;
    }
    this.isBusy = false;
  }
}

customElements.define('rows-panel', RowsPanel);
