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
import { countOf } from './format.ts';
import { PageElement } from './page-element.ts';
import { baseStyles, controlStyles } from './styles.ts';
import './time-slider.ts';
import type { WalkPage } from './walk-matrix.ts';
import { partOfSection, walkSections, type WalkSection } from './walk-names.ts';
import './walk-panel.ts';
import { hasEntry, sheetSentence, sourcesIn, valueNames, type ValueName } from './walk-sentences.ts';

const valueLabels: Readonly<Record<ValueName, string>> = {
  gpu: 'float32',
  float64: 'float64',
  difference: 'difference',
};

/** A matrix with more columns takes the room of two. */
const NARROW_COLUMNS = 4;

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
      .empty {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 12px 24px;
      }
      @media (max-width: 719px) {
        main {
          padding: 12px 12px 48px;
          gap: 12px;
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

  override willUpdate(): void {
    super.willUpdate();
    this.#unwatch ??= this.page.walks.watch(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
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
      <time-slider .page=${this.page}></time-slider>
      ${sheet ? this.#renderSheet(sheet) : this.#renderEmpty()}
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
    return html`<section class="card empty" aria-label="No step yet">
      ${
        problem === undefined
          ? html`<p>
              There is no step to look at yet. Train, and every matrix of any step stands here, with the
              equation and the lines that computed it.
            </p>`
          : html`<p class="fails" role="alert">${problem}</p>`
      }
      ${this.#renderTrain()}
    </section>`;
  }

  /** As long as nothing was trained, that is what comes next. */
  #renderTrain() {
    const { state, training } = this.page;
    if (state.currentRun) return nothing;
    return html`<button
      type="button"
      class="primary"
      ?disabled=${!state.isIdle || !state.table || state.isBroken}
      @click=${() => training.press()}
    >
      Train
    </button>`;
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
        ${this.#renderTrain()}
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
      <h2 id=${section}>${section}</h2>
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
    return html`<walk-panel
      class=${matrix.shownColumns.count > NARROW_COLUMNS ? 'wide' : ''}
      .sheet=${sheet}
      .matrix=${matrix}
      .equation=${equations.find((each) => isSamePlace(each, matrix))}
      .listing=${listingAt(matrix, sheet.job)}
      shown=${shown}
      .chosen=${this.chosen}
      .source=${sources.find((each) => isSamePlace(each, matrix))}
      @choose=${({ detail }: CustomEvent<TracedEntry | undefined>) => (this.chosen = detail)}
      @turn=${({ detail }: CustomEvent<WalkPage>) => this.#turn(sheet, detail)}
    ></walk-panel>`;
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

function isSamePlace(a: TracedPlace, b: TracedPlace): boolean {
  return a.quantity === b.quantity && a.layer === b.layer;
}

customElements.define('walk-view', WalkView);
