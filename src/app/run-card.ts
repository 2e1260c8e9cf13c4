import { css, html, nothing } from 'lit';
import { outOfReach } from '../index.ts';
import { count, properMinus, timeLeft } from './format.ts';
import './path-switch.ts';
import { PageElement } from './page-element.ts';
import { canGoOn } from './run.ts';
import { shortRunLabel } from './sentences.ts';
import { baseStyles, controlStyles } from './styles.ts';

/** The path, Train, and how far it has come. On a phone path and Train stay at the bottom, under the thumb. */
class RunCard extends PageElement {
  static override styles = [
    baseStyles,
    controlStyles,
    css`
      .card {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      .bar {
        display: contents;
      }
      button {
        min-height: 40px;
      }
      .train {
        width: 112px;
        margin-right: 8px;
      }
      .others {
        display: flex;
        gap: 8px;
      }
      .later {
        visibility: hidden;
      }
      .progress {
        display: contents;
      }
      .track {
        order: 1;
        flex: 1 0 100%;
        height: 4px;
        margin-top: 8px;
        border-radius: 2px;
        background: var(--line);
        overflow: hidden;
      }
      .fill {
        height: 100%;
        background: var(--muted);
        transform-origin: left;
      }
      .fill.gpu {
        background: var(--gpu);
      }
      .fill.cpu {
        background: var(--cpu);
      }
      .state {
        order: 3;
        min-width: 256px;
        margin-left: auto;
        text-align: right;
        color: var(--muted);
      }
      .note {
        order: 2;
        flex: 1;
      }
      .advice {
        order: 4;
        flex: 1 0 100%;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
        padding: 8px 8px 8px 12px;
        border-radius: 8px;
        background: var(--well);
      }
      .advice p {
        flex: 1 1 200px;
      }
      @media (max-width: 719px) {
        .bar {
          position: fixed;
          z-index: 8;
          left: 0;
          right: 0;
          bottom: 0;
          display: grid;
          grid-template-columns: auto minmax(0, 1fr);
          gap: 8px;
          padding: 8px 12px calc(12px + env(safe-area-inset-bottom));
          border-top: 1px solid var(--line);
          background: var(--card);
        }
        .train:first-child {
          grid-column: 1 / -1;
        }
        .train {
          width: auto;
          min-height: 44px;
          margin: 0;
        }
        /* The whole width, so that full is seen to be full. */
        .progress {
          order: -1;
          grid-column: 1 / -1;
          display: grid;
          gap: 4px;
        }
        .track {
          margin: 0;
        }
        .state {
          order: 0;
          min-width: 0;
          margin: 0;
          font-size: 12px;
          line-height: 16px;
        }
        .note {
          flex: 1 0 100%;
        }
        .others {
          grid-column: 1 / -1;
        }
        .card:not(:has(.note, .advice)) {
          display: contents;
        }
        .others button {
          flex: 1;
          padding: 0 8px;
        }
      }
    `,
  ];

  protected override onStateChange(): void {
    this.requestUpdate();
  }

  override updated(): void {
    const { currentRun } = this.page.state;
    const share = currentRun ? currentRun.stepCount / currentRun.job.steps : 0;
    // Set here and not in the template: the page's policy allows no style attribute.
    const fill = this.renderRoot.querySelector<HTMLElement>('.fill');
    if (fill) fill.style.transform = `scaleX(${share})`;
  }

