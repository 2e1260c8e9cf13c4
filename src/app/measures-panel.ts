import { css, html, LitElement, nothing } from 'lit';
import type { PartName } from '../index.ts';
import type { AssessmentReport } from '../worker/assessment-report.ts';
import './choice-switch.ts';
import './class-measures.ts';
import './confusion-matrix.ts';
import './measures-table.ts';
import './prediction-plot.ts';
import './threshold-slider.ts';
import { classesOf, classNames, mostHonest, quoted, scoreSentence } from './measures-sentences.ts';
import { baseStyles } from './styles.ts';

/**
 * How well a run does on each part of its table, and whether that is better than what takes no network. Says
 * `threshold-change` with a number from 0 to 1 when a person moves the threshold.
 */
class MeasuresPanel extends LitElement {
  static override properties = {
    assessment: { attribute: false },
    chosenOutput: { state: true },
    chosenPart: { state: true },
  };

  static override styles = [
    baseStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      .score {
        max-width: 92ch;
        text-wrap: pretty;
      }
      section {
        margin-top: 8px;
      }
      .heading {
        flex-wrap: wrap;
        align-items: center;
        justify-content: flex-start;
        gap: 8px 16px;
      }
      h3 {
        overflow-wrap: anywhere;
      }
      .beside {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-start;
        gap: 24px 48px;
      }
      .beside > * {
        min-width: 0;
        max-width: 100%;
      }
      @media (max-width: 719px) {
        class-measures {
          width: 100%;
        }
      }
    `,
  ];

  /** Undefined until a run can be measured. */
  declare assessment: AssessmentReport | undefined;
  declare private chosenOutput: number;
  declare private chosenPart: PartName | undefined;

  constructor() {
    super();
    this.chosenOutput = 0;
  }

  override render() {
    const { assessment } = this;
    if (!assessment) return html`<p class="muted">Measures appear here when the run pauses or ends.</p>`;
    const { task, threshold, parts } = assessment;
    const output = this.#outputOf(assessment);
    return html`
      ${
        // The first output's stands above the details already.
        output > 0 ? html`<p class="score number">${scoreSentence(assessment, output)}</p>` : nothing
      }
      ${this.#renderOutputChoice(assessment, output)}
      <measures-table .assessment=${assessment} .output=${output}></measures-table>
      ${
        task === 'binary'
          ? html`<threshold-slider .value=${threshold} .names=${classNames(assessment)}></threshold-slider>`
          : nothing
      }
      ${
        task === 'regression'
          ? html`<section>
              <div class="heading">
                <h3>Predicted against actual: ${quoted(assessment.outputNames[output])}</h3>
              </div>
              <prediction-plot .assessment=${assessment} .output=${output}></prediction-plot>
            </section>`
          : this.#renderClasses(assessment, parts.length > 1)
      }
    `;
  }

  /** Of another table there may be fewer. */
  #outputOf({ task, outputNames }: AssessmentReport): number {
    return task !== 'classification' && this.chosenOutput < outputNames.length ? this.chosenOutput : 0;
  }

  #renderOutputChoice({ task, outputNames }: AssessmentReport, output: number) {
    if (task === 'classification' || outputNames.length < 2) return nothing;
    return html`<choice-switch
      legend="Output"
      .names=${outputNames}
      .chosen=${output}
      @choose=${({ detail }: CustomEvent<number>) => (this.chosenOutput = detail)}
    ></choice-switch>`;
  }

  #renderClasses(assessment: AssessmentReport, isChoice: boolean) {
    const { parts } = assessment;
    const report = parts.find(({ part }) => part === this.chosenPart) ?? mostHonest(parts);
    const measures = classesOf(report.network, this.#outputOf(assessment));
    if (!measures) return nothing;
    const names = classNames(assessment);
    return html`<section>
      <div class="heading">
        <h3>Class by class${isChoice ? '' : `, ${report.part} rows`}</h3>
        ${
          isChoice
            ? html`<choice-switch
                legend="Part of the table"
                .names=${parts.map(({ part }) => part)}
                .chosen=${parts.indexOf(report)}
                @choose=${({ detail }: CustomEvent<number>) => (this.chosenPart = parts[detail].part)}
              ></choice-switch>`
            : nothing
        }
      </div>
      <div class="beside">
        <confusion-matrix .measures=${measures} .names=${names}></confusion-matrix>
        <class-measures .measures=${measures} .names=${names}></class-measures>
      </div>
    </section>`;
  }
}

customElements.define('measures-panel', MeasuresPanel);
