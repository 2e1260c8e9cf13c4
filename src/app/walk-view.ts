import { css, html, nothing } from 'lit';
import {
  formulasOf,
  listingOf,
  type StepEquation,
  type TracedEntry,
  type TracedPlace,
  type TraceSource,
  type TrainingJob,
} from '../index.ts';
import type { WalkMatrix, WalkSheet, WalkWindows } from '../worker/client.ts';
import './choice-switch.ts';
import './equations-card.ts';
import type { EquationsCard } from './equations-card.ts';
import { countOf } from './format.ts';
import { formulaText } from './formula-text.ts';
import { PageElement } from './page-element.ts';
import './run-card.ts';
import { bringIntoView } from './scrolling.ts';
import { baseStyles, controlStyles } from './styles.ts';
import './time-slider.ts';
import type { WalkPage } from './walk-matrix.ts';
import {
  partOfSection,
  trainingRowAt,
  walkSections,
  type TableNames,
  type WalkSection,
} from './walk-names.ts';
import './walk-panel.ts';
import type { WalkPanel } from './walk-panel.ts';
import { hasEntry, sheetSentence, sourcesIn, valueNames, type ValueName } from './walk-sentences.ts';

const valueLabels: Readonly<Record<ValueName, string>> = {
  gpu: 'float32',
  float64: 'float64',
  difference: 'difference',
};

/** Of the contents, which stay at the top of the screen, and a gap. */
const CONTENTS_HEIGHT = '56px';

/** A matrix with more columns takes the room of two. */
const NARROW_COLUMNS = 4;
/** Characters of an equation that fits half a phone: fractions are written one above the other there. */
const SHORT_FORMULA = 24;

/** One step of the run by hand: every matrix of it, in the order it is computed. */
class WalkView extends PageElement {
  static override properties = {
    ...PageElement.properties,
    shown: { state: true },
    chosen: { state: true },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    css`
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
        max-width: 1440px;
        margin: 0 auto;
        padding: 20px 24px 48px;
      }
      .about {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 8px 24px;
      }
      .about > div {
        display: grid;
        gap: 4px;
        max-width: 84ch;
      }
      .part {
        display: grid;
        gap: 12px;
      }
      .part > h2 {
        margin-top: 8px;
      }
      .matrices {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 380px), 1fr));
        gap: 12px;
      }
      @media (min-width: 860px) {
        .wide {
          grid-column: span 2;
        }
      }
      nav {
        position: sticky;
        z-index: 4;
        top: 0;
        display: flex;
        gap: 4px;
        margin: 0 -24px;
        padding: 8px 16px;
        background: var(--paper);
      }
      nav button {
        padding: 0 8px;
        border-color: transparent;
        background: none;
        color: var(--muted);
      }
      .part > h2:focus {
        outline: none;
      }
      @media (max-width: 719px) {
        /* Room for the bar at the bottom. */
        main {
          padding: 12px 12px 196px;
          gap: 12px;
        }
        nav {
          justify-content: space-between;
          margin: 0 -12px;
          padding: 4px 8px;
        }
        /* Columns of numbers go side by side. */
        .matrices {
          grid-template-columns: repeat(2, minmax(0, 1fr));
          gap: 8px;
        }
        walk-panel:not(.narrow),
        walk-panel[opened] {
          grid-column: 1 / -1;
        }
      }
      @media (max-width: 374px) {
        .matrices {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  declare private shown: ValueName;
  declare private chosen: TracedEntry | undefined;
  #unwatch: (() => void) | undefined;

  constructor() {
    super();
    this.shown = 'gpu';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // What has the focus does not lie behind the contents.
    document.documentElement.style.scrollPaddingTop = CONTENTS_HEIGHT;
  }

  override willUpdate(): void {
    super.willUpdate();
    this.#unwatch ??= this.page.walks.watch(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.documentElement.style.scrollPaddingTop = '';
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  override render() {
    const { state, walks } = this.page;
    const { sheet } = walks;
    // Not the sheet's, which is another object with every step: equations are written once.
    const job = state.currentRun?.job ?? state.job;
    const prepared = state.table?.open.prepared;
    const inputCount = sheet?.inputCount ?? prepared?.inputCount;
    const trainingRows = prepared?.rowCounts.training ?? 0;
    const rowCount = sheet?.rowCount ?? Math.min(job.batchSize ?? trainingRows, trainingRows);
    return html`<main>
      <run-card .page=${this.page}></run-card>
      <time-slider .page=${this.page}></time-slider>
      ${sheet ? [this.#renderContents(), this.#renderSheet(sheet)] : this.#renderEmpty()}
      ${
        inputCount === undefined
          ? nothing
          : html`<equations-card
              .job=${job}
              .inputCount=${inputCount}
              .rowCount=${rowCount}
            ></equations-card>`
      }
    </main>`;
  }

  #renderEmpty() {
    const { problem } = this.page.walks;
    return html`<section class="card" aria-label="No step yet">
      ${
        problem === undefined
          ? html`<p>
              There is no step to look at yet. Train, and every matrix of any step stands here, with the
              equation and the lines that computed it.
            </p>`
          : html`<p class="fails" role="alert">${problem}</p>`
      }
    </section>`;
  }

  /** The page is long. */
  #renderContents() {
    return html`<nav aria-label="Parts of the step">
      ${walkSections.map(
        (section) => html`<button type="button" @click=${() => this.#goTo(section)}>${section}</button>`,
      )}
      <button
        type="button"
        @click=${() => this.renderRoot.querySelector<EquationsCard>('equations-card')?.goTo()}
      >
        Equations
      </button>
    </nav>`;
  }

  #goTo(section: WalkSection): void {
    const heading = this.renderRoot.querySelector<HTMLElement>(`#${section}`);
    if (heading?.parentElement) bringIntoView(heading.parentElement);
    heading?.focus({ preventScroll: true });
  }

  #renderSheet(sheet: WalkSheet) {
    const hasGpu = sheet.matrices.some(({ gpu }) => gpu);
    const shown = hasGpu ? this.shown : 'float64';
    const equations = formulasOf(sheet.job);
    const sources = this.chosen && hasEntry(sheet, this.chosen) ? sourcesIn(sheet, this.chosen) : [];
    return html`
      <section class="card about" aria-label="The step that is shown">
        <div>
          <p>${sheetSentence(sheet)}</p>
          <p class="muted small number">
            A batch of ${countOf(sheet.rowCount, 'row')}; learning rate ${sheet.rates.learningRate}. Choose an
            entry to see what it was made of.
            ${isShuffled(sheet) ? 'In brackets: where a row stands among the training rows.' : nothing}
          </p>
        </div>
        ${
          hasGpu
            ? html`<choice-switch
                legend="Values that are shown"
                .names=${valueNames.map((name) => valueLabels[name])}
                .chosen=${valueNames.indexOf(shown)}
                @choose=${({ detail }: CustomEvent<number>) => (this.shown = valueNames[detail])}
              ></choice-switch>`
            : nothing
        }
      </section>
      ${walkSections.map((section) => this.#renderPart(section, sheet, { shown, equations, sources }))}
    `;
  }

  #renderPart(
    section: WalkSection,
    sheet: WalkSheet,
    of: { shown: ValueName; equations: readonly StepEquation[]; sources: readonly TraceSource[] },
  ) {
    return html`<section class="part" aria-labelledby=${section}>
      <h2 id=${section} tabindex="-1">${section}</h2>
      <div class="matrices">
        ${partOfSection(section, sheet.matrices).map((matrix) => this.#renderPanel(matrix, sheet, of))}
      </div>
    </section>`;
  }

