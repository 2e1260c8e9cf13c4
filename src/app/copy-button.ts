import { css, html, LitElement } from 'lit';
import { baseStyles, controlStyles } from './styles.ts';

const SAID_FOR_MS = 2000;

/** Copies a text to the clipboard and says so. */
class CopyButton extends LitElement {
  static override properties = { text: { attribute: false }, what: {}, outcome: { state: true } };

  static override styles = [
    baseStyles,
    controlStyles,
    css`
      button {
        min-width: 132px;
      }
    `,
  ];

  /** Made only when it is asked for. */
  declare text: () => string;
  /** `log`, `runs`: the button reads `Copy log`. */
  declare what: string;
  declare private outcome: string | undefined;

  override render() {
    return html`<button type="button" @click=${this.#copy}>
      <span aria-live="polite">${this.outcome ?? `Copy ${this.what}`}</span>
    </button>`;
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.text());
      this.outcome = 'Copied';
    } catch {
      this.outcome = 'Not allowed here';
    }
    setTimeout(() => (this.outcome = undefined), SAID_FOR_MS);
  }
}

customElements.define('copy-button', CopyButton);
