import { css, html, LitElement } from 'lit';
import { baseStyles } from './styles.ts';

/** A field term with a one-line explanation on hover or focus. */
class FieldTerm extends LitElement {
  static override properties = { meaning: {} };

  static override styles = [
    baseStyles,
    css`
      :host {
        display: inline;
      }
      button {
        padding: 0;
        border: 0;
        background: none;
        color: inherit;
        font: inherit;
        text-align: inherit;
        text-decoration: underline dotted var(--outline);
        text-underline-offset: 3px;
        cursor: help;
      }
      [popover] {
        position: fixed;
        inset: auto;
        margin: 0;
        width: max-content;
        max-width: min(280px, calc(100vw - 24px));
        padding: 8px 12px;
        border: 0;
        border-radius: 8px;
        background: var(--ink);
        color: var(--paper);
        font: 12px/16px var(--words);
        text-align: left;
        white-space: normal;
        pointer-events: none;
      }
    `,
  ];

  declare meaning: string;

  override render() {
    return html`<button
        type="button"
        aria-describedby="meaning"
        @mouseenter=${this.#show}
        @mouseleave=${this.#hide}
        @focus=${this.#show}
        @blur=${this.#hide}
        @click=${this.#show}
      >
        <slot></slot></button
      ><span id="meaning" popover="manual" role="tooltip">${this.meaning}</span>`;
  }

  get #tip(): HTMLElement {
    return this.renderRoot.querySelector('[popover]') as HTMLElement;
  }

  #show(): void {
    const tip = this.#tip;
    if (tip.matches(':popover-open')) return;
    tip.showPopover();
    const term = this.getBoundingClientRect();
    const { width, height } = tip.getBoundingClientRect();
    const left = Math.min(Math.max(12, term.left), innerWidth - width - 12);
    const above = term.top - height - 8;
    tip.style.left = `${left}px`;
    tip.style.top = `${above >= 8 ? above : term.bottom + 8}px`;
  }

  #hide(): void {
    if (this.#tip.matches(':popover-open')) this.#tip.hidePopover();
  }
}

customElements.define('field-term', FieldTerm);
