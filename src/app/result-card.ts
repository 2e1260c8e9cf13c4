import { css, html, nothing } from 'lit';
import { PageElement } from './page-element.ts';
import { verdictSentence } from './sentences.ts';
import { timingSentence } from './timing-sentences.ts';
import './verdict-mark.ts';
import { baseStyles, controlStyles } from './styles.ts';

/** One sentence of verdict, one sentence of timing. */
class ResultCard extends PageElement {
  static override styles = [
    baseStyles,
    controlStyles,
    css`
      .card {
        display: grid;
        gap: 12px;
        min-height: 94px;
        padding-top: 16px;
        padding-bottom: 16px;
      }
      .line {
        display: grid;
        grid-template-columns: 72px minmax(0, 1fr);
        gap: 0 12px;
      }
      h2 {
        color: var(--muted);
        font-weight: 500;
      }
      p {
        max-width: 92ch;
        min-height: 20px;
        text-wrap: pretty;
      }
      .way-out {
        grid-column: 2;
        justify-self: start;
        margin-top: 8px;
      }
      .both p {
        min-height: 40px;
      }
      .three p {
        min-height: 60px;
      }
      @media (max-width: 719px) {
        .card {
          min-height: 196px;
          align-content: start;
        }
        .line {
          grid-template-columns: minmax(0, 1fr);
        }
        .way-out {
          grid-column: 1;
        }
        .both {
          min-height: 252px;
        }
        .three {
          min-height: 352px;
        }
        p {
          min-height: 40px;
        }
      }
    `,
  ];

  override render() {
    const { state } = this.page;
    const verdict = verdictSentence(state);
    const isOfThree = state.shownRuns.length === 3 || (state.isComparing && state.table?.isSample);
    return html`
      <section
        class="card ${state.isComparing ? 'both' : ''} ${isOfThree ? 'three' : ''}"
        aria-label="Result"
      >
        <div class="line">
          <h2>Verdict</h2>
          <p class="number">
            <verdict-mark .holds=${verdict.holds} .isWarning=${verdict.isWarning}></verdict-mark
            >${verdict.text}
          </p>
          ${this.#renderWayOut()}
        </div>
        <div class="line">
          <h2>Timing</h2>
          <p class="number">${timingSentence(state)}</p>
        </div>
      </section>
    `;
  }

  /** What to do about a run whose device is gone; nothing, where the CPU has a whole run of its own. */
  #renderWayOut() {
    const { state, training } = this.page;
    const hasReference = state.runs.cpu?.stepCount === state.lostRun?.job.steps;
    if (!state.lostRun || hasReference) return nothing;
    return html`<button
      type="button"
      class="way-out"
      ?disabled=${!state.isIdle}
      @click=${() => training.continueOnCpu()}
    >
      Continue on the CPU
    </button>`;
  }
}

customElements.define('result-card', ResultCard);
