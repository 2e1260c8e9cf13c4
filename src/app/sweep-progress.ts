import { css, html, LitElement } from 'lit';
import type { SweepReport } from '../worker/sweep-report.ts';
import { baseStyles } from './styles.ts';
import { progressTexts } from './sweep-sentences.ts';

/** How far a sweep is: one line and a thin bar. */
class SweepProgress extends LitElement {
  static override properties = {
    report: { attribute: false },
    msLeft: { attribute: false },
    isRunning: { attribute: false },
  };

  static override styles = [
    baseStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .track {
        height: 4px;
        margin-bottom: 8px;
        border-radius: 2px;
        background: var(--line);
        overflow: hidden;
      }
      .fill {
        height: 100%;
        background: var(--cpu);
        transform: scaleX(0);
        transform-origin: left;
      }
      .fill.gpu {
        background: var(--gpu);
      }
      p {
        min-height: 20px;
        overflow: hidden;
      }
      .parts {
        display: flex;
        flex-wrap: wrap;
        margin-left: -16px;
      }
      .parts > span {
        white-space: nowrap;
      }
      /* Out of sight at the beginning of a line. */
      .parts > span::before {
        content: '·' / '';
        display: inline-block;
        width: 16px;
        text-align: center;
      }
      /* As many lines as there can be: nothing below moves when a part comes or goes. */
      @container (max-width: 600px) {
        p {
          min-height: 32px;
          font-size: 12px;
          line-height: 16px;
        }
      }
    `,
  ];

  declare report: SweepReport;
  /** Undefined while it cannot be said. */
  declare msLeft: number | undefined;
  declare isRunning: boolean;

  get #share(): number {
    const { networkCount, overCount, stepsDone, steps } = this.report;
    // Networks that diverge leave steps that nobody takes.
    return overCount === networkCount ? 1 : Math.min(1, stepsDone / Math.max(1, steps));
  }

  override render() {
    const texts = progressTexts(this.report, this.msLeft, this.isRunning);
    return html`<div
        class="track"
        role="progressbar"
        aria-label="Sweep"
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${Math.round(100 * this.#share)}
        aria-valuetext=${texts.slice(0, 2).join(', ')}
      >
        <div class="fill ${this.report.adapter ? 'gpu' : ''}"></div>
      </div>
      <p class="muted number">
        <span class="parts">${texts.map((text) => html`<span>${text} </span>`)}</span>
      </p>`;
  }

  override updated(): void {
    const fill = this.renderRoot.querySelector('.fill') as HTMLElement;
    fill.style.transform = `scaleX(${this.#share})`;
  }
}

customElements.define('sweep-progress', SweepProgress);
