import { css, html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Answer } from '../index.ts';
import type { ModelSheet, ModelSource, RowField } from '../worker/client.ts';
import './answer-view.ts';
import './rows-panel.ts';
import { answerText } from './answer-sentences.ts';
import { properMinus } from './format.ts';
import { PageElement } from './page-element.ts';
import { cellsOf, fieldFault, rowFault } from './row-form.ts';
import { sentenceOf } from './sentences.ts';
import { baseStyles, controlStyles, rowFieldStyles } from './styles.ts';

/** Predicted this long after the last key, in milliseconds. */
const PAUSE_MS = 250;
/** From so many inputs on the fields are small, and scroll. */
const MANY_FIELDS = 13;

/** A trained network, put to use: one row written by hand, or a file of rows. */
export class PredictPanel extends PageElement {
  static override properties = {
    ...PageElement.properties,
    source: { attribute: false },
    version: { attribute: false },
    sheet: { state: true },
    texts: { state: true },
    answers: { state: true },
    problem: { state: true },
    isOver: { state: true },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    rowFieldStyles,
    css`
      :host {
        display: grid;
        gap: 24px;
      }
      .row {
        display: grid;
        grid-template-columns: minmax(0, 3fr) minmax(200px, 2fr);
        gap: 16px 32px;
        align-items: start;
      }
      .heading {
        grid-column: 1 / -1;
        margin: 0;
      }
      .fields {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(144px, 1fr));
        gap: 12px 16px;
      }
      .fields.many {
        grid-template-columns: repeat(auto-fill, minmax(80px, 1fr));
        gap: 8px;
        /* Half of a row, and a shade below it, show that there are more. */
        max-height: 362px;
        background:
          linear-gradient(to top, var(--card) 40%, transparent) bottom / 100% 32px no-repeat local,
          linear-gradient(to top, var(--more), transparent) bottom / 100% 12px no-repeat scroll;
        padding: 4px;
        margin: -4px;
        overflow: auto;
      }
      .submit {
        justify-self: start;
        margin-top: 16px;
      }
      .answer {
        padding: 12px 16px;
        border-radius: 8px;
        background: var(--well);
        min-height: 88px;
      }
      @media (max-width: 719px) {
        .heading {
          display: block;
        }
        .row {
          grid-template-columns: minmax(0, 1fr);
        }
        .fields {
          grid-template-columns: repeat(auto-fill, minmax(128px, 1fr));
        }
        .fields.many {
          max-height: 248px;
        }
      }
    `,
  ];

  declare source: ModelSource;
  /** Changes where the network does. */
  declare version: unknown;
  declare private sheet: ModelSheet | undefined;
  /** Of the fields, as they stand. */
  declare private texts: readonly string[];
  declare private answers: readonly Answer[] | undefined;
  declare private problem: string | undefined;
  #version: unknown;
  #threshold: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Of the last question; answers to earlier ones come too late. */
  #asked = 0;

