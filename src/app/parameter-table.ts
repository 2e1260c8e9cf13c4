import { css, html, LitElement, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Layer, Network } from '../index.ts';
import { count, countOf } from './format.ts';
import { fieldText, nudged, readField } from './number-entry.ts';
import type { ParameterEdit } from './network-diagram.ts';
import { parameterName, unitName, type EndNames } from './parameter-names.ts';
import { baseStyles, controlStyles, tableStyles } from './styles.ts';

/** Of a large layer, this much is shown. */
const MOST_UNITS = 12;
const MOST_INPUTS = 12;
const MOST_LAYERS = 4;

/**
 * The parameters behind the diagram, layer by layer, each in a field of its own. Says `choose` (a parameter's index), `edit`
 * (a ParameterEdit) and `settle`, as the diagram does.
 */
class ParameterTable extends LitElement {
  static override properties = {
    network: { attribute: false },
    parameters: { attribute: false },
    inputNames: { attribute: false },
    outputNames: { attribute: false },
    isEditable: { attribute: false },
    edited: { attribute: false },
    draft: { state: true },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    tableStyles,
    css`
      h3 {
        margin: 12px 0 4px;
        font-size: 12px;
        font-weight: 500;
        color: var(--muted);
      }
      table {
        width: auto;
      }
      td {
        padding: 4px;
      }
      td input[type='text'] {
        width: 104px;
        min-height: 32px;
        padding: 0 8px;
        text-align: right;
        font-variant-numeric: tabular-nums;
        border-color: var(--line);
      }
      td.edited input[type='text'] {
        border-color: var(--ink);
        font-weight: 600;
      }
      tbody th {
        vertical-align: middle;
      }
      .name {
        max-width: 176px;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .note {
        margin-top: 4px;
      }
      @media (pointer: coarse), (max-width: 719px) {
        td input[type='text'] {
          min-height: 40px;
        }
      }
    `,
  ];

  declare network: Network;
  /** [parameterCount] */
  declare parameters: Float64Array | undefined;
  declare inputNames: readonly string[] | undefined;
  declare outputNames: readonly string[] | undefined;
  declare isEditable: boolean | undefined;
  /** Indices of parameters that are not as trained. */
  declare edited: ReadonlySet<number> | undefined;
  /** What is being written, and of which parameter. */
  declare private draft: { readonly index: number; readonly text: string } | undefined;

  override render() {
    const { network, parameters } = this;
    if (!parameters) return html`<p class="muted">There are no parameters yet.</p>`;
    const { layers } = network;
    return html`${layers.slice(0, MOST_LAYERS).map((layer, at) => this.#renderLayer(layer, at, parameters))}
    ${
      layers.length > MOST_LAYERS
        ? html`<p class="muted small note">
            ${countOf(layers.length - MOST_LAYERS, 'more layer')} not shown.
          </p>`
        : nothing
    }`;
  }

  #renderLayer(layer: Layer, at: number, parameters: Float64Array) {
    const { network } = this;
    const { inputCount, units, weightsOffset, biasOffset } = layer;
    const names: EndNames = { inputs: this.inputNames, outputs: this.outputNames };
    const columns = Array.from({ length: Math.min(units, MOST_UNITS) }, (_, unit) => unit);
    const rows = Array.from({ length: Math.min(inputCount, MOST_INPUTS) }, (_, input) => ({
      name: unitName(network, at, input, names),
      offset: weightsOffset + input * units,
    }));
    if (biasOffset !== undefined) rows.push({ name: 'bias', offset: biasOffset });
    const hidden = network.layers.length === 2 ? 'Hidden layer' : `Hidden layer ${at + 1}`;
    const title = at === network.layers.length - 1 ? 'Output layer' : hidden;
    return html`<h3>${title}: ${countOf(inputCount, 'input')} → ${countOf(units, 'unit')}</h3>
      <div class="scroll" tabindex="0" role="region" aria-label="Parameters of the ${title.toLowerCase()}">
        <table>
          <thead>
            <tr>
              <th scope="col" class="words">from</th>
              ${columns.map((unit) => html`<th scope="col">${unitName(network, at + 1, unit, names)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              ({ name, offset }) =>
                html`<tr>
                  <th scope="row" class="words name">${name}</th>
                  ${columns.map((unit) => this.#renderCell(offset + unit, parameters, names))}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${noteOn(layer)}`;
  }

  #renderCell(index: number, parameters: Float64Array, names: EndNames) {
    const { draft } = this;
    const text = draft?.index === index ? draft.text : fieldText(parameters[index]);
    const isEdited = this.edited?.has(index) ?? false;
    if (!this.isEditable) return html`<td class=${isEdited ? 'edited' : ''}>${text}</td>`;
    return html`<td class=${isEdited ? 'edited' : ''}>
      <input
        type="text"
        inputmode="decimal"
        autocomplete="off"
        spellcheck="false"
        aria-label=${parameterName(this.network, index, names)}
        aria-invalid=${readField(text) === undefined}
        .value=${live(text)}
        @focus=${() => this.#say('choose', index)}
        @input=${(event: Event) => this.#onInput(index, (event.target as HTMLInputElement).value)}
        @change=${() => this.#settle()}
        @blur=${() => (this.draft = undefined)}
        @keydown=${(event: KeyboardEvent) => this.#onKey(index, event)}
        @keyup=${(event: KeyboardEvent) => event.key.startsWith('Arrow') && this.#settle()}
      />
    </td>`;
  }

  #onInput(index: number, text: string): void {
    this.draft = { index, text };
    const value = readField(text);
    if (value !== undefined) this.#say('edit', { index, value } satisfies ParameterEdit);
  }

  #onKey(index: number, event: KeyboardEvent): void {
    const { parameters } = this;
    if (!parameters || event.ctrlKey || event.metaKey) return;
    const value = nudged(parameters[index], event);
    if (value === undefined) return;
    event.preventDefault();
    this.draft = undefined;
    this.#say('edit', { index, value } satisfies ParameterEdit);
  }

  #settle(): void {
    this.draft = undefined;
    this.#say('settle', undefined);
  }

  #say(type: 'choose' | 'edit' | 'settle', detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function noteOn({ units, inputCount }: Layer) {
  if (units <= MOST_UNITS && inputCount <= MOST_INPUTS) return nothing;
  const shownInputs = `${count(Math.min(inputCount, MOST_INPUTS))} of ${countOf(inputCount, 'input')}`;
  const shownUnits = `${count(Math.min(units, MOST_UNITS))} of ${countOf(units, 'unit')}`;
  return html`<p class="muted small note">Shown: ${shownInputs}, ${shownUnits}.</p>`;
}

customElements.define('parameter-table', ParameterTable);
