import { css, html } from 'lit';
import { live } from 'lit/directives/live.js';
import { activationNames, activations, losses } from '../index.ts';
import { PageElement } from './page-element.ts';
import type { Topic } from './page-state.ts';
import type { SettingsField } from './settings.ts';
import { describeJob } from './sentences.ts';
import { baseStyles, controlStyles, disclosureStyles } from './styles.ts';

type TextField = 'hiddenUnits' | 'learningRate' | 'steps' | 'seed';
type ChoiceField = 'activation' | 'outputActivation';

/** Each field term in one line, for those who are learning. */
const explanations: Record<Exclude<SettingsField, 'strategy'>, string> = {
  hiddenUnits: 'How many units each layer between input and output has: 3, or 16, 8 for two layers.',
  activation: 'The function each hidden unit applies to its weighted sum.',
  outputActivation: 'The function the output units apply; sigmoid keeps predictions between 0 and 1.',
  bias: 'A constant each unit adds to its weighted sum; it is learnt like a weight and starts at 0.',
  learningRate: 'How far one step moves the parameters against the gradient.',
  steps: 'How many times the parameters are updated; each step sees every row.',
  seed: 'Fixes the random initial weights, drawn as numpy.random.seed does.',
};

/** What can be set; a value that cannot be used is said at its field, and the last valid job stays. */
class SettingsForm extends PageElement {
  static override properties = {
    ...PageElement.properties,
    isOpen: { state: true },
    touched: { state: true },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    disclosureStyles,
    css`
      details {
        border-top: 1px solid var(--line);
        margin: 0 -20px -20px;
        padding: 0 20px;
      }
      summary {
        min-height: 44px;
        font-weight: 500;
      }
      summary .muted {
        flex: 1;
        overflow: hidden;
        text-align: right;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-weight: 400;
      }
      fieldset {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 12px;
        margin: 0;
        padding: 4px 0 20px;
        border: 0;
        min-width: 0;
      }
      .field {
        position: relative;
      }
      .wide {
        grid-column: 1 / -1;
      }
      label.name {
        display: inline-block;
        margin-bottom: 4px;
        text-decoration: underline dotted var(--outline);
        text-underline-offset: 3px;
      }
      .check {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 36px;
      }
      .check label.name {
        margin: 0;
        padding: 8px 0;
      }
      input[type='checkbox'] {
        width: 20px;
        height: 20px;
        margin: 0;
        accent-color: var(--ink);
      }
      .tip {
        position: absolute;
        z-index: 5;
        left: 0;
        right: 0;
        top: calc(100% + 4px);
        padding: 8px 12px;
        border-radius: 8px;
        background: var(--ink);
        color: var(--paper);
        font-size: 12px;
        line-height: 16px;
        visibility: hidden;
        pointer-events: none;
      }
      /* By its name alone: over a field that is being used it would be in the way. */
      .field:has(label:hover) .tip,
      .field:has(:focus-visible) .tip {
        visibility: visible;
      }
      .field:has([aria-invalid='true']) .tip {
        display: none;
      }
      .fails {
        margin-top: 4px;
        font-size: 12px;
        line-height: 16px;
        overflow-wrap: anywhere;
      }
      @media (max-width: 719px) {
        details {
          margin: 0 -16px -16px;
          padding: 0 16px;
        }
      }
    `,
  ];

  declare private isOpen: boolean;
  /** Fields that were left once: until then a half-written value is not called wrong. */
  declare private touched: ReadonlySet<SettingsField>;

  constructor() {
    super();
    this.isOpen = false;
    this.touched = new Set();
  }

