import { css, html, nothing } from 'lit';
import { adapterName } from '../index.ts';
import type { ModelSheet } from '../worker/client.ts';
import './export-panel.ts';
import './predict-panel.ts';
import { count, countOf } from './format.ts';
import type { OpenedModel } from './opened-model.ts';
import { PageElement } from './page-element.ts';
import { readWholeNumber } from './setting-readers.ts';
import { baseStyles, controlStyles, disclosureStyles } from './styles.ts';

/** Steps that are offered beyond the end of a run. */
const USUAL_STEPS = 1000;
const MOST_STEPS = 2 ** 25;

/** A trained network from a file, to be used, handed on, and, with its table, trained further; or an ensemble. */
class ModelCard extends PageElement {
  static override properties = { ...PageElement.properties, stepsText: { state: true } };

  static override styles = [
    baseStyles,
    controlStyles,
    disclosureStyles,
    css`
      .source {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .on {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
        margin-top: 12px;
      }
      .on label {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .on input {
        width: 104px;
      }
      .on .close {
        margin-left: auto;
      }
      .on p {
        flex: 1 1 240px;
      }
      details {
        margin: 0 -20px;
        padding: 0 20px;
        border-top: 1px solid var(--line);
      }
      details:first-of-type {
        margin-top: 16px;
      }
      details:last-of-type {
        margin-bottom: -20px;
      }
      details[open] {
        padding-bottom: 20px;
      }
      summary {
        min-height: 48px;
        font-weight: 500;
      }
      @media (max-width: 719px) {
        details {
          margin: 0 -16px;
          padding: 0 16px;
        }
        details:last-of-type {
          margin-bottom: -16px;
        }
      }
    `,
  ];

  /** As a person wrote it; undefined until they do. */
  declare private stepsText: string | undefined;
  #id: number | undefined;

  override willUpdate(): void {
    super.willUpdate();
    const { model } = this.page.state;
    if (model?.id !== this.#id) this.stepsText = undefined;
    this.#id = model?.id;
  }

  override render() {
    const { page } = this;
    const { model } = page.state;
    if (!model) return nothing;
    const source = { file: model.id };
    return html`<section class="card" aria-labelledby="title">
      <div class="heading">
        <h2 id="title" tabindex="-1">${heading(model)}</h2>
        <span class="muted small source">${model.fileName}</span>
      </div>
      <p class="number">${describe(model)}</p>
      ${this.#renderContinue(model)}
      <details open>
        <summary>Use it</summary>
        <predict-panel .page=${page} .source=${source} .version=${model.id}></predict-panel>
      </details>
      <details ?hidden=${page.state.hidden.has('downloads')}>
        <summary>Download</summary>
        <export-panel .page=${page} .source=${source} .version=${model.id}></export-panel>
      </details>
    </section>`;
  }

  /** Focus lies on the heading: what follows is the model. */
  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
  }

  #renderContinue({ sheet, isTrainedOnTable }: OpenedModel) {
    const { state, models } = this.page;
    const text = this.stepsText ?? count(sheet.steps > sheet.step ? sheet.steps - sheet.step : USUAL_STEPS);
    const more = readWholeNumber('Steps more', text, 1, MOST_STEPS - sheet.step);
    const fault = more instanceof Error ? more.message : undefined;
    const isFaulty = fault !== undefined;
    const close = html`<button type="button" class="close" @click=${() => models.close()}>Close</button>`;
    if (!isTrainedOnTable || sheet.memberCount > 1) {
      return html`<div class="on">
        <p class="muted small">${this.#describeTable(sheet, isTrainedOnTable)}</p>
        ${close}
      </div>`;
    }
    return html`<form
      class="on"
      @submit=${(event: Event) => this.#continue(event, more instanceof Error ? undefined : more)}
    >
      <label
        >Steps more
        <input
          type="text"
          inputmode="numeric"
          autocomplete="off"
          aria-invalid=${isFaulty}
          aria-describedby="steps-fault"
          .value=${text}
          @input=${(event: Event) => (this.stepsText = (event.target as HTMLInputElement).value)}
      /></label>
      <button type="submit" aria-disabled=${!state.isIdle || isFaulty}>Continue training</button>
      <span id="steps-fault" class="fails small" role="alert">${fault ?? ''}</span>
      ${close}
    </form>`;
  }

  /** What stands between the model and more training. */
  #describeTable(
    { tableName, rowCount, memberCount }: ModelSheet,
    isTrainedOnTable: boolean | undefined,
  ): string {
    if (memberCount > 1) return 'An ensemble predicts the mean of its networks; it is not trained on.';
    const { table } = this.page.state;
    const trainedOn = `${tableName}, ${countOf(rowCount, 'row')}`;
    // The sample that comes with the page was opened by nobody.
    return isTrainedOnTable === false && table?.sample !== 'or'
      ? `The open table is not the one it was trained on (${trainedOn}). To go on training, open that one.`
      : `To go on training, open the table it was trained on: ${trainedOn}.`;
  }

  #continue(event: Event, more: number | undefined): void {
    event.preventDefault();
    if (more !== undefined) this.page.models.continue(more);
  }
}

/** Which networks it is of; the one that the page draws is another. */
function heading({ sheet: { memberCount, parameterCount } }: OpenedModel): string {
  if (memberCount < 2) return 'Opened model';
  return `Ensemble of ${count(memberCount)} networks, ${countOf(parameterCount, 'parameter')} each`;
}

/** What it does and where it comes from. */
function describe({ sheet }: OpenedModel): string {
  const { targets, fields, parameterCount, memberCount, trainingRowCount } = sheet;
  const { step, steps, backend, adapter, madeBy } = sheet;
  const where = backend === 'cpu' ? 'the CPU' : adapter ? adapterName(adapter) : 'a GPU';
  const isEnsemble = memberCount > 1;
  const ofOne = step < steps ? `${count(step)} of ${count(steps)} steps` : countOf(step, 'step');
  const parameters = countOf(parameterCount, 'parameter');
  // Members may have ended early, each at a step of its own.
  const stands = isEnsemble ? `each for at most ${countOf(steps, 'step')}` : ofOne;
  const made = isEnsemble ? 'made' : 'saved';
  const size = isEnsemble ? `an ensemble of ${count(memberCount)} networks of ${parameters}` : parameters;
  return (
    `Predicts ${targets.join(', ')} from ${countOf(fields.length, 'column')}, with ${size}. ` +
    `Trained on ${sheet.tableName} (${countOf(trainingRowCount, 'row')}), ${stands}, on ${where}; ${made} by ${madeBy}.`
  );
}

customElements.define('model-card', ModelCard);
