import { css, html, LitElement, nothing } from 'lit';
import { baseStyles } from './styles.ts';

/** Green and a tick for what holds, red and a cross for what does not, nothing where nothing can be said. */
class VerdictMark extends LitElement {
  static override properties = { holds: { attribute: false } };

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
    `,
  ];

  declare holds: boolean | undefined;

  override render() {
    if (this.holds === undefined) return nothing;
    return this.holds
      ? html`<strong class="holds"><span aria-hidden="true">✓</span> Holds.</strong>`
      : html`<strong class="fails"><span aria-hidden="true">✕</span> Does not hold.</strong>`;
  }
}

customElements.define('verdict-mark', VerdictMark);
