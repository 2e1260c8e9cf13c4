import { css, html, nothing } from 'lit';
import { adapterName } from '../index.ts';
import { PageElement } from './page-element.ts';
import { pageNames, type Route } from './routes.ts';
import { baseStyles } from './styles.ts';

/** The name, what it does, and the adapter it found. */
class PageHeader extends PageElement {
  static override properties = { ...PageElement.properties, route: {} };

  /** The page that is shown. */
  declare route: Route;

  static override styles = [
    baseStyles,
    css`
      :host {
        border-bottom: 1px solid var(--line);
      }
      header {
        display: flex;
        align-items: baseline;
        gap: 4px 16px;
        max-width: 1440px;
        margin: 0 auto;
        padding: 16px 24px;
      }
      h1 {
        margin: 0;
        font-size: 18px;
        line-height: 24px;
        font-weight: 700;
        letter-spacing: -0.01em;
      }
      p {
        flex: 1;
      }
      nav {
        display: flex;
        gap: 4px;
      }
      a {
        padding: 4px 8px;
        border-radius: 8px;
        color: var(--muted);
        font-weight: 500;
        text-decoration: none;
      }
      a[aria-current] {
        background: var(--well);
        color: var(--ink);
      }
      button {
        flex: none;
        padding: 4px 8px;
        border: 0;
        border-radius: 8px;
        background: none;
        color: var(--muted);
        font: inherit;
        text-decoration: underline;
        text-underline-offset: 3px;
        cursor: pointer;
      }
      .adapter {
        flex: none;
        min-height: 20px;
        text-align: right;
      }
      @media (pointer: coarse), (max-width: 719px) {
        a {
          padding: 10px 12px;
        }
        button {
          min-height: 40px;
        }
      }
      @media (max-width: 479px) {
        /* All of them in one row of a phone. */
        nav {
          gap: 0;
          margin: 0 -7px;
          overflow-x: auto;
        }
        a {
          padding: 10px 7px;
        }
      }
      @media (max-width: 959px) {
        header {
          flex-wrap: wrap;
          padding: 12px 16px;
        }
        h1 {
          flex: 1 0 100%;
        }
        .adapter {
          text-align: left;
        }
        p {
          flex: 1 0 100%;
        }
      }
      /* All pages in one line of a phone. */
      @media (max-width: 719px) {
        nav {
          flex-wrap: wrap;
          gap: 0;
          margin: 0 -6px;
        }
        a {
          padding: 10px 6px;
          white-space: nowrap;
        }
      }
    `,
  ];

  override render() {
    const { state } = this.page;
    const shown = pageNames.filter(([route]) => route === this.route || !state.hidden.has('pages'));
    return html`
      <header>
        <h1><span aria-hidden="true">∂</span> handgrad</h1>
        <p class="muted">
          Train a small neural network on your own table, on your GPU, checked against float64. Nothing leaves
          your browser.
        </p>
        <nav aria-label="Pages">${shown.map(([route, label]) => this.#renderLink(route, label))}</nav>
        ${
          state.hidden.size > 0
            ? html`<button type="button" @click=${this.#showAll}>Show all controls</button>`
            : nothing
        }
        <span class="adapter">${this.#renderAdapter()}</span>
      </header>
    `;
  }

  readonly #showAll = () => {
    this.page.state.update({ hidden: new Set(), announcement: 'All controls are shown.' });
    // The button is gone: whoever pressed it goes on from the links beside it.
    this.renderRoot.querySelector<HTMLElement>('a[aria-current]')?.focus();
  };

  /** With the settings: what is reloaded or handed on there is what is shown. */
  #renderLink(route: Route, label: string) {
    const fragment = this.page.link.fragmentOf(route) || route;
    return html`<a href=${fragment} aria-current=${this.route === route ? 'page' : nothing}>${label}</a>`;
  }

  #renderAdapter() {
    const { gpu } = this.page.state;
    if (!gpu) return html`<span class="muted">Looking for a GPU …</span>`;
    if (!gpu.adapter) return html`CPU <span class="muted">· no WebGPU here</span>`;
    const name = adapterName(gpu.adapter);
    return html`${name} <span class="muted">· WebGPU${gpu.kind === 'software' ? ', software' : ''}</span>`;
  }
}

customElements.define('page-header', PageHeader);