  override willUpdate(): void {
    super.willUpdate();
    const { threshold } = this.page.state;
    if (this.version !== this.#version) void this.#load();
    else if (this.#threshold !== threshold && this.sheet) this.#later(0);
    this.#version = this.version;
    this.#threshold = threshold;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  override render() {
    const { sheet, page, source, version, texts } = this;
    if (!sheet) return html`<p class="muted">${this.problem ?? 'Reading the network …'}</p>`;
    const isLong = sheet.fields.length >= MANY_FIELDS;
    // At once: what was predicted of another row must not stand beside this one.
    const problem = rowFault(sheet.fields, texts, sheet.decimal) ?? this.problem;
    const answers = problem === undefined ? (this.answers ?? []) : [];
    return html`
      <form class="row" novalidate @submit=${this.#onSubmit}>
        <div class="heading">
          <h3>One row</h3>
          <span class="muted small">in the table’s own units and words, computed in float64</span>
        </div>
        <div>
          <div
            class="fields ${isLong ? 'many' : ''}"
            role="group"
            aria-label="Values of the row"
            tabindex=${isLong ? 0 : nothing}
          >
            ${sheet.fields.map((field, i) => this.#renderField(sheet, field, i))}
          </div>
          <button class="submit" type="submit">Predict</button>
        </div>
        <div class="answer">
          <p class="screen-reader" role="status">${answers.map(answerText).join('; ')}</p>
          ${
            problem === undefined
              ? html`<answer-view .answers=${answers} .memberCount=${sheet.memberCount}></answer-view>`
              : html`<p class="fails" role="alert">${properMinus(problem)}</p>`
          }
        </div>
      </form>
      <rows-panel .page=${page} .source=${source} .version=${version} .sheet=${sheet}></rows-panel>
    `;
  }

  #renderField({ decimal }: ModelSheet, field: RowField, i: number) {
    const fault = fieldFault(field, this.texts[i], decimal);
    const id = `field-${i}`;
    return html`<div class="field">
      <label class="name" for=${id} title=${field.column}>${field.column}</label>
      ${field.kind === 'number' ? this.#renderNumber(field, i, fault) : this.#renderCategory(field, i)}
      ${fault === undefined ? nothing : html`<span class="fault" id="${id}-fault">${fault}</span>`}
    </div>`;
  }

  #renderNumber({ fill }: RowField, i: number, fault: string | undefined) {
    return html`<input
      id="field-${i}"
      type="text"
      inputmode="decimal"
      autocomplete="off"
      placeholder=${fill === undefined ? nothing : `missing: ${properMinus(fill)}`}
      aria-invalid=${fault !== undefined}
      aria-describedby=${fault === undefined ? nothing : `field-${i}-fault`}
      .value=${live(this.texts[i])}
      @input=${(event: Event) => this.#write(i, (event.target as HTMLInputElement).value)}
    />`;
  }

  #renderCategory(field: Extract<RowField, { kind: 'category' }>, i: number) {
    const { categories, fill, other } = field;
    const option = (value: string, label: string) =>
      html`<option value=${value} .selected=${live(this.texts[i] === value)}>${label}</option>`;
    return html`<select
      id="field-${i}"
      @change=${(event: Event) => this.#write(i, (event.target as HTMLSelectElement).value)}
    >
      ${categories.map((category) => option(category, category))} ${option(other, 'any other')}
      ${fill === undefined ? nothing : option('', `(missing: taken for ${fill})`)}
    </select>`;
  }

  #write(i: number, text: string): void {
    this.texts = this.texts.map((before, at) => (at === i ? text : before));
    this.#later(PAUSE_MS);
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#predict(), ms);
  }

  #onSubmit(event: Event): void {
    event.preventDefault();
    this.#later(0);
    const { fields = [], decimal = '.' } = this.sheet ?? {};
    const faulty = fields.findIndex((field, i) => fieldFault(field, this.texts[i], decimal) !== undefined);
    if (faulty >= 0) this.renderRoot.querySelector<HTMLElement>(`#field-${faulty}`)?.focus();
  }

  /** The form of the network; what was written stays where the columns are the same. */
  async #load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const sheet = await this.page.models.describe(this.source);
      if (asked !== this.#asked) return;
      const isSameForm = JSON.stringify(sheet.fields) === JSON.stringify(this.sheet?.fields);
      if (!isSameForm) this.texts = sheet.fields.map(({ start }) => start);
      this.sheet = sheet;
      await this.#predict();
    } catch (error) {
      this.problem = sentenceOf(error);
    }
  }

  async #predict(): Promise<void> {
    const { sheet, texts } = this;
    if (!sheet) return;
    const asked = ++this.#asked;
    if (rowFault(sheet.fields, texts, sheet.decimal) !== undefined) {
      this.answers = undefined;
      return;
    }
    try {
      const answers = await this.page.models.predictRow(
        this.source,
        cellsOf(sheet.fields, texts, sheet.decimal),
      );
      if (asked !== this.#asked) return;
      this.answers = answers;
      this.problem = undefined;
    } catch (error) {
      if (asked === this.#asked) this.problem = sentenceOf(error);
    }
  }
}

customElements.define('predict-panel', PredictPanel);
