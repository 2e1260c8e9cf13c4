import { css, html, nothing } from 'lit';
import { PageElement } from './page-element.ts';
import { baseStyles, controlStyles } from './styles.ts';

/**
 * What went wrong, and what happened unasked, over the page until it is dismissed or something else is done; nothing
 * below it moves.
 */
class NoticeBar extends PageElement {
  static override styles = [
    baseStyles,
    controlStyles,
    css`
      :host {
        position: fixed;
        bottom: 24px;
        left: 0;
        right: 0;
        z-index: 10;
        display: grid;
        gap: 8px;
        justify-items: center;
        padding: 0 12px;
        pointer-events: none;
      }
      .notice {
        display: flex;
        align-items: flex-start;
        gap: 12px;
        width: 100%;
        max-width: 680px;
        max-height: calc(100vh - 160px);
        padding: 12px 12px 12px 20px;
        overflow: auto;
        background: var(--card);
        border: 1px solid var(--line);
        border-left: 4px solid var(--outline);
        border-radius: 12px;
        box-shadow: var(--shadow);
        pointer-events: auto;
      }
      .error {
        border-left-color: var(--fails);
      }
      p {
        flex: 1;
        padding: 8px 0;
        overflow-wrap: anywhere;
      }
      /* There the bottom belongs to Train. */
      @media (max-width: 719px) {
        :host {
          top: 12px;
          bottom: auto;
        }
      }
    `,
  ];

  override render() {
    const { error, notice } = this.page.state;
    // The live regions stay in the document; only what they say comes and goes.
    return html`
      <div role="alert">${error === undefined ? '' : this.#renderNotice('error', error)}</div>
      <div role="status">${notice === undefined ? '' : this.#renderNotice('notice', notice)}</div>
    `;
  }

  #renderNotice(kind: 'error' | 'notice', sentence: string) {
    const { state } = this.page;
    return html`<div class="notice ${kind}">
      <p>${kind === 'error' ? html`<strong>Error.</strong>` : ''} ${sentence}</p>
      ${
        kind === 'error' && state.isBroken
          ? nothing
          : html`<button type="button" @click=${() => state.update({ [kind]: undefined })}>Dismiss</button>`
      }
    </div>`;
  }
}

customElements.define('notice-bar', NoticeBar);
