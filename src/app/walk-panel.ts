import { css, html, LitElement, nothing } from 'lit';
import {
  notationOf,
  type Excerpt,
  type Listing,
  type StepEquation,
  type TracedEntry,
  type TracedPlace,
  type TraceSource,
} from '../index.ts';
import type { WalkMatrix, WalkSheet } from '../worker/client.ts';
import { mathStyles, renderEquations, renderMath } from './mathml.ts';
import { baseStyles, disclosureStyles } from './styles.ts';
import './walk-matrix.ts';
import type { WalkMatrixElement, WalkPage } from './walk-matrix.ts';
import { givenText, shapeText, titleOf, type TableNames } from './walk-names.ts';
import {
  computationText,
  greatestText,
  sourcesSentence,
  threeValues,
  type SentencePart,
  type ValueName,
} from './walk-sentences.ts';

/**
 * One matrix of a step: its name, its equation, its values, and the lines that computed it. Says `source` with the place
 * of a matrix that is to be gone to.
 */
export class WalkPanel extends LitElement {
  static override properties = {
    sheet: { attribute: false },
    matrix: { attribute: false },
    names: { attribute: false },
    equation: { attribute: false },
    listing: { attribute: false },
    shown: {},
    chosen: { attribute: false },
    source: { attribute: false },
  };

  static override styles = [
    baseStyles,
    mathStyles,
    disclosureStyles,
    css`
      .card {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
        height: 100%;
        align-content: start;
        padding: 16px;
      }
      header {
        display: flex;
        align-items: baseline;
        flex-wrap: wrap;
        gap: 4px 12px;
      }
      h3 {
        display: flex;
        align-items: baseline;
        gap: 10px;
      }
      h3 math {
        font-size: 18px;
      }
      .shape {
        margin-left: auto;
      }
      /* Without a gap of its own as long as it says nothing. */
      .status {
        display: contents;
      }
      .chosen {
        display: grid;
        gap: 4px;
        padding: 8px 12px;
        border-left: 3px solid var(--ink);
        background: var(--well);
        overflow-wrap: anywhere;
      }
      .lines {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr));
        gap: 12px;
        margin-top: 8px;
      }
      .lines > div {
        min-width: 0;
      }
      .chosen button {
        padding: 0;
        border: 0;
        background: none;
        color: inherit;
        font: inherit;
        text-decoration: underline;
        text-underline-offset: 3px;
        cursor: pointer;
      }
      pre {
        margin: 4px 0 0;
        padding: 8px;
        overflow: auto;
        border-radius: 8px;
        background: var(--well);
        font: 12px/18px var(--code);
        tab-size: 2;
      }
      summary {
        min-height: 28px;
        font-size: 12px;
      }
      @media (pointer: coarse), (max-width: 719px) {
        summary {
          min-height: 40px;
        }
        .chosen button {
          padding-block: 10px;
        }
      }
      @media (max-width: 719px) {
        .card {
          padding: 12px;
        }
        h3 {
          gap: 8px;
        }
        .shape {
          margin-left: 0;
        }
        :host(.narrow) .equations math {
          font-size: 14px;
        }
      }
    `,
  ];

  declare sheet: WalkSheet;
  declare matrix: WalkMatrix;
  /** Of the table. */
  declare names: TableNames | undefined;
  declare equation: StepEquation | undefined;
  declare listing: Listing | undefined;
  declare shown: ValueName;
  /** The entry that is looked at, of whichever matrix. */
  declare chosen: TracedEntry | undefined;
  declare source: TraceSource | undefined;

  override render() {
    const { sheet, matrix, equation, shown } = this;
    const title = titleOf(matrix, sheet.job);
    const given = givenText(matrix, sheet);
    const formulas = equation?.formulas ?? [];
    const greatest = greatestText(matrix);
    return html`<article class="card" aria-label=${title}>
      <header>
        <h3>${renderMath(notationOf(sheet.job).symbol(matrix))}<span>${title}</span></h3>
        <span class="muted small number shape">${shapeText(matrix)}</span>
      </header>
      ${
        formulas.length === 0
          ? html`<p class="muted small">${given}</p>`
          : renderEquations(formulas, `Equation: ${title}`)
      }
      <walk-matrix
        .sheet=${sheet}
        .matrix=${matrix}
        .names=${this.names}
        label=${title}
        shown=${shown}
        .chosen=${isAt(matrix, this.chosen) ? this.chosen : undefined}
        .source=${this.source}
        @choose=${({ detail }: CustomEvent<Pick<TracedEntry, 'row' | 'column'> | undefined>) =>
          this.#say('choose', detail && { quantity: matrix.quantity, layer: matrix.layer, ...detail })}
        @turn=${({ detail }: CustomEvent<WalkPage>) => this.#say('turn', detail)}
      ></walk-matrix>
      ${greatest ? html`<p class="muted small number">${greatest}</p>` : nothing} ${this.#renderChosen()}
      ${this.#renderLines()}
    </article>`;
  }

  #renderChosen() {
    const { sheet, matrix, chosen, shown } = this;
    const isHere = isAt(matrix, chosen);
    const which = shown === 'float64' || !matrix.gpu ? 'float64' : 'gpu';
    // In place before it says anything: only what changes in it is read out.
    return html`<div class="status" role="status">
      ${
        isHere && chosen
          ? html`<div class="chosen number">
              <p>${computationText(sheet, chosen, which)}</p>
              <p class="small">${sourcesSentence(sheet, chosen).map((part) => this.#renderPart(part))}</p>
              <p class="small muted">${threeValues(matrix, chosen)}</p>
            </div>`
          : nothing
      }
    </div>`;
  }

  #renderPart({ text, place }: SentencePart) {
    if (!place) return text;
    return html`<button type="button" @click=${() => this.#say('source', place)}>${text}</button>`;
  }

  /** Brings what of it the chosen entry was made of into view. */
  goToSource(): void {
    this.renderRoot.querySelector<WalkMatrixElement>('walk-matrix')?.goToSource();
  }

  #renderLines() {
    const { listing } = this;
    if (!listing) return nothing;
    return html`<details @toggle=${this.#onToggle}>
      <summary>The lines that computed it</summary>
      <div class="lines">
        ${renderListed('WGSL', listing.wgsl)} ${renderListed('Its twin in TypeScript', listing.twin)}
      </div>
    </details>`;
  }

  /** Code needs more room than a column of numbers. */
  readonly #onToggle = ({ target }: Event) =>
    this.toggleAttribute('opened', (target as HTMLDetailsElement).open);

  #say(what: 'choose' | 'turn' | 'source', detail: TracedEntry | TracedPlace | WalkPage | undefined): void {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }
}

function renderListed(name: string, { file, firstLine, text }: Excerpt) {
  return html`<div>
    <p class="small">${name} <span class="muted">${file}:${firstLine}</span></p>
    <pre tabindex="0" role="region" aria-label="${name}, ${file}">${text}</pre>
  </div>`;
}

function isAt({ quantity, layer }: TracedPlace, entry: TracedEntry | undefined): boolean {
  return entry?.quantity === quantity && entry.layer === layer;
}

customElements.define('walk-panel', WalkPanel);
