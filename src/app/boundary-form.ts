import { css, html, LitElement, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import type { FieldColumns, FieldRequest, RowField } from '../worker/client.ts';
import { heldSentence } from './boundary-sentences.ts';
import { count, countOf } from './format.ts';
import { cellsOf, fieldFault } from './row-form.ts';
import { baseStyles, controlStyles, disclosureStyles, rowFieldStyles } from './styles.ts';

/** The cells of a request have a decimal point, wherever the table comes from. */
const DECIMAL = '.';
/** Fields shown at once: a table may have thousands of columns. */
const MOST_FIELDS = 50;

/** A list and which of its names is chosen. */
interface ChoiceElement extends HTMLSelectElement {
  names: readonly string[];
  chosen: number;
}

/** Which columns a boundary picture is over, of which target, and what the other inputs are held at; `change` has the new request. */
class BoundaryForm extends LitElement {
  static override properties = {
    columns: { attribute: false },
    request: { attribute: false },
    texts: { state: true },
    isOpen: { state: true },
    page: { state: true },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    disclosureStyles,
    rowFieldStyles,
    css`
      .axes,
      .held {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(144px, 1fr));
        gap: 12px 16px;
      }
      .axes {
        margin-top: 12px;
      }
      details {
        margin-top: 8px;
      }
      summary {
        min-height: 40px;
        font-weight: 500;
      }
      .pages {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
        margin-bottom: 12px;
      }
    `,
  ];

  declare columns: FieldColumns | undefined;
  declare request: FieldRequest | undefined;
  /** As a person writes them; undefined while the request says all. */
  declare private texts: readonly string[] | undefined;
  /** Whether the other inputs are shown, and which fifty of them. */
  declare private isOpen: boolean;
  declare private page: number;
  /** The names each list has options for. */
  readonly #listed = new WeakMap<ChoiceElement, readonly string[]>();

  constructor() {
    super();
    this.isOpen = false;
    this.page = 0;
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('columns')) return;
    this.texts = undefined;
    this.page = 0;
  }

  override render() {
    const { columns, request } = this;
    if (!columns || !request) return nothing;
    const sentence = heldSentence(columns, request);
    return html`
      ${sentence === undefined ? nothing : html`<p class="muted small">${sentence}</p>`}
      ${this.#renderChoices(columns, request)}
      ${sentence === undefined ? nothing : this.#renderHeld(columns, request)}
    `;
  }

  /** Options as nodes: of thousands of them templates would take ten times as long. */
  override updated(): void {
    for (const select of this.renderRoot.querySelectorAll<ChoiceElement>('.axes select')) {
      const { names, chosen } = select;
      const before = this.#listed.get(select);
      if (before?.length !== names.length || before.some((name, i) => name !== names[i])) {
        this.#listed.set(select, names);
        select.replaceChildren(...names.map((name) => new Option(name)));
      }
      select.selectedIndex = chosen;
    }
  }

  #renderChoices({ columns, outputs }: FieldColumns, { across, up, output }: FieldRequest) {
    const names = columns.map(({ column }) => column);
    const chooseAcross = (at: number) =>
      this.#choose({ across: names[at], up: names[at] === up ? across : up });
    const chooseUp = (at: number) => {
      const name = names[at - 1];
      this.#choose({ up: name, across: name === across && up !== undefined ? up : across });
    };
    return html`<div class="axes">
      ${this.#renderChoice('Across', { names, chosen: names.indexOf(across), choose: chooseAcross })}
      ${
        names.length < 2
          ? nothing
          : this.#renderChoice('Up', {
              names: ['nothing: a curve', ...names],
              chosen: up === undefined ? 0 : 1 + names.indexOf(up),
              choose: chooseUp,
            })
      }
      ${
        outputs.length < 2
          ? nothing
          : this.#renderChoice('Of', {
              names: outputs,
              chosen: output,
              choose: (at) => this.#choose({ output: at }),
            })
      }
    </div>`;
  }

  #renderChoice(
    label: string,
    {
      names,
      chosen,
      choose,
    }: {
      readonly names: readonly string[];
      readonly chosen: number;
      readonly choose: (at: number) => void;
    },
  ) {
    return html`<label class="field">
      <span class="name">${label}</span>
      <select
        .names=${names}
        .chosen=${chosen}
        @change=${(event: Event) => choose((event.target as HTMLSelectElement).selectedIndex)}
      ></select>
    </label>`;
  }

  #renderHeld({ held }: FieldColumns, { across, up }: FieldRequest) {
    const places = held.map((_, i) => i).filter((i) => held[i].column !== across && held[i].column !== up);
    return html`<details
      ?open=${this.isOpen}
      @toggle=${(event: Event) => (this.isOpen = (event.target as HTMLDetailsElement).open)}
    >
      <summary>${countOf(places.length, 'other input')}, held</summary>
      ${this.isOpen ? this.#renderFields(held, places) : nothing}
    </details>`;
  }

  #renderFields(held: readonly RowField[], places: readonly number[]) {
    const pageCount = Math.ceil(places.length / MOST_FIELDS);
    const page = Math.min(this.page, pageCount - 1);
    const first = MOST_FIELDS * page;
    const shown = places.slice(first, first + MOST_FIELDS);
    const turn = (to: number, label: string) =>
      html`<button
        type="button"
        aria-disabled=${to < 0 || to >= pageCount}
        @click=${() => (this.page = Math.max(0, Math.min(pageCount - 1, to)))}
      >
        ${label}
      </button>`;
    return html`
      ${
        pageCount < 2
          ? nothing
          : html`<div class="pages">
              ${turn(page - 1, 'Previous')} ${turn(page + 1, 'Next')}
              <span class="muted small" role="status">
                ${count(first + 1)} to ${count(first + shown.length)} of ${countOf(places.length, 'input')}
              </span>
            </div>`
      }
      <div class="held">${shown.map((i) => this.#renderField(held[i], i))}</div>
    `;
  }

  #renderField(field: RowField, i: number) {
    const text = this.#textsNow()[i];
    const fault = fieldFault(field, text, DECIMAL);
    return html`<label class="field">
      <span class="name" title=${field.column}>${field.column}</span>
      ${
        field.kind === 'number'
          ? html`<input
              type="text"
              inputmode="decimal"
              autocomplete="off"
              placeholder=${field.fill === undefined ? nothing : `missing: ${field.fill}`}
              aria-invalid=${fault !== undefined}
              .value=${live(text)}
              @input=${(event: Event) => this.#write(i, (event.target as HTMLInputElement).value)}
            />`
          : html`<select
              @change=${(event: Event) => this.#write(i, (event.target as HTMLSelectElement).value)}
            >
              ${[...field.categories, field.other].map(
                (category) =>
                  html`<option value=${category} .selected=${live(text === category)}>
                    ${category === field.other ? 'any other' : category}
                  </option>`,
              )}
            </select>`
      }
      ${fault === undefined ? nothing : html`<span class="fault" role="alert">${fault}</span>`}
    </label>`;
  }

  #textsNow(): readonly string[] {
    return this.texts ?? this.request?.cells ?? [];
  }

  #write(i: number, text: string): void {
    const { columns } = this;
    if (!columns) return;
    this.texts = this.#textsNow().with(i, text);
    const { texts } = this;
    const isSound = columns.held.every((field, at) => fieldFault(field, texts[at], DECIMAL) === undefined);
    if (isSound) this.#choose({ cells: cellsOf(columns.held, texts, DECIMAL) });
  }

  #choose(change: Partial<FieldRequest>): void {
    const { request } = this;
    if (!request) return;
    this.request = { ...request, ...change };
    this.dispatchEvent(new CustomEvent<FieldRequest>('change', { detail: this.request }));
  }
}

customElements.define('boundary-form', BoundaryForm);
