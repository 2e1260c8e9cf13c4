import { css, html, LitElement, nothing } from 'lit';
import { baseStyles } from './styles.ts';

/**
 * Green and a tick for what holds, red and a cross for what does not, a triangle for what is to be looked at, nothing
 * where nothing can be said.
 */
class VerdictMark extends LitElement {
  static override properties = { holds: { attribute: false }, isWarning: { attribute: false } };

  static override styles = [
    baseStyles,
    css`
      :host {
        display: inline;
      }
      strong {
        margin-right: 6px;
        font-weight: 600;
      }
      svg {
        width: 14px;
        height: 14px;
        vertical-align: -2px;
        fill: none;
        stroke: currentColor;
        stroke-width: 1.5;
        stroke-linejoin: round;
        stroke-linecap: round;
      }
    `,
  ];

  declare holds: boolean | undefined;
  declare isWarning: boolean | undefined;

  override render() {
    if (this.isWarning) {
      return html`<strong
        ><svg viewBox="0 0 14 14" aria-hidden="true">
          <path d="M7 1.5 13 12.5H1Z M7 5.5V8.5 M7 10.2V10.8" />
        </svg>
        Warning.</strong
      >`;
    }
    if (this.holds === undefined) return nothing;
    return this.holds
      ? html`<strong class="holds"><span aria-hidden="true">✓</span> Holds.</strong>`
      : html`<strong class="fails"><span aria-hidden="true">✕</span> Does not hold.</strong>`;
  }
}

customElements.define('verdict-mark', VerdictMark);
