import { css, html } from 'lit';
import './copy-button.ts';
import { PageElement } from './page-element.ts';
import { runLabel } from './sentences.ts';
import { baseStyles } from './styles.ts';

/** The log of each run, exactly as the notebook prints it. */
class LogPanel extends PageElement {
  static override styles = [
    baseStyles,
    css`
      .logs {
        display: flex;
        flex-wrap: wrap;
        gap: 20px 48px;
        margin-bottom: 16px;
      }
      h3 {
        margin-bottom: 8px;
      }
      pre {
        margin: 0;
        max-width: 100%;
        overflow-x: auto;
        font: 13px/20px var(--code);
      }
    `,
  ];

  override render() {
    const { state } = this.page;
    const runs = state.shownRuns.filter(({ report }) => report);
    if (runs.length === 0)
      return html`<p class="muted">The log appears here when the run pauses or ends.</p>`;
    const text = () =>
      runs.map((run) => [runLabel(state, run), ...(run.report?.log ?? [])].join('\n')).join('\n\n');
    return html`
      <div class="logs">
        ${runs.map(
          (run) =>
            html`<div>
              <h3 class=${run.path}>${runLabel(state, run)}</h3>
              <pre data-run=${run.key}>${run.report?.log.join('\n')}</pre>
            </div>`,
        )}
      </div>
      <copy-button what="log" .text=${text}></copy-button>
    `;
  }
}

customElements.define('log-panel', LogPanel);
