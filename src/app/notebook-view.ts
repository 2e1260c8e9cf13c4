import { css, html } from 'lit';
import './notebook-agreement.ts';
import './notebook-data.ts';
import './notebook-layers.ts';
import './notebook-loop.ts';
import './notebook-perceptron.ts';
import './notebook-phase-one.ts';
import './notebook-phase-two.ts';
import './notebook-pytorch.ts';
import type { NotebookSection } from './notebook-section.ts';
import { PageElement } from './page-element.ts';
import { baseStyles, controlStyles } from './styles.ts';

/** The sections, by the element that shows each. */
const contents = [
  ['notebook-data', 'The data'],
  ['notebook-perceptron', 'The perceptron'],
  ['notebook-layers', 'The layers'],
  ['notebook-phase-one', 'Output layer, “phase 1”'],
  ['notebook-phase-two', 'Hidden layer, “phase 2”'],
  ['notebook-loop', 'The loop'],
  ['notebook-pytorch', 'The same in PyTorch'],
  ['notebook-agreement', 'Do they agree?'],
] as const;

/** The notebook that handgrad grew from, told in our own words: to read, to run and to change. */
class NotebookView extends PageElement {
  static override styles = [
    baseStyles,
    controlStyles,
    css`
      main {
        display: grid;
        grid-template-columns: 200px minmax(0, 760px);
        justify-content: center;
        gap: 56px;
        margin: 0 auto;
        padding: 40px 24px 96px;
        align-items: start;
      }
      nav {
        position: sticky;
        top: 24px;
        font-size: 13px;
      }
      nav .title {
        margin-bottom: 4px;
        font-weight: 600;
      }
      ol {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      a {
        display: block;
        padding: 6px 8px;
        margin-left: -8px;
        border-radius: 8px;
        color: var(--muted);
        text-decoration: none;
      }
      a:hover {
        color: var(--ink);
        background: var(--well);
      }
      h2 {
        margin-bottom: 12px;
        font-size: 28px;
        line-height: 36px;
        font-weight: 700;
        letter-spacing: -0.015em;
      }
      header {
        font-size: 16px;
        line-height: 26px;
      }
      header p {
        max-width: 68ch;
        margin-bottom: 16px;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
        font-size: 14px;
        line-height: 20px;
      }
      @media (max-width: 1079px) {
        main {
          grid-template-columns: minmax(0, 760px);
          gap: 24px;
        }
        nav {
          position: static;
        }
        nav ol {
          columns: 2;
          column-gap: 16px;
        }
        nav li {
          break-inside: avoid;
        }
      }
      @media (max-width: 719px) {
        main {
          padding: 24px 16px 64px;
        }
        h2 {
          font-size: 24px;
          line-height: 32px;
        }
        a {
          padding: 10px 8px;
        }
      }
      @media print {
        nav,
        .buttons {
          display: none;
        }
        main {
          display: block;
          padding: 0;
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.page.notebook.prepare();
  }

  override render() {
    const { notebook } = this.page;
    const isWorking = notebook.working !== undefined;
    return html`<main>
      <nav aria-label="Sections of the notebook">
        <p class="title" aria-hidden="true">Contents</p>
        <ol>
          ${contents.map(
            ([element, heading]) =>
              html`<li>
                <a href="#notebook" @click=${(event: Event) => this.#goTo(event, element)}>${heading}</a>
              </li>`,
          )}
        </ol>
      </nav>
      <article>
        <header>
          <h2>A neural network by hand</h2>
          <p>
            handgrad grew from a notebook that trains a network of nine weights twice: once with every
            derivative written out by hand in NumPy, and once with PyTorch, to see whether the two agree. This
            page tells that story again, with cells that run here. Read it like an article. Run a cell to
            compute it, change what stands in it, and see what follows.
          </p>
          <div class="buttons">
            <button
              type="button"
              class="primary"
              ?disabled=${isWorking}
              @click=${() => void notebook.runAll()}
            >
              Run all
            </button>
            ${
              isWorking
                ? html`<button type="button" @click=${() => notebook.stop()}>Stop</button>`
                : html`<button
                    type="button"
                    ?disabled=${!notebook.isTouched}
                    @click=${() => notebook.reset()}
                  >
                    Reset
                  </button>`
            }
            <span class="muted">Nothing runs before you say so.</span>
          </div>
        </header>
        <notebook-data .page=${this.page}></notebook-data>
        <notebook-perceptron .page=${this.page}></notebook-perceptron>
        <notebook-layers .page=${this.page}></notebook-layers>
        <notebook-phase-one .page=${this.page}></notebook-phase-one>
        <notebook-phase-two .page=${this.page}></notebook-phase-two>
        <notebook-loop .page=${this.page}></notebook-loop>
        <notebook-pytorch .page=${this.page}></notebook-pytorch>
        <notebook-agreement .page=${this.page}></notebook-agreement>
      </article>
    </main>`;
  }

  #goTo(event: Event, element: string): void {
    // The address keeps the page and its settings.
    event.preventDefault();
    this.renderRoot.querySelector<NotebookSection>(element)?.goTo();
  }
}

customElements.define('notebook-view', NotebookView);