  override render() {
    const { state } = this.page;
    const isLocked = state.isTraining;
    return html`
      <details ?open=${this.isOpen} @toggle=${this.#onToggle}>
        <summary>Settings <span class="muted small">${describeJob(state.job)}</span></summary>
        <fieldset ?disabled=${isLocked} aria-label="Settings">
          ${this.#renderText('hiddenUnits', 'Hidden layers, units', 'text')}
          ${this.#renderChoice('activation', 'Activation')}
          ${this.#renderChoice('outputActivation', 'Output activation')} ${this.#renderBias()}
          ${this.#renderText('learningRate', 'Learning rate', 'decimal')}
          ${this.#renderText('steps', 'Steps', 'numeric')} ${this.#renderText('seed', 'Seed', 'numeric')}
          <p class="wide muted small">
            ${
              isLocked
                ? 'Stop or reset the run to change its settings.'
                : `Loss: ${losses[state.job.loss].label}. Optimizer: SGD over all rows.`
            }
          </p>
        </fieldset>
      </details>
    `;
  }

  protected override onStateChange(topic: Topic): void {
    super.onStateChange(topic);
    const { faultySetting } = this.page.state;
    if (faultySetting !== undefined) void this.#show(faultySetting);
  }

  #renderText(field: TextField, name: string, inputMode: 'text' | 'decimal' | 'numeric') {
    const error = this.#errorOf(field);
    return html`
      <div class="field ${field === 'hiddenUnits' ? 'wide' : ''}">
        <label class="name" for=${field}>${name}</label>
        <input
          type="text"
          id=${field}
          inputmode=${inputMode}
          autocomplete="off"
          spellcheck="false"
          .value=${live(this.page.state.settingsText[field])}
          aria-invalid=${error ? 'true' : 'false'}
          aria-describedby="${field}-tip ${field}-error"
          @input=${(event: Event) => this.#change(field, event)}
          @change=${() => this.#touch(field)}
        />
        ${this.#renderTip(field)}
        <p class="fails" id="${field}-error" role="alert" ?hidden=${!error}>${error ?? ''}</p>
      </div>
    `;
  }

  #renderChoice(field: ChoiceField, name: string) {
    const chosen = this.page.state.settingsText[field];
    return html`
      <div class="field">
        <label class="name" for=${field}>${name}</label>
        <select
          id=${field}
          aria-describedby="${field}-tip"
          @change=${(event: Event) => this.#change(field, event)}
        >
          ${activationNames.map(
            (option) =>
              html`<option value=${option} ?selected=${option === chosen}>
                ${activations[option].label}
              </option>`,
          )}
        </select>
        ${this.#renderTip(field)}
      </div>
    `;
  }

  #renderBias() {
    const { state } = this.page;
    return html`
      <div class="field check wide">
        <input
          type="checkbox"
          id="bias"
          .checked=${live(state.settingsText.bias)}
          aria-describedby="bias-tip"
          @change=${(event: Event) => state.changeSetting({ bias: (event.target as HTMLInputElement).checked })}
        />
        <label class="name" for="bias">Biases</label>
        ${this.#renderTip('bias')}
      </div>
    `;
  }

  #renderTip(field: keyof typeof explanations) {
    return html`<span class="tip" role="tooltip" id="${field}-tip">${explanations[field]}</span>`;
  }

  #errorOf(field: SettingsField): string | undefined {
    return this.touched.has(field) ? this.page.state.settingsErrors.get(field) : undefined;
  }

  #change(field: TextField | ChoiceField, event: Event): void {
    const { value } = event.target as HTMLInputElement | HTMLSelectElement;
    this.page.state.changeSetting({ [field]: value });
  }

  #touch(field: SettingsField): void {
    if (!this.touched.has(field)) this.touched = new Set([...this.touched, field]);
  }

  /** Brings a field that is in the way of training to where it is seen. */
  async #show(field: SettingsField): Promise<void> {
    this.page.state.update({ faultySetting: undefined });
    this.isOpen = true;
    for (const faulty of this.page.state.settingsErrors.keys()) this.#touch(faulty);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`#${field}`)?.focus();
  }

  #onToggle(event: Event): void {
    this.isOpen = (event.target as HTMLDetailsElement).open;
  }
}

customElements.define('settings-form', SettingsForm);
