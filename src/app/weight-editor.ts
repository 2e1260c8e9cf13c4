import { css, html, LitElement, type PropertyValues } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Network } from '../index.ts';
import { fieldText, nudged, readField } from './number-entry.ts';
import type { ParameterEdit } from './network-diagram.ts';
import { notebookLetter, parameterName } from './parameter-names.ts';
import { baseStyles, controlStyles } from './styles.ts';

/** A slider reaches at least so far from 0. */
const LEAST_REACH = 4;

/**
 * The chosen parameter: its name, its value in a field and on a slider. Says `edit` (a ParameterEdit) at every change and
 * `settle` when a change is over.
 */
class WeightEditor extends LitElement {
  static override properties = {
    network: { attribute: false },
    parameters: { attribute: false },
    trained: { attribute: false },
    selected: { attribute: false },
    inputNames: { attribute: false },
    outputNames: { attribute: false },
    isEditable: { attribute: false },
    draft: { state: true },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    css`
      .editor {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 128px minmax(120px, 240px);
        align-items: center;
        gap: 4px 16px;
        min-height: 64px;
      }
      .name {
        overflow-wrap: anywhere;
        font-weight: 500;
      }
      .none {
        grid-column: 1 / -1;
      }
      .letter {
        margin-right: 8px;
        font-style: italic;
      }
      .note {
        grid-column: 1 / -1;
        min-height: 16px;
      }
      input[type='range'] {
        width: 100%;
        height: 36px;
        margin: 0;
        accent-color: var(--ink);
        cursor: pointer;
      }
      input[type='text'] {
        font-variant-numeric: tabular-nums;
      }
      @media (max-width: 719px) {
        .editor {
          grid-template-columns: 128px minmax(0, 1fr);
          min-height: 108px;
        }
        .name {
          grid-column: 1 / -1;
          min-height: 40px;
        }
        input[type='range'] {
          height: 40px;
        }
      }
    `,
  ];

  declare network: Network;
  /** [parameterCount], as they are now and as they were trained. */
  declare parameters: Float64Array | undefined;
  declare trained: Float64Array | undefined;
  /** Index of a parameter. */
  declare selected: number | undefined;
  declare inputNames: readonly string[] | undefined;
  declare outputNames: readonly string[] | undefined;
  declare isEditable: boolean | undefined;
  /** What is being written; undefined where the field shows the value. */
  declare private draft: string | undefined;

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('selected')) this.draft = undefined;
  }

  /** The value is ready to be written over. */
  override focus(): void {
    const field = this.renderRoot.querySelector<HTMLInputElement>('input[type=text]');
    field?.focus();
    field?.select();
  }

  override render() {
    const { network, parameters, selected, draft, inputNames, outputNames } = this;
    if (!parameters || selected === undefined || selected >= parameters.length || !this.isEditable) {
      return html`<div class="editor">
        <p class="muted none">
          ${
            this.isEditable && parameters
              ? 'Choose a line of the picture, or a number of the table, to change it.'
              : 'Weights and biases can be changed here when no run is on its way.'
          }
        </p>
      </div>`;
    }
    const value = parameters[selected];
    const letter = notebookLetter(network, selected);
    const name = parameterName(network, selected, { inputs: inputNames, outputs: outputNames });
    const isFaulty = draft !== undefined && readField(draft) === undefined;
    const reach = this.#reach(value);
    return html`<div class="editor" @keyup=${this.#onKeyUp}>
      <label for="value" class="name"
        >${letter === undefined ? '' : html`<span class="letter">${letter}</span>`}${name}</label
      >
      <input
        type="text"
        id="value"
        inputmode="decimal"
        autocomplete="off"
        spellcheck="false"
        aria-invalid=${isFaulty}
        aria-describedby="note"
        .value=${live(draft ?? fieldText(value))}
        @input=${this.#onInput}
        @change=${this.#onChange}
        @blur=${() => (this.draft = undefined)}
        @keydown=${(event: KeyboardEvent) => this.#onKey(event, event.key)}
      />
      <input
        type="range"
        aria-label="${name}, slider"
        min=${-reach}
        max=${reach}
        step="any"
        .value=${live(String(value))}
        @input=${this.#onSlide}
        @change=${this.#settle}
        @keydown=${(event: KeyboardEvent) => this.#onKey(event, asVertical(event.key))}
      />
      <p id="note" class="small note ${isFaulty ? 'fails' : 'muted'}">
        ${isFaulty ? 'Not a number; such as −0.25 or 1e−3.' : this.#describeTrained(selected)}
      </p>
    </div>`;
  }

  #describeTrained(selected: number): string {
    const keys = 'Arrow keys: ± 0.1; with Shift ± 1, with Alt ± 0.01.';
    return this.trained ? `Trained: ${fieldText(this.trained[selected])}. ${keys}` : keys;
  }

  /** A power of two, so that it stays while the thumb moves. */
  #reach(value: number): number {
    const trained = this.trained?.[this.selected ?? 0] ?? 0;
    const least = Math.max(LEAST_REACH, 2 * Math.abs(trained), Math.abs(value));
    return 2 ** Math.ceil(Math.log2(least));
  }

  readonly #onInput = (event: Event) => {
    this.draft = (event.target as HTMLInputElement).value;
    const value = readField(this.draft);
    if (value !== undefined) this.#edit(value);
  };

  readonly #onChange = () => {
    this.draft = undefined;
    this.#settle();
  };

  readonly #onSlide = (event: Event) => {
    this.draft = undefined;
    this.#edit(Number((event.target as HTMLInputElement).valueAsNumber.toPrecision(3)));
  };

  #onKey(event: KeyboardEvent, key: string): void {
    const { parameters, selected } = this;
    if (!parameters || selected === undefined || event.ctrlKey || event.metaKey) return;
    const value = nudged(parameters[selected], { key, shiftKey: event.shiftKey, altKey: event.altKey });
    if (value === undefined) return;
    event.preventDefault();
    this.draft = undefined;
    this.#edit(value);
  }

  /** As long as a key is held, it is one change. */
  readonly #onKeyUp = (event: KeyboardEvent) => {
    if (event.key.startsWith('Arrow')) this.#settle();
  };

  #edit(value: number): void {
    const { selected } = this;
    if (selected === undefined) return;
    const detail: ParameterEdit = { index: selected, value };
    this.dispatchEvent(new CustomEvent('edit', { detail }));
  }

  readonly #settle = () => {
    this.dispatchEvent(new CustomEvent('settle'));
  };
}

/** On a slider right is up. */
function asVertical(key: string): string {
  return { ArrowRight: 'ArrowUp', ArrowLeft: 'ArrowDown' }[key] ?? key;
}

customElements.define('weight-editor', WeightEditor);
