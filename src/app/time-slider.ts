import { css, html, nothing } from 'lit';
import { count, significant } from './format.ts';
import { PageElement } from './page-element.ts';
import { baseStyles, controlStyles } from './styles.ts';

/** Arrow keys and the thumb move by about this part of the run. */
const POSITIONS = 200;

/** Goes through the steps of the run: everything on the page shows the network as it was there. */
class TimeSlider extends PageElement {
  static override styles = [
    baseStyles,
    controlStyles,
    css`
      section {
        display: grid;
        grid-template-columns: auto minmax(120px, 1fr) auto;
        align-items: center;
        gap: 8px 16px;
      }
      input[type='range'] {
        width: 100%;
        min-height: 36px;
        margin: 0;
        accent-color: var(--ink);
      }
      .step {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .step input {
        width: 112px;
        text-align: right;
        font-variant-numeric: tabular-nums;
      }
      .replay {
        width: 88px;
      }
      p {
        grid-column: 1 / -1;
      }
      @media (max-width: 719px) {
        section {
          grid-template-columns: 1fr auto;
        }
        input[type='range'] {
          grid-column: 1 / -1;
          grid-row: 1;
          min-height: 40px;
        }
        .buttons {
          grid-column: 2;
        }
      }
      .buttons {
        display: flex;
        gap: 8px;
      }
      @media (pointer: coarse) {
        button,
        .step input {
          min-height: 40px;
        }
      }
    `,
  ];

  #unwatch: (() => void) | undefined;

  override willUpdate(): void {
    super.willUpdate();
    this.#unwatch ??= this.page.inside.watch(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  override render() {
    const { inside, state } = this.page;
    const { frame } = inside;
    const first = frame?.firstStep ?? 0;
    const last = frame?.lastStep ?? 0;
    const shown = inside.step ?? frame?.step ?? 0;
    const isStill = last === first;
    return html`
      <section class="card" aria-label="Steps of the run">
        <label class="step">
          <span>Step</span>
          <input
            type="text"
            inputmode="numeric"
            .value=${count(shown)}
            ?disabled=${isStill}
            @change=${(event: Event) => this.#onTyped(event.target as HTMLInputElement)}
          />
        </label>
        <input
          type="range"
          aria-label="Step that is shown"
          min=${first}
          max=${last}
          step=${Math.max(1, Math.floor((last - first) / POSITIONS))}
          .value=${String(shown)}
          ?disabled=${isStill}
          aria-valuetext=${this.#describe(shown, last)}
          @input=${(event: Event) => inside.goTo(Number((event.target as HTMLInputElement).value))}
        />
        <div class="buttons">
          <button type="button" class="replay" ?disabled=${isStill} @click=${() => inside.replay()}>
            ${inside.isReplaying ? 'Pause' : 'Replay'}
          </button>
          <button
            type="button"
            ?disabled=${isStill || inside.step === undefined}
            @click=${() => inside.follow()}
          >
            ${state.isTraining ? 'Now' : 'End'}
          </button>
        </div>
        <p class="muted small number">${this.#describe(shown, last)}${this.#whose()}</p>
        ${inside.problem === undefined ? nothing : html`<p class="fails" role="alert">${inside.problem}</p>`}
      </section>
    `;
  }

  /** What stands there is put right by the next picture. */
  #onTyped(input: HTMLInputElement): void {
    const { inside } = this.page;
    const { firstStep = 0, lastStep = 0 } = inside.frame ?? {};
    const step = Number(input.value.replace(/[,\s]/g, ''));
    if (Number.isFinite(step)) inside.goTo(Math.min(lastStep, Math.max(firstStep, Math.round(step))));
    else input.value = count(inside.step ?? inside.frame?.step ?? 0);
  }

  #describe(step: number, last: number): string {
    const { currentRun } = this.page.state;
    if (!currentRun) return 'Before its first step; Train, and every step of the run can be looked at.';
    const loss = lossAt(currentRun.curve, step);
    const at = `Step ${count(step)} of ${count(last)}`;
    return loss === undefined ? at : `${at}, loss ${significant(loss)}`;
  }

  #whose(): string {
    const { inside, state } = this.page;
    if (!state.currentRun) return '';
    if (inside.isLive) return ', as it trains';
    return state.isStale ? '; of the run on the page, not of the settings as they are now' : '';
  }
}

/** The loss of the last point of a curve that is not behind a step. */
function lossAt({ steps, losses }: { steps: readonly number[]; losses: readonly number[] }, step: number) {
  const after = steps.findIndex((each) => each > step);
  return losses[(after < 0 ? steps.length : after) - 1];
}

customElements.define('time-slider', TimeSlider);
