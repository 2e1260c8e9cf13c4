import { css, html, nothing } from 'lit';
import './choice-switch.ts';
import './measures-panel.ts';
import { PageElement } from './page-element.ts';
import type { RunKey } from './run.ts';
import { shortRunLabel } from './sentences.ts';
import { baseStyles } from './styles.ts';

/** The measures of one of the runs on the page. */
class RunMeasures extends PageElement {
  static override properties = { ...PageElement.properties, chosen: { state: true } };

  static override styles = [
    baseStyles,
    css`
      choice-switch {
        margin-bottom: 12px;
      }
    `,
  ];

  declare private chosen: RunKey | undefined;

  override render() {
    const runs = this.page.state.shownRuns.filter(({ assessment }) => assessment);
    const shown = runs.find(({ key }) => key === this.chosen) ?? runs[runs.length - 1];
    return html`
      ${
        runs.length > 1 && shown
          ? html`<choice-switch
              legend="Measures of"
              .names=${runs.map((run) => shortRunLabel(this.page.state, run))}
              .chosen=${runs.indexOf(shown)}
              @choose=${(event: CustomEvent<number>) => (this.chosen = runs[event.detail].key)}
            ></choice-switch>`
          : nothing
      }
      <measures-panel
        .assessment=${shown?.assessment}
        @threshold-change=${(event: CustomEvent<number>) => void this.page.training.setThreshold(event.detail)}
      ></measures-panel>
    `;
  }
}

customElements.define('run-measures', RunMeasures);
