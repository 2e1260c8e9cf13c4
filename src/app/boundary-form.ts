import { css, html, LitElement, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import type { FieldColumns, FieldRequest, RowField } from '../worker/client.ts';
import { countOf } from './format.ts';
import { cellsOf, fieldFault } from './row-form.ts';
import { baseStyles, controlStyles, rowFieldStyles } from './styles.ts';

/** The cells of a request have a decimal point, wherever the table comes from. */
const DECIMAL = '.';

/** Which two columns a boundary picture is over, and what the other inputs are held at; `change` has the new request. */
class BoundaryForm extends LitElement {
  static override properties = {
    columns: { attribute: false },
    request: { attribute: false },
    texts: { state: true },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    rowFieldStyles,
    css`
      .axes,
      .held {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(144px, 1fr));
        gap: 12px 16px;
        max-width: 520px;
      }
      summary {
        padding: 8px 0;
        cursor: pointer;
      }
      details {
        margin-top: 4px;
      }
    `,
  ];

  declare columns: FieldColumns | undefined;
  declare request: FieldRequest | undefined;
  /** As a person writes them; undefined while the request says all. */
  declare private texts: readonly string[] | undefined;

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('columns')) this.texts = undefined;
  }

  override render() {
    const { columns, request } = this;
    if (!columns || !request) return nothing;
    const { across, up } = request;
    const names = columns.columns.map(({ column }) => column);
    const held = columns.held.filter(({ column }) => column !== across && column !== up);
    return html`
      <div class="axes">
        ${renderChoice('Across', names, across, (name) => this.#choose({ across: name ?? across, up: name === up ? across : up }))}
        ${
          names.length < 2
            ? nothing
            : renderChoice('Up', [undefined, ...names], up, (name) =>
                this.#choose({ up: name, across: name === across && up !== undefined ? up : across }),
              )
        }
      </div>
      ${
        held.length === 0
          ? nothing
          : html`<details>
              <summary>${countOf(held.length, 'other input')}, held</summary>
              <div class="held">
                ${columns.held.map((field, i) => (held.includes(field) ? this.#renderField(field, i) : nothing))}
              </div>
            </details>`
      }
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

function renderChoice(
  label: string,
  names: readonly (string | undefined)[],
  chosen: string | undefined,
  choose: (name: string | undefined) => void,
) {
  return html`<label class="field">
    <span class="name">${label}</span>
    <select @change=${(event: Event) => choose(names[(event.target as HTMLSelectElement).selectedIndex])}>
      ${names.map(
        (name) => html`<option .selected=${live(name === chosen)}>${name ?? 'nothing: a curve'}</option>`,
      )}
    </select>
  </label>`;
}

customElements.define('boundary-form', BoundaryForm);