  #renderPanel(
    matrix: WalkMatrix,
    sheet: WalkSheet,
    {
      shown,
      equations,
      sources,
    }: { shown: ValueName; equations: readonly StepEquation[]; sources: readonly TraceSource[] },
  ) {
    const equation = equations.find((each) => isSamePlace(each, matrix));
    return html`<walk-panel
      class=${sizeOf(matrix, equation)}
      .sheet=${sheet}
      .matrix=${matrix}
      .names=${this.#names}
      .equation=${equation}
      .listing=${listingAt(matrix, sheet.job)}
      shown=${shown}
      .chosen=${this.chosen}
      .source=${sources.find((each) => isSamePlace(each, matrix))}
      @choose=${({ detail }: CustomEvent<TracedEntry | undefined>) => (this.chosen = detail)}
      @source=${({ detail }: CustomEvent<TracedPlace>) => this.#goToSource(detail)}
      @turn=${({ detail }: CustomEvent<WalkPage>) => this.#turn(sheet, detail)}
    ></walk-panel>`;
  }

  /** Of the table that the run was trained on. */
  get #names(): TableNames | undefined {
    const { currentRun, table } = this.page.state;
    return (currentRun?.table ?? table)?.open.prepared;
  }

  #goToSource(place: TracedPlace): void {
    for (const panel of this.renderRoot.querySelectorAll<WalkPanel>('walk-panel'))
      if (isSamePlace(panel.matrix, place)) panel.goToSource();
  }

  #turn({ windows }: WalkSheet, { axis, first }: WalkPage): void {
    if (axis === 'one') return;
    const wanted: WalkWindows =
      axis === 'batch'
        ? { ...windows, firstRow: first }
        : { ...windows, firstUnits: windows.firstUnits.with(axis, first) };
    this.page.walks.load(wanted);
  }
}

/** The lines that computed a matrix; undefined for what is given. */
function listingAt({ quantity, layer }: TracedPlace, { layers, loss, optimizer }: TrainingJob) {
  const { activation } = layers[layer];
  const [isFirst, isOutput] = [layer === 0, layer === layers.length - 1];
  return listingOf(quantity, { isFirst, isOutput, activation, loss, optimizer });
}

/** A single column goes beside another on a phone, where its equation fits there. */
function sizeOf({ columns, shownColumns }: WalkMatrix, equation: StepEquation | undefined): string {
  if (shownColumns.count > NARROW_COLUMNS) return 'wide';
  const [formula, ...others] = equation?.formulas ?? [];
  const isShort = others.length === 0 && (!formula || formulaText(formula).length <= SHORT_FORMULA);
  return columns === 1 && isShort ? 'narrow' : '';
}

/** Rows of the batch do not stand in the order of the table. */
function isShuffled(sheet: WalkSheet): boolean {
  return Array.from(sheet.shownRows, (_, i) => i + sheet.windows.firstRow).some(
    (row) => trainingRowAt(row, sheet) !== undefined,
  );
}

function isSamePlace(a: TracedPlace, b: TracedPlace): boolean {
  return a.quantity === b.quantity && a.layer === b.layer;
}

customElements.define('walk-view', WalkView);