  /** Focus lies on Train. */
  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('.train')?.focus();
  }

  /** Whatever is going on: what was begun on another page, too. */
  #stop(): void {
    this.page.training.stop();
    void this.page.bench.stop();
    this.page.sweeps.stop();
    this.page.notebook.stop();
  }

  override render() {
    const { state, training } = this.page;
    const { activity, gpu, isBroken } = state;
    const isReady = state.table !== undefined && !isBroken;
    const isIdle = state.isIdle && isReady;
    const isPaused = activity === 'paused';
    const { hidden } = state;
    const laterClass = state.hasRuns || state.canStop ? '' : 'later';
    return html`
      <section class="card" aria-labelledby="title">
        <h2 id="title" class="screen-reader">Training</h2>
        <div class="bar">
          ${hidden.has('path') ? nothing : html`<path-switch .page=${this.page} ?isLocked=${!isIdle}></path-switch>`}
          <button
            type="button"
            class="primary train"
            aria-keyshortcuts="Enter"
            aria-disabled=${!isIdle && !isPaused && activity !== 'running'}
            @click=${() => training.press()}
          >
            ${activity === 'running' ? 'Pause' : isPaused ? 'Continue' : 'Train'}
          </button>
          ${this.#renderProgress()}
          <div class="others">
            ${hidden.has('compare') ? nothing : this.#renderCompareAndStep(isIdle, isPaused)}
            <button
              type="button"
              class=${laterClass}
              aria-keyshortcuts="Escape"
              aria-disabled=${!state.canStop}
              @click=${() => this.#stop()}
            >
              Stop
            </button>
            <button
              type="button"
              class=${laterClass}
              aria-disabled=${!state.isTraining && !state.isIdle}
              @click=${() => (state.isTraining || state.isIdle) && training.reset()}
            >
              Reset
            </button>
          </div>
        </div>
        ${this.#renderAdvice()}
        ${gpu && gpu.kind !== 'hardware' ? html`<p class="note muted">${gpu.sentence}</p>` : nothing}
      </section>
    `;
  }

  #renderCompareAndStep(isIdle: boolean, isPaused: boolean) {
    const { state, training } = this.page;
    return html`<button
        type="button"
        aria-disabled=${!isIdle || !state.gpu || state.gpu.kind === 'none'}
        @click=${() => training.compare()}
      >
        Compare
      </button>
      ${this.#renderStep(isIdle, isPaused)}`;
  }

  /** Not where there is nothing to go on with: a new run would take the place of the one that is over. */
  #renderStep(isIdle: boolean, isPaused: boolean) {
    const { state, training } = this.page;
    const isEnded = isIdle && state.standingRun !== undefined && !canGoOn(state.standingRun);
    return html`<button
      type="button"
      title=${isEnded ? 'This run is over. Train begins anew.' : nothing}
      aria-disabled=${isEnded || (!isIdle && !isPaused)}
      @click=${() => training.step()}
    >
      Step
    </button>`;
  }

  /** Where the targets lie beyond what the output units can say, one press puts it right. */
  #renderAdvice() {
    const { state } = this.page;
    const { activation } = state.job.layers[state.job.layers.length - 1];
    const problem =
      state.table?.open.prepared && outOfReach(activation, state.table.open.prepared.targetRange);
    if (!problem) return nothing;
    return html`<div class="advice">
      <p class="number">${properMinus(problem)} Use a linear output, or scale the target.</p>
      ${
        state.hidden.has('settings')
          ? nothing
          : html`<button
              type="button"
              ?disabled=${state.isTraining}
              @click=${() => state.changeSetting({ outputActivation: 'linear' })}
            >
              Use linear
            </button>`
      }
    </div>`;
  }

  #renderProgress() {
    const { state } = this.page;
    const run = state.currentRun;
    const steps = run?.job.steps ?? state.job.steps;
    return html`<div class="progress">
      <div
        class="track"
        role="progressbar"
        aria-label="Steps done"
        aria-valuemin="0"
        aria-valuemax=${steps}
        aria-valuenow=${run?.stepCount ?? 0}
        aria-valuetext="${count(run?.stepCount ?? 0)} of ${count(steps)} steps"
      >
        <div class="fill ${run?.path ?? ''}"></div>
      </div>
      <span class="state number">${this.#describeProgress()}</span>
    </div>`;
  }

  #describeProgress(): string {
    const { state } = this.page;
    const { activity, activityNote, currentRun: run } = state;
    if (activity === 'measuring') return activityNote;
    if (activity === 'sweeping') return 'A sweep is on its way …';
    if (activity === 'comparing') return 'Comparing with float64 …';
    if (activity === 'testing') return 'Testing the adapter …';
    if (activity === 'checking') return 'Checking the gradients …';
    if (!run) return `${count(state.job.steps)} steps`;
    const which = state.shownRuns.length > 1 && !run.isOver ? `${shortRunLabel(state, run)}: ` : '';
    const steps = `${which}${count(run.stepCount)} / ${count(run.job.steps)} steps`;
    if (run.isOver && run.report?.divergence) return `${steps} · diverged`;
    if (activity === 'opening') return `${steps} · starting …`;
    if (activity === 'paused') return `${steps} · paused`;
    if (activity === 'running' && run.msLeft !== undefined) return `${steps} · ${timeLeft(run.msLeft)}`;
    return steps;
  }
}

customElements.define('run-card', RunCard);
