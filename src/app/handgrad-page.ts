import { css, html, nothing } from 'lit';
import './bench-view.ts';
import './details-card.ts';
import './inside-view.ts';
import './loss-card.ts';
import './model-card.ts';
import './network-card.ts';
import './notebook-view.ts';
import './notice-bar.ts';
import './page-header.ts';
import './result-card.ts';
import './run-card.ts';
import './sweep-view.ts';
import './table-card.ts';
import './walk-view.ts';
import { PageElement, type Page } from './page-element.ts';
import { PredictPanel } from './predict-panel.ts';
import { routeOf, type Route } from './routes.ts';
import { bringIntoView } from './scrolling.ts';
import { baseStyles, columnStyles } from './styles.ts';

/** Pages about the steps of a run, with a Train button. */
const SHOWS_STEPS: readonly Route[] = ['#inside', '#by-hand'];
/** Where nothing is set about the training, Enter means what is written there. */
const FIELDS = 'input, [role="option"], [role="row"], tr';
/** Elements that mean something else by Enter. */
const OWN_ENTER = 'button, a, summary, textarea, select, dialog, form, input[type="file"], [role="tab"]';

/** The page: its layout, the keys that work everywhere, and files dropped anywhere. */
export class HandgradPage extends PageElement {
  static override properties = {
    ...PageElement.properties,
    isDropTarget: { state: true },
    route: { state: true },
  };

  static override styles = [
    baseStyles,
    columnStyles,
    css`
      :host {
        min-height: 100vh;
      }
      .drop {
        position: fixed;
        inset: 12px;
        z-index: 20;
        display: grid;
        place-items: center;
        border: 2px dashed var(--ink);
        border-radius: 16px;
        background: color-mix(in srgb, var(--paper) 88%, transparent);
        font-weight: 600;
        pointer-events: none;
      }
      @media (max-width: 719px) {
        /* Room for the bar at the bottom. */
        main {
          padding: 12px 12px 196px;
        }
        /* Below the notice. */
        model-card {
          scroll-margin-top: 96px;
        }
      }
    `,
  ];

  declare private isDropTarget: boolean;
  declare private route: Route;
  readonly #listeners = new AbortController();
  #wasTraining = false;
  #modelId: number | undefined;
  /** The card that gets the focus when the Train page is shown next. */
  #wantsFocus: 'run-card' | 'model-card' | undefined;

