import { css, html, nothing } from 'lit';
import './export-panel.ts';
import './predict-panel.ts';
import { PageElement } from './page-element.ts';
import type { Run, RunKey } from './run.ts';
import { shortRunLabel } from './sentences.ts';
import { baseStyles, controlStyles } from './styles.ts';

/** The network of a run, to be used or handed on. */
class RunModels extends PageElement {
  static override properties = { ...PageElement.properties, kind: {}, chosen: { state: true } };

  static override styles = [
    baseStyles,
    controlStyles,
    css`
      .switch {
        margin-bottom: 16px;
        max-width: 100%;
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
    return html`<fieldset class="switch">
      <legend class="screen-reader">Network of</legend>
      ${runs.map(
        (run) =>
          html`<label>
            <input
              type="radio"
              name="run"
              .checked=${run === shown}
              @change=${() => (this.chosen = run.key)}
            />${shortRunLabel(this.page.state, run)}
          </label>`,
      )}
    </fieldset>`;
  }
}

customElements.define('run-models', RunModels);
