import { css, html, nothing } from 'lit';
import './choice-switch.ts';
import './export-panel.ts';
import './predict-panel.ts';
import { PageElement } from './page-element.ts';
import type { Run, RunKey } from './run.ts';
import { shortRunLabel } from './sentences.ts';
import { baseStyles } from './styles.ts';

/** The network of a run, to be used or handed on. */
class RunModels extends PageElement {
  static override properties = { ...PageElement.properties, kind: {}, chosen: { state: true } };

  static override styles = [
    baseStyles,
    css`
      choice-switch {
        display: block;
        margin-bottom: 16px;
      }
    `,
  ];

  declare kind: 'use' | 'download';
  declare private chosen: RunKey | undefined;

  override render() {
    const { page, kind } = this;
    const runs = page.state.shownRuns.filter(({ report }) => report);
    const run = runs.find(({ key }) => key === this.chosen) ?? runs[runs.length - 1];
    if (!run?.report || run.id === undefined || (page.state.isTraining && page.state.activity !== 'paused')) {
      return html`<p class="muted">The trained network is here when the run pauses or ends.</p>`;
    }
    if (!run.report.parameters.every(Number.isFinite)) {
      return html`<p class="muted">The run diverged: there is nothing to use of it.</p>`;
    }
    const source = { run: run.id, name: run.table.name };
    return html`
      ${runs.length > 1 ? this.#renderChoice(runs, run) : nothing}
      ${
        kind === 'use'
          ? html`<predict-panel .page=${page} .source=${source} .version=${run.report}></predict-panel>`
          : html`<export-panel .page=${page} .source=${source} .version=${run.report}></export-panel>`
      }
    `;
  }

  #renderChoice(runs: readonly Run[], shown: Run) {
    return html`<choice-switch
      legend="Network of"
      .names=${runs.map((run) => shortRunLabel(this.page.state, run))}
      .chosen=${runs.indexOf(shown)}
      @choose=${({ detail }: CustomEvent<number>) => (this.chosen = runs[detail].key)}
    ></choice-switch>`;
  }
}

customElements.define('run-models', RunModels);
