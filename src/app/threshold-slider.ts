import { css, html, LitElement, type PropertyValues } from 'lit';
import { live } from 'lit/directives/live.js';
import './field-term.ts';
import { withDecimals } from './format.ts';
import { quoted } from './measures-sentences.ts';
import { baseStyles, controlStyles } from './styles.ts';

/** Every row is measured again: not at every pixel of a drag. */
const PAUSE_MS = 150;

/** From which probability on a row counts as the second class. Says `threshold-change` when it has come to rest. */
class ThresholdSlider extends LitElement {
  static override properties = {
    value: { attribute: false },
    names: { attribute: false },
    shown: { state: true },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    css`
      .row {
        display: flex;
        align-items: center;
        gap: 12px;
      }
      input {
        flex: 1;
        min-width: 0;
        max-width: 320px;
        height: 36px;
        margin: 0;
        accent-color: var(--ink);
        cursor: pointer;
      }
      output {
        min-width: 4ch;
        font-weight: 600;
      }
      @media (pointer: coarse), (max-width: 719px) {
        input {
          height: 40px;
        }
      }
    `,
  ];

  /** What the measures were taken at: 0 … 1. */
  declare value: number;
  /** Of the two classes. */
  declare names: readonly string[];
  declare private shown: number;
  #timer: number | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  override willUpdate(changed: PropertyValues): void {
    // An answer to an earlier place does not pull the thumb back from under a finger.
    if (changed.has('value') && this.#timer === undefined) this.shown = this.value;
  }

  override render() {
    const [no, yes] = this.names.map(quoted);
    return html`
      <div class="row">
        <field-term meaning="The network gives a probability of ${yes}; the threshold makes a class of it."
          >Threshold</field-term
        >
        <input
          id="threshold"
          type="range"
          min="0"
          max="1"
          step="0.01"
          aria-label="Threshold"
          aria-describedby="says"
          .value=${live(String(this.shown))}
          @input=${this.#onInput}
        />
        <output for="threshold" class="number">${withDecimals(this.shown, 2)}</output>
      </div>
      <p class="muted small" id="says">
        A row counts as ${yes} from this probability on. Higher: fewer ${no} taken for ${yes}; lower: fewer
        ${yes} missed.
      </p>
    `;
  }

  #onInput(event: Event): void {
    const detail = (event.target as HTMLInputElement).valueAsNumber;
    this.shown = detail;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.#timer = undefined;
      this.dispatchEvent(new CustomEvent('threshold-change', { detail, bubbles: true, composed: true }));
    }, PAUSE_MS);
  }
}

customElements.define('threshold-slider', ThresholdSlider);
