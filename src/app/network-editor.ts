import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import type { Network } from '../index.ts';
import { count, countOf } from './format.ts';
import './network-diagram.ts';
import type { ParameterEdit } from './network-diagram.ts';
import { ParameterEdits } from './parameter-edits.ts';
import './parameter-table.ts';
import './weight-editor.ts';
import { baseStyles, controlStyles, disclosureStyles } from './styles.ts';

/** What a person has made of the parameters. */
export interface EditedParameters {
  /** [parameterCount] */
  readonly parameters: Float64Array;
  /** Indices of those that are not as trained. */
  readonly edited: ReadonlySet<number>;
}

/**
 * The diagram with everything that changes it by hand: the chosen parameter's value, undo and redo, and the table behind the
 * picture. Says `edits` (EditedParameters) at every change; other trained parameters begin anew.
 */
class NetworkEditor extends LitElement {
  static override properties = {
    network: { attribute: false },
    link: {},
    parameters: { attribute: false },
    inputNames: { attribute: false },
    outputNames: { attribute: false },
    activations: { attribute: false },
    isScaled: { attribute: false },
    isEditable: { attribute: false },
    selected: { state: true },
    isOpen: { state: true },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    disclosureStyles,
    css`
      weight-editor {
        margin-top: 12px;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
        margin-top: 8px;
      }
      details {
        margin-top: 8px;
      }
      summary {
        min-height: 40px;
        font-weight: 500;
      }
    `,
  ];

  declare network: Network;
  declare link: string | undefined;
  /** As trained: [parameterCount]. */
  declare parameters: Float64Array | undefined;
  declare inputNames: readonly string[] | undefined;
  declare outputNames: readonly string[] | undefined;
  /** Of one row, with the parameters as they are now. */
  declare activations: readonly Float64Array[] | undefined;
  /** Inputs or targets were scaled for the network. */
  declare isScaled: boolean | undefined;
  declare isEditable: boolean | undefined;
  declare private selected: number | undefined;
  declare private isOpen: boolean;
  #edits: ParameterEdits | undefined;

  constructor() {
    super();
    this.isOpen = false;
    this.addEventListener('keydown', (event) => this.#onKey(event));
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('parameters')) this.#edits = this.parameters && new ParameterEdits(this.parameters);
    if (changed.has('network') && (this.selected ?? 0) >= this.network.parameterCount)
      this.selected = undefined;
  }

  override render() {
    const { network, link, inputNames, outputNames, activations, isEditable, selected } = this;
    const edits = this.#edits;
    return html`
      <network-diagram
        size="large"
        .network=${network}
        .link=${link}
        .parameters=${edits?.current}
        .inputNames=${inputNames}
        .outputNames=${outputNames}
        .activations=${activations}
        .isScaled=${this.isScaled}
        .isEditable=${isEditable}
        .edited=${edits?.edited}
        .selected=${selected}
        @choose=${this.#onChoose}
        @enter=${() => this.renderRoot.querySelector<HTMLElement>('weight-editor')?.focus()}
        @edit=${this.#onEdit}
        @settle=${() => edits?.settle()}
      ></network-diagram>
      <weight-editor
        .network=${network}
        .parameters=${edits?.current}
        .trained=${edits?.base}
        .inputNames=${inputNames}
        .outputNames=${outputNames}
        .isEditable=${isEditable}
        .selected=${selected}
        @edit=${this.#onEdit}
        @settle=${() => edits?.settle()}
      ></weight-editor>
      ${this.#renderButtons()}
      <details @toggle=${(event: Event) => (this.isOpen = (event.target as HTMLDetailsElement).open)}>
        <summary>Parameters as a table</summary>
        ${
          this.isOpen
            ? html`<parameter-table
                .network=${network}
                .parameters=${edits?.current}
                .inputNames=${inputNames}
                .outputNames=${outputNames}
                .isEditable=${isEditable}
                .edited=${edits?.edited}
                @choose=${this.#onChoose}
                @edit=${this.#onEdit}
                @settle=${() => edits?.settle()}
              ></parameter-table>`
            : nothing
        }
      </details>
    `;
  }

  #renderButtons() {
    const edits = this.isEditable ? this.#edits : undefined;
    const editedCount = edits?.edited.size ?? 0;
    const { parameterCount } = this.network;
    return html`<div class="buttons">
      <button
        type="button"
        aria-keyshortcuts="Control+Z"
        aria-disabled=${!edits?.canUndo}
        @click=${() => this.#change((each) => each.undo())}
      >
        Undo
      </button>
      <button
        type="button"
        aria-keyshortcuts="Control+Shift+Z"
        aria-disabled=${!edits?.canRedo}
        @click=${() => this.#change((each) => each.redo())}
      >
        Redo
      </button>
      <button
        type="button"
        aria-disabled=${editedCount === 0}
        @click=${() => this.#change((each) => each.reset())}
      >
        Back to the trained ones
      </button>
      <span class="muted small" role="status">
        ${
          editedCount === 0
            ? ''
            : `${count(editedCount)} of ${countOf(parameterCount, 'parameter')} changed by hand.`
        }
      </span>
    </div>`;
  }

  readonly #onChoose = (event: CustomEvent<number>) => {
    if (this.selected !== event.detail) this.#edits?.settle();
    this.selected = event.detail;
  };

  readonly #onEdit = ({ detail: { index, value } }: CustomEvent<ParameterEdit>) =>
    this.#change((edits) => edits.edit(index, value));

  /** Ctrl+Z and Ctrl+Shift+Z, anywhere in here. */
  #onKey(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 'z') return;
    event.preventDefault();
    this.#change((edits) => (event.shiftKey ? edits.redo() : edits.undo()));
  }

  #change(work: (edits: ParameterEdits) => void): void {
    const edits = this.#edits;
    if (!edits || !this.isEditable) return;
    const before = edits.current;
    work(edits);
    if (edits.current === before) return;
    this.requestUpdate();
    const detail: EditedParameters = { parameters: edits.current, edited: edits.edited };
    this.dispatchEvent(new CustomEvent('edits', { detail }));
  }
}

customElements.define('network-editor', NetworkEditor);
