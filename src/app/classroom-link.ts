import { css, html, nothing } from 'lit';
import './copy-button.ts';
import { hideable, hideableNames, type HideableName } from './hideable.ts';
import { PageElement } from './page-element.ts';
import { pageNames, routeOf, type Route } from './routes.ts';
import { baseStyles, controlStyles, dialogStyles } from './styles.ts';

/** A link for a lesson: a page with the present settings, without the controls the lesson does not need. */
class ClassroomLink extends PageElement {
  static override properties = {
    ...PageElement.properties,
    route: { state: true },
    chosen: { state: true },
    isOpen: { state: true },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    dialogStyles,
    css`
      dialog {
        width: min(560px, calc(100vw - 24px));
      }
      .opens {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      select {
        width: auto;
      }
      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
        min-width: 0;
      }
      legend {
        padding: 0 0 4px;
        font-weight: 500;
      }
      .choice {
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr);
        gap: 0 8px;
        padding: 6px 0;
      }
      .choice .muted {
        grid-column: 2;
      }
      input[type='checkbox'] {
        width: 20px;
        height: 20px;
        margin: 0;
        accent-color: var(--ink);
      }
      .address {
        font: 13px/20px var(--code);
      }
      @media (pointer: coarse), (max-width: 719px) {
        .choice {
          padding: 10px 0;
        }
      }
    `,
  ];

  declare private route: Route;
  /** What the link hides. */
  declare private chosen: ReadonlySet<HideableName>;
  declare private isOpen: boolean;

  constructor() {
    super();
    this.isOpen = false;
    this.route = '#train';
    this.chosen = new Set();
  }

  override render() {
    return html`
      <button type="button" @click=${this.#open}>Classroom link</button>
      <dialog aria-labelledby="title" @close=${() => (this.isOpen = false)} @keydown=${keepEscape}>
        ${this.isOpen ? this.#renderContent() : nothing}
      </dialog>
    `;
  }

  #renderContent() {
    const { table } = this.page.state;
    return html`
      <h2 id="title">Classroom link</h2>
      <p class="muted">
        It opens a page with the settings as they are now, without what is ticked here. It trains nothing by
        itself, and whoever opens it can show all controls again.
      </p>
      <div class="opens">
        <label for="page">It opens</label>
        <select id="page" @change=${(event: Event) => (this.route = routeOf(valueOf(event)))}>
          ${pageNames.map(
            ([route, name]) =>
              html`<option value=${route} .selected=${route === this.route}>${name}</option>`,
          )}
        </select>
      </div>
      <fieldset>
        <legend>Hidden there</legend>
        ${hideableNames.map((name) => this.#renderChoice(name))}
      </fieldset>
      ${
        table && table.sample === undefined
          ? html`<p class="small">
              Your own table is no part of a link.
              ${
                this.chosen.has('table')
                  ? 'Without the controls of tables, whoever opens it cannot open one.'
                  : 'Whoever opens it brings one, and it takes these settings.'
              }
            </p>`
          : nothing
      }
      <input class="address" type="text" readonly aria-label="Link" .value=${this.#address} />
      <div class="buttons">
        <button type="button" @click=${() => this.#dialog?.close()}>Close</button>
        <copy-button what="classroom link" .text=${() => this.#address}></copy-button>
      </div>
    `;
  }

  #renderChoice(name: HideableName) {
    const { label, sentence } = hideable[name];
    return html`<div class="choice">
      <input
        type="checkbox"
        id=${name}
        aria-describedby="${name}-says"
        .checked=${this.chosen.has(name)}
        @change=${(event: Event) => this.#choose(name, (event.target as HTMLInputElement).checked)}
      />
      <label for=${name}>${label}</label>
      <span class="muted small" id="${name}-says">${sentence}</span>
    </div>`;
  }

  get #address(): string {
    return this.page.link.addressOf(this.route, this.chosen);
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  readonly #open = () => {
    this.route = routeOf(location.hash);
    this.isOpen = true;
    this.#dialog?.showModal();
  };

  #choose(name: HideableName, isHidden: boolean): void {
    const chosen = new Set(this.chosen);
    if (isHidden) chosen.add(name);
    else chosen.delete(name);
    this.chosen = chosen;
  }
}

function valueOf(event: Event): string {
  return (event.target as HTMLSelectElement).value;
}

/** Escape closes the dialog, and does nothing else. */
function keepEscape(event: KeyboardEvent): void {
  if (event.key === 'Escape') event.stopPropagation();
}

customElements.define('classroom-link', ClassroomLink);
