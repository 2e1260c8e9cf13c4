import { css, html, nothing } from 'lit';
import { activationListing, listedParts, notebookListing, type NotebookListing } from '../index.ts';
import type { CellName } from './notebook-story.ts';
import { PageElement } from './page-element.ts';
import { bringIntoView } from './scrolling.ts';
import { baseStyles, controlStyles, disclosureStyles, scrollCue } from './styles.ts';

/** So much of an outcome, in pixels, is seen as one. */
const SEEN_HEIGHT = 160;

/**
 * A cell of the notebook: the code behind it, what can be changed (slot `inputs`), Run, and what came of it (slot
 * `output`), with a word on whether that is of the present values and whether the record applies.
 */
class NotebookCell extends PageElement {
  static override properties = { ...PageElement.properties, name: {}, heading: {} };

  static override styles = [
    baseStyles,
    controlStyles,
    disclosureStyles,
    css`
      .card {
        padding: 0;
        overflow: clip;
      }
      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 12px;
        padding: 12px 20px;
        border-bottom: 1px solid var(--line);
      }
      .part {
        padding: 16px 20px;
      }
      .part + .part {
        border-top: 1px solid var(--line);
      }
      .code {
        background: var(--well);
        padding-top: 4px;
        padding-bottom: 4px;
      }
      summary {
        min-height: 36px;
        font-size: 12px;
      }
      .file {
        margin: 8px 0 4px;
        font: 12px/16px var(--code);
        overflow-wrap: anywhere;
      }
      pre {
        --card: var(--well);
        margin: 0 0 12px;
        padding: 2px 0;
        overflow-x: auto;
        background: ${scrollCue};
        font: 12px/18px var(--code);
        font-variant-ligatures: none;
      }
      .notes {
        display: flex;
        flex-wrap: wrap;
        min-height: 20px;
        margin-bottom: 12px;
        color: var(--muted);
      }
      [role='status']:not(:empty) {
        margin-right: 12px;
      }
      .notes .stale {
        color: var(--ink);
        font-weight: 500;
      }
      button.primary {
        min-width: 88px;
      }
      @media (max-width: 719px) {
        .head {
          padding: 8px 16px;
        }
        .part {
          padding: 16px;
        }
        .code {
          padding-top: 4px;
          padding-bottom: 4px;
        }
        summary {
          min-height: 40px;
        }
      }
      @media print {
        button {
          display: none;
        }
      }
    `,
  ];

  declare name: CellName;
  declare heading: string;
  /** On a phone the code would stand between the formula and what can be done with it. */
  readonly #isListed = !matchMedia('(max-width: 719px)').matches;

  override render() {
    const { notebook } = this.page;
    const isWorking = notebook.working === this.name;
    return html`<section class="card" aria-labelledby="heading">
      <div class="head">
        <h3 id="heading">${this.heading}</h3>
        ${
          isWorking
            ? html`<button type="button" aria-label="Stop: ${this.heading}" @click=${() => notebook.stop()}>
                Stop
              </button>`
            : html`<button
                type="button"
                class="primary"
                aria-label="Run: ${this.heading}"
                @click=${() => this.#run()}
              >
                Run
              </button>`
        }
      </div>
      ${this.#renderCode()}
      <div class="part"><slot name="inputs"></slot></div>
      <div class="part" data-part="output">
        <div class="notes">
          <span role="status">${notebook.said.get(this.name) || nothing}</span>
          ${this.#renderNote()}
        </div>
        <slot name="output"></slot>
      </div>
    </section>`;
  }

  #renderNote() {
    const { notebook } = this.page;
    if (notebook.isStale(this.name)) {
      return html`<span class="stale" data-note="stale">Values were changed: Run computes it anew.</span>`;
    }
    if (notebook.isChanged(this.name)) {
      return html`<span data-note="changed">Runs on changed values; the record no longer applies.</span>`;
    }
    if (notebook.wasRun(this.name)) {
      // Where all cells were run, each of them saying so aloud would be too much.
      const isSaid = Boolean(notebook.said.get(this.name));
      return isSaid ? nothing : html`<span data-note="ran">Ran with the notebook’s values.</span>`;
    }
    return html`<span data-note="initial"
      >${
        notebook.trains(this.name)
          ? 'As recorded. Run trains it here.'
          : 'As the notebook has it. Run computes it from the values above.'
      }</span
    >`;
  }

  /** Whoever pressed Run sees what comes of it. */
  #run(): void {
    void this.page.notebook.run(this.name);
    const output = this.renderRoot.querySelector('[data-part=output]');
    if (!output) return;
    const { top, height } = output.getBoundingClientRect();
    const isSeen = top >= 0 && top + Math.min(height, SEEN_HEIGHT) <= innerHeight;
    if (!isSeen) bringIntoView(output, height <= innerHeight ? 'nearest' : 'start');
  }

  #renderCode() {
    const parts = this.#listings();
    if (parts.length === 0) return nothing;
    return html`<details class="part code" ?open=${this.#isListed}>
      <summary>The code that does it, in TypeScript</summary>
      ${parts.map(
        ({ file, name, text }, index) =>
          html`${parts[index - 1]?.file === file ? nothing : html`<p class="file muted">${file}</p>`}
            <pre tabindex="0" role="region" aria-label="${this.heading}: ${name} of ${file}">${text}</pre>`,
      )}
    </details>`;
  }

  #listings(): NotebookListing[] {
    if (this.name === 'activation') {
      return [activationListing(this.page.notebook.shown('activation').activation)];
    }
    const part = listedParts.find((each) => each === this.name);
    return part ? notebookListing(part) : [];
  }
}

customElements.define('notebook-cell', NotebookCell);