  /** Shows the page. */
  static start(page: Page): void {
    const element = document.querySelector('handgrad-page') as HandgradPage;
    element.page = page;
    customElements.define('handgrad-page', HandgradPage);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { signal } = this.#listeners;
    this.route = routeOf(location.hash);
    window.addEventListener('hashchange', () => (this.route = routeOf(location.hash)), { signal });
    document.addEventListener('keydown', (event) => this.#onKey(event), { signal });
    document.addEventListener('dragover', (event) => this.#onDrag(event, true), { signal });
    document.addEventListener('dragleave', (event) => this.#onDrag(event, event.relatedTarget !== null), {
      signal,
    });
    document.addEventListener('drop', (event) => this.#onDrop(event), { signal });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listeners.abort();
  }

  override updated(): void {
    const { isTraining, model } = this.page.state;
    const isHidden = this.route !== '#train';
    if (isTraining && !this.#wasTraining) this.#bringIntoView('loss-card');
    else if (model && model.id !== this.#modelId && !isHidden) this.#bringIntoView('model-card');
    this.#wasTraining = isTraining;
    // Opened on a page of its own, it is brought into view when that is left.
    if (!model || !isHidden) this.#modelId = model?.id;
    if (!isHidden) this.#focusWanted();
  }

  /** Whoever opened something on the Sweep page goes on from there by keyboard, too. */
  #focusWanted(): void {
    if (this.#wantsFocus) this.renderRoot.querySelector<HTMLElement>(this.#wantsFocus)?.focus();
    this.#wantsFocus = undefined;
  }

  override render() {
    const { page } = this;
    const { state } = page;
    return html`
      <page-header .page=${page} route=${this.route}></page-header>
      <notice-bar .page=${page}></notice-bar>
      ${this.route === '#bench' ? html`<bench-view .page=${page}></bench-view>` : nothing}
      ${this.route === '#sweep' ? html`<sweep-view .page=${page} @opened=${this.#onOpened}></sweep-view>` : nothing}
      ${this.route === '#inside' ? html`<inside-view .page=${page}></inside-view>` : nothing}
      ${this.route === '#by-hand' ? html`<walk-view .page=${page}></walk-view>` : nothing}
      ${this.route === '#notebook' ? html`<notebook-view .page=${page}></notebook-view>` : nothing}
      <main data-activity=${state.activity} ?hidden=${this.route !== '#train'}>
        <div class="column">
          <table-card .page=${page}></table-card>
          <network-card .page=${page}></network-card>
        </div>
        <div class="column">
          <run-card .page=${page}></run-card>
          <model-card .page=${page} ?hidden=${!state.model}></model-card>
          <loss-card .page=${page}></loss-card>
          <result-card .page=${page} ?hidden=${!state.hasRuns}></result-card>
          <details-card .page=${page} ?hidden=${!state.hasRuns || state.hidden.has('details')}></details-card>
        </div>
      </main>
      <div class="screen-reader" role="status">${state.announcement}</div>
      ${this.isDropTarget ? html`<div class="drop">Drop a table, or a model that handgrad saved</div>` : ''}
    `;
  }

  /** What was opened is on the Train page. */
  #onOpened({ detail }: CustomEvent<'run-card' | 'model-card'>): void {
    this.#wantsFocus = detail;
    location.hash = this.page.link.fragmentOf('#train') || '#train';
    // Another page begins at its top.
    scrollTo(0, 0);
  }

  /** On a narrow screen it lies below the table: whoever trains, or opens a model, wants to see it. */
  #bringIntoView(element: 'loss-card' | 'model-card'): void {
    if (!matchMedia('(max-width: 959px)').matches) return;
    const card = this.renderRoot.querySelector(element);
    // Once the cards below it are there: until then the page is too short to scroll so far.
    requestAnimationFrame(() => card && bringIntoView(card));
  }

  /** Enter trains, Escape pauses, Escape again stops. */
  #onKey(event: KeyboardEvent): void {
    const [origin] = event.composedPath();
    const element = origin instanceof Element ? origin : document.body;
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || element.closest('dialog'))
      return;
    const { state, training, sweeps } = this.page;
    if (event.key === 'Enter' && !event.repeat && !element.closest(OWN_ENTER)) {
      if (this.route === '#sweep' && sweeps.phase !== 'running') sweeps.press();
      else if (this.route === '#train' && state.activity !== 'running') training.press();
      else if (SHOWS_STEPS.includes(this.route) && state.activity !== 'running' && !element.closest(FIELDS))
        training.press();
    } else if (event.key === 'Escape') {
      if (state.activity === 'running') training.pause();
      else if (state.activity === 'sweeping') sweeps.press();
      else if (this.route === '#sweep') sweeps.stop();
      else {
        training.stop();
        void this.page.bench.stop();
        this.page.notebook.stop();
      }
    }
  }

  #onDrag(event: DragEvent, isInside: boolean): void {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    // A part of the page that takes files of its own shows it itself.
    const takesFiles = !this.page.state.hidden.has('table');
    this.isDropTarget =
      takesFiles && isInside && !event.composedPath().some((part) => part instanceof PredictPanel);
  }

  #onDrop(event: DragEvent): void {
    this.isDropTarget = false;
    const file = event.dataTransfer?.files[0];
    if (!file || event.defaultPrevented) return;
    event.preventDefault();
    const { state } = this.page;
    if (state.hidden.has('table')) {
      state.update({ notice: 'This page keeps its table. Show all controls, and drop the file again.' });
      return;
    }
    void this.page.models.openFile(file);
  }
}
