import { css, html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import './classroom-link.ts';
import './copy-button.ts';
import { PageElement } from './page-element.ts';
import type { Topic } from './page-state.ts';
import {
  fields,
  groupNames,
  groups,
  type FieldContext,
  type SettingsField,
  type SettingsGroup,
} from './setting-fields.ts';
import { describeJob } from './sentences.ts';
import { baseStyles, controlStyles, disclosureStyles } from './styles.ts';

/** Fields across the whole width, for what is written in them. */
const wideFields: readonly SettingsField[] = ['activations', 'init', 'loss', 'optimizer', 'task', 'missing'];
const furtherGroups = Object.keys(groupNames) as SettingsGroup[];

/** What can be set; a value that cannot be used is said at its field, and the last valid job stays. */
class SettingsForm extends PageElement {
  static override properties = {
    ...PageElement.properties,
    isOpen: { state: true },
    isAllShown: { state: true },
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
      details details {
        margin: 0;
        padding: 0;
      }
      details details summary {
        min-height: 36px;
      }
      h3 {
        padding-top: 8px;
      }
      .last {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
        padding-bottom: 20px;
      }
      .last p {
        flex: 1 0 100%;
      }
      fieldset {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 12px;
        margin: 0;
        padding: 4px 0 16px;
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
      [aria-disabled='true'] {
        color: var(--muted);
        background: var(--well);
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
  /** The groups below the first. */
  declare private isAllShown: boolean;
  /** Fields that were left once: until then a half-written value is not called wrong. */
  declare private touched: ReadonlySet<SettingsField>;

  constructor() {
    super();
    this.isOpen = false;
    this.isAllShown = false;
    this.touched = new Set();
  }

  override render() {
    const { state } = this.page;
    return html`
      <details ?open=${this.isOpen} @toggle=${(event: Event) => this.#onToggle(event, 'isOpen')}>
        <summary>Settings <span class="muted small">${describeJob(state.job)}</span></summary>
        ${this.isOpen ? this.#renderGroups() : nothing}
      </details>
    `;
  }

  #renderGroups() {
    const { link } = this.page;
    return html`
      ${this.#renderGroup('first')}
      <details ?open=${this.isAllShown} @toggle=${(event: Event) => this.#onToggle(event, 'isAllShown')}>
        <summary>All settings</summary>
        ${this.isAllShown ? furtherGroups.map((group) => this.#renderGroup(group)) : nothing}
      </details>
      <div class="last">
        <p class="muted small">
          ${
            this.#isLocked
              ? 'Stop or reset the run to change its settings.'
              : 'The address holds what was changed here, and nothing of a table.'
          }
        </p>
        <copy-button what="link" .text=${() => link.address} aria-label="Copy link"></copy-button>
        <classroom-link .page=${this.page}></classroom-link>
      </div>
    `;
  }

  #renderGroup(group: SettingsGroup) {
    const { state } = this.page;
    const context = { task: state.task, text: state.settingsText };
    const shown = groups[group].filter((field) => fields[field].isShown?.(context) ?? true);
    const name = groupNames[group];
    return html`
      ${name === undefined ? nothing : html`<h3>${name}</h3>`}
      <fieldset aria-label=${name ?? 'Settings'}>
        ${shown.map((field) => this.#renderField(field, context))}
      </fieldset>
    `;
  }

  #renderField(field: SettingsField, context: FieldContext) {
    const { kind, label } = fields[field];
    if (kind === 'check') return this.#renderCheck(field, context);
    const error = this.#errorOf(field);
    return html`
      <div class="field ${wideFields.includes(field) ? 'wide' : ''}">
        <label class="name" for=${field}>${label}</label>
        ${kind === 'choice' ? this.#renderChoice(field, context) : this.#renderText(field, context)}
        ${this.#renderTip(field)}
        <p class="fails" id="${field}-error" role="alert" ?hidden=${!error}>${error ?? ''}</p>
      </div>
    `;
  }

  protected override onStateChange(topic: Topic): void {
    super.onStateChange(topic);
    const { faultySetting } = this.page.state;
    if (faultySetting !== undefined) void this.#show(faultySetting);
  }

  #renderText(field: SettingsField, context: FieldContext) {
    const { kind, placeholder } = fields[field];
    return html`<input
      type="text"
      id=${field}
      inputmode=${kind}
      ?readonly=${this.#isLocked}
      aria-disabled=${this.#isLocked}
      autocomplete="off"
      spellcheck="false"
      placeholder=${placeholder?.(context) ?? nothing}
      .value=${live(context.text[field])}
      aria-invalid=${this.#errorOf(field) ? 'true' : 'false'}
      aria-describedby="${field}-tip ${field}-error"
      @input=${(event: Event) => this.#change(field, event)}
      @change=${() => this.#touch(field)}
    />`;
  }

  #renderChoice(field: SettingsField, context: FieldContext) {
    const chosen = context.text[field];
    const choices = fields[field].choices?.(context) ?? [];
    // One choice only is none: it says what holds.
    const shown = choices.some(([value]) => value === chosen) ? chosen : choices[0]?.[0];
    return html`<select
      id=${field}
      aria-disabled=${this.#isLocked}
      aria-invalid=${this.#errorOf(field) ? 'true' : 'false'}
      aria-describedby="${field}-tip ${field}-error"
      @change=${(event: Event) => {
        this.#change(field, event);
        this.#touch(field);
      }}
    >
      ${choices.map(
        ([value, label]) => html`<option value=${value} .selected=${live(value === shown)}>${label}</option>`,
      )}
    </select>`;
  }

  #renderCheck(field: SettingsField, { text }: FieldContext) {
    const onChange = (event: Event) =>
      this.#take(field, (event.target as HTMLInputElement).checked ? 'yes' : 'no');
    return html`
      <div class="field check wide">
        <input
          type="checkbox"
          id=${field}
          aria-disabled=${this.#isLocked}
          .checked=${live(text[field] === 'yes')}
          aria-describedby="${field}-tip"
          @change=${onChange}
        />
        <label class="name" for=${field}>${fields[field].label}</label>
        ${this.#renderTip(field)}
      </div>
    `;
  }

  #renderTip(field: SettingsField) {
    return html`<span class="tip" role="tooltip" id="${field}-tip">${fields[field].explanation}</span>`;
  }

  #errorOf(field: SettingsField): string | undefined {
    return this.touched.has(field) ? this.page.state.settingsErrors.get(field) : undefined;
  }

  #change(field: SettingsField, event: Event): void {
    this.#take(field, (event.target as HTMLInputElement | HTMLSelectElement).value);
  }

  /** Not disabled while a run is on: a field that has the focus keeps it, and Escape still stops. */
  get #isLocked(): boolean {
    return this.page.state.isTraining;
  }

  #take(field: SettingsField, value: string): void {
    if (this.#isLocked) this.requestUpdate();
    else this.page.state.changeSetting({ [field]: value });
  }

  #touch(field: SettingsField): void {
    if (!this.touched.has(field)) this.touched = new Set([...this.touched, field]);
  }

  /** Brings a field that is in the way of training to where it is seen. */
  async #show(field: SettingsField): Promise<void> {
    this.page.state.update({ faultySetting: undefined });
    this.isOpen = true;
    this.isAllShown ||= !(groups.first as readonly SettingsField[]).includes(field);
    for (const faulty of this.page.state.settingsErrors.keys()) this.#touch(faulty);
    await this.updateComplete;
    // The group it is in may only now have been drawn.
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`#${field}`)?.focus();
  }

  #onToggle(event: Event, which: 'isOpen' | 'isAllShown'): void {
    // The event of the inner one does not bubble.
    this[which] = (event.target as HTMLDetailsElement).open;
  }
}

customElements.define('settings-form', SettingsForm);
