import { css, html, LitElement, nothing } from 'lit';
import {
  alignedLatex,
  expandedLines,
  formulasOf,
  lettersOf,
  notationOf,
  rateValuesAt,
  type Formula,
  type StepEquation,
  type TrainingJob,
} from '../index.ts';
import './copy-button.ts';
import { countOf } from './format.ts';
import { mathStyles, renderEquations, renderMath } from './mathml.ts';
import { bringIntoView } from './scrolling.ts';
import { baseStyles, controlStyles, disclosureStyles } from './styles.ts';
import { partOfSection, titleOf, walkSections, type WalkSection } from './walk-names.ts';
import { rateText } from './walk-sentences.ts';

/** The equations of a network’s step: in general form, and entry by entry. */
export class EquationsCard extends LitElement {
  static override properties = {
    job: { attribute: false },
    inputCount: { type: Number },
    rowCount: { type: Number },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    mathStyles,
    disclosureStyles,
    css`
      .heading {
        align-items: center;
        flex-wrap: wrap;
      }
      .intro {
        max-width: 84ch;
        margin-bottom: 16px;
      }
      h2:focus {
        outline: none;
      }
      .parts {
        columns: 3 360px;
        column-gap: 32px;
      }
      .parts > div + div {
        margin-top: 20px;
      }
      h3 {
        margin-bottom: 8px;
        break-after: avoid;
      }
      .of {
        break-inside: avoid;
        padding: 8px 0;
        border-top: 1px solid var(--line);
      }
      summary {
        min-height: 28px;
        font-size: 12px;
        color: var(--muted);
      }
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 4px 16px;
        margin: 0;
      }
      dt,
      dd {
        margin: 0;
      }
      @media (pointer: coarse), (max-width: 719px) {
        summary {
          min-height: 40px;
        }
      }
    `,
  ];

  declare job: TrainingJob;
  declare inputCount: number;
  /** Rows of a batch. */
  declare rowCount: number;

  override render() {
    const equations = formulasOf(this.job).filter(({ formulas }) => formulas.length > 0);
    return html`<section class="card" aria-labelledby="equations">
      <div class="heading">
        <h2 id="equations" tabindex="-1">Equations of this network</h2>
        <copy-button what="as LaTeX" .text=${() => this.#latex()}></copy-button>
      </div>
      <p class="muted intro">${this.#introduction}</p>
      <div class="parts">
        ${walkSections.map((section) => this.#renderPart(section, equations))}
        <div>
          <h3>Letters</h3>
          ${this.#renderLetters()}
        </div>
      </div>
    </section>`;
  }

  /** Brings the equations into view, and whoever goes on by keyboard with them. */
  goTo(): void {
    bringIntoView(this);
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
  }

  get #introduction(): string {
    const letters = notationOf(this.job).isNotebook
      ? 'In the notebook’s letters'
      : 'Layers are numbered from 1 on; X are the inputs and T the targets';
    return (
      `${letters}. A dot is the matrix product, ∘ multiplies entry by entry; functions, squares and products ` +
      'without a sign go entry by entry, too. A prime is what the step leaves.'
    );
  }

  #renderPart(section: WalkSection, equations: readonly StepEquation[]) {
    return html`<div>
      <h3>${section}</h3>
      ${partOfSection(section, equations).map((equation) => this.#renderEquation(equation))}
    </div>`;
  }

  #renderEquation(equation: StepEquation) {
    const title = titleOf(equation, this.job);
    const { lines, notShownCount } = this.#expanded(equation);
    return html`<div class="of">
      <p class="muted small">${title}</p>
      ${renderEquations(equation.formulas, `Equation: ${title}`)}
      <details>
        <summary>Entry by entry</summary>
        ${renderEquations(lines, `Entry by entry: ${title}`)}
        ${
          notShownCount > 0
            ? html`<p class="muted small">Not shown: ${countOf(notShownCount, 'line')}.</p>`
            : nothing
        }
      </details>
    </div>`;
  }

  #renderLetters() {
    const rates = rateValuesAt(this.job, 0);
    return html`<dl>
      ${lettersOf(this.job).map(({ symbol, meaning, rate }) => {
        // What changes from step to step is of a step, and not of the network.
        const isSet =
          rate !== undefined && rate !== 'updateCount' && !(rate === 'learningRate' && this.job.schedule);
        return html`<dt>${renderMath(symbol)}</dt>
          <dd>
            ${meaning}${isSet ? html`, <span class="number">${rateText(rates[rate])}</span>` : nothing}
          </dd>`;
      })}
    </dl>`;
  }

  #expanded(equation: StepEquation) {
    return expandedLines(this.job, this.inputCount, this.rowCount, equation);
  }

  /** Both forms, part by part. */
  #latex(): string {
    const equations = formulasOf(this.job);
    return walkSections
      .flatMap((section) => {
        const part = partOfSection(section, equations);
        const general = part.flatMap(({ formulas }) => formulas);
        const expanded = part.map((each) => this.#expanded(each).lines).filter((lines) => lines.length > 0);
        return [
          `% ${section}`,
          alignedLatex(general),
          ...expanded.map((lines: readonly Formula[]) => alignedLatex(lines)),
        ];
      })
      .join('\n');
  }
}

customElements.define('equations-card', EquationsCard);
