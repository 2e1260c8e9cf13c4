import { css, html, nothing } from 'lit';
import { count, unbroken } from './format.ts';
import { scoreSentence } from './measures-sentences.ts';
import { PageElement } from './page-element.ts';
import { describeJob, overfittingSentence, verdictSentence } from './sentences.ts';
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
      .stale {
        max-width: none;
        padding: 8px 12px;
        border-radius: 8px;
        background: var(--well);
      }
      .stale strong {
        font-weight: 600;
      }
      a {
        color: inherit;
        text-underline-offset: 2px;
      }
      .way-out {
        grid-column: 2;
        justify-self: start;
        margin-top: 8px;
      }
      /* While something runs: room for what it will say, so that nothing moves. */
      .reserved.both p {
        min-height: 40px;
      }
      .reserved.three p {
        min-height: 60px;
      }
      @media (max-width: 719px) {
        .card {
          align-content: start;
        }
        .reserved {
          min-height: 196px;
        }
        .line {
          grid-template-columns: minmax(0, 1fr);
        }
        .way-out {
          grid-column: 1;
        }
        .reserved.both {
          min-height: 252px;
        }
        .reserved.three {
          min-height: 324px;
        }
        .reserved p {
          min-height: 40px;
        }
      }
    `,
  ];

  override render() {
    const { state } = this.page;
    const verdict = verdictSentence(state);
    const isOfThree = state.shownRuns.length === 3 || (state.isComparing && state.table?.sample === 'or');
    const room = [state.isIdle ? '' : 'reserved', state.isComparing ? 'both' : '', isOfThree ? 'three' : ''];
    return html`
      <section class="card ${room.join(' ')}" aria-label="Result">
        ${state.isStale && !state.isTraining ? this.#renderStale() : nothing}
        <div class="line">
          <h2>Verdict</h2>
          <p class="number">
            <verdict-mark .holds=${verdict.holds} .isWarning=${verdict.isWarning}></verdict-mark
            >${unbroken(verdict.text)}
          </p>
          ${this.#renderWayOut()}
        </div>
        ${this.#renderScore()}
        <div class="line">
          <h2>Timing</h2>
          <p class="number">${unbroken(timingSentence(state))}</p>
        </div>
        ${this.#renderWaysOn()}
      </section>
    `;
  }

  /** Where the run can be looked at from nearby. */
  #renderWaysOn() {
    const { state, link } = this.page;
    if (state.hidden.has('pages')) return nothing;
    return html`<div class="line">
      <h2>See it</h2>
      <p>
        <a href=${link.fragmentOf('#inside') || '#inside'}>Look inside</a>, at any step of the run, or
        <a href=${link.fragmentOf('#by-hand') || '#by-hand'}>walk through one</a>, every matrix of it.
      </p>
    </div>`;
  }

  /** How good it is; on the notebook’s four rows there is nothing to be good at. */
  #renderScore() {
    const { state } = this.page;
    const run = state.runs.gpu ?? state.shownRuns[0];
    const assessment = run?.assessment;
    if (!assessment || state.isNotebook) return nothing;
    return html`<div class="line">
      <h2>Score</h2>
      <p class="number">${unbroken(scoreSentence(assessment))} ${overfittingSentence(run)}</p>
    </div>`;
  }

  #renderStale() {
    const { shownRuns, table } = this.page.state;
    const [run] = shownRuns;
    if (run && run.table.key !== table?.key) {
      return html`<p class="stale">
        <strong>Of earlier columns</strong>. Train again for the columns as they are now.
      </p>`;
    }
    const job = run?.job;
    const what = job && `${describeJob(job)} · ${count(job.steps)} steps · seed ${job.networks[0].seed}`;
    return html`<p class="stale number">
      <strong>Of earlier settings</strong>: ${what}. Train again for the present ones.
    </p>`;
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
