import { css, html, nothing, type TemplateResult } from 'lit';
import './log-panel.ts';
import './notebook-panel.ts';
import './predictions-panel.ts';
import './run-measures.ts';
import './run-models.ts';
import './timing-panel.ts';
import './validation-panel.ts';
import './weights-panel.ts';
import { PageElement, type Page } from './page-element.ts';
import { baseStyles, disclosureStyles, scrollCue } from './styles.ts';

const names = {
  measures: 'Measures',
  timing: 'Timing',
  predictions: 'Predictions',
  validation: 'Checks',
  weights: 'Weights',
  use: 'Use it',
  download: 'Download',
  log: 'Log',
  notebook: 'Notebook’s record',
};
type Tab = keyof typeof names;

const panels: Record<Tab, (page: Page) => TemplateResult> = {
  measures: (page) => html`<run-measures .page=${page}></run-measures>`,
  timing: (page) => html`<timing-panel .page=${page}></timing-panel>`,
  predictions: (page) => html`<predictions-panel .page=${page}></predictions-panel>`,
  validation: (page) => html`<validation-panel .page=${page}></validation-panel>`,
  weights: (page) => html`<weights-panel .page=${page}></weights-panel>`,
  use: (page) => html`<run-models .page=${page} kind="use"></run-models>`,
  download: (page) => html`<run-models .page=${page} kind="download"></run-models>`,
  log: (page) => html`<log-panel .page=${page}></log-panel>`,
  notebook: (page) => html`<notebook-panel .page=${page}></notebook-panel>`,
};

/** Everything else about the runs, one part at a time. */
class DetailsCard extends PageElement {
  static override properties = { ...PageElement.properties, isOpen: { state: true }, tab: { state: true } };

  static override styles = [
    baseStyles,
    disclosureStyles,
    css`
      details {
        background: var(--card);
        border: 1px solid var(--line);
        border-radius: 12px;
      }
      summary {
        min-height: 52px;
        padding: 0 20px;
        font-size: 13px;
        font-weight: 600;
        border-radius: 12px;
      }
      summary .muted {
        margin-left: auto;
        font-weight: 400;
      }
      [role='tablist'] {
        display: flex;
        gap: 4px;
        padding: 0 12px;
        overflow-x: auto;
        background: ${scrollCue};
        border-bottom: 1px solid var(--line);
        scrollbar-width: none;
      }
      [role='tab'] {
        flex: none;
        min-height: 40px;
        padding: 0 8px;
        border: 0;
        border-bottom: 2px solid transparent;
        background: none;
        color: var(--muted);
        font: inherit;
        font-weight: 500;
        cursor: pointer;
      }
      [role='tab'][aria-selected='true'] {
        border-bottom-color: var(--ink);
        color: var(--ink);
      }
      [role='tab']:focus-visible {
        outline-offset: -4px;
        border-radius: 8px;
      }
      [role='tabpanel'] {
        padding: 16px 20px 20px;
        min-height: 280px;
      }
      @media (max-width: 719px) {
        summary,
        [role='tabpanel'] {
          padding-left: 16px;
          padding-right: 16px;
        }
        [role='tablist'] {
          padding: 0 8px;
        }
        summary .muted {
          display: none;
        }
      }
    `,
  ];

  declare private isOpen: boolean;
  declare private tab: Tab;

  constructor() {
    super();
    this.isOpen = false;
    this.tab = 'measures';
  }

  override render() {
    const tabs = this.#tabs;
    const shown = tabs.includes(this.tab) ? this.tab : 'measures';
    return html`
      <details ?open=${this.isOpen} @toggle=${this.#onToggle}>
        <summary>
          Details
          <span class="muted small"
            >measures, timing, predictions, checks, weights, use
            it,${this.page.state.hidden.has('downloads') ? '' : ' download,'} log</span
          >
        </summary>
        ${
          this.isOpen
            ? html`
                <div role="tablist" aria-label="Details" @keydown=${this.#onKey}>
                  ${tabs.map((tab) => this.#renderTab(tab, tab === shown))}
                </div>
                <div role="tabpanel" id="panel" aria-labelledby="tab-${shown}">
                  ${panels[shown](this.page)}
                </div>
              `
            : nothing
        }
      </details>
    `;
  }

  get #tabs(): Tab[] {
    const tabs = Object.keys(names) as Tab[];
    const { isNotebook, hidden } = this.page.state;
    return tabs.filter(
      (tab) => (tab !== 'notebook' || isNotebook) && (tab !== 'download' || !hidden.has('downloads')),
    );
  }

  #renderTab(tab: Tab, isShown: boolean) {
    return html`<button
      type="button"
      role="tab"
      id="tab-${tab}"
      aria-controls="panel"
      aria-selected=${isShown}
      tabindex=${isShown ? 0 : -1}
      @click=${() => (this.tab = tab)}
    >
      ${names[tab]}
    </button>`;
  }

  #onToggle(event: Event): void {
    this.isOpen = (event.target as HTMLDetailsElement).open;
  }

  /** Arrow keys, Home and End go through the tabs. */
  async #onKey(event: KeyboardEvent): Promise<void> {
    const tabs = this.#tabs;
    const at = tabs.indexOf(this.tab);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.tab = tabs[(next + tabs.length) % tabs.length];
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`#tab-${this.tab}`)?.focus();
  }
}

customElements.define('details-card', DetailsCard);
