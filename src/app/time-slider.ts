import { css, html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { count } from './format.ts';
import { PageElement } from './page-element.ts';
import { readWholeNumber } from './setting-readers.ts';
import { stepSentence } from './step-sentences.ts';
import { baseStyles, controlStyles } from './styles.ts';

/** An arrow key moves by about this part of the run. */
const POSITIONS = 200;

/** Goes through the steps of the run: everything on the page shows the network as it was there. */
class TimeSlider extends PageElement {
  static override properties = {
    ...PageElement.properties,
    draft: { state: true },
    fault: { state: true },
  };

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

  /** What is being typed, or was and is no step; undefined where the field says which one is shown. */
  declare private draft: string | undefined;
  /** What is wrong with it. */
  declare private fault: string | undefined;
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
    const { inside } = this.page;
    const { frame } = inside;
    const first = frame?.firstStep ?? 0;
    const last = frame?.lastStep ?? 0;
    const shown = inside.step ?? frame?.step ?? 0;
    const isStill = last === first;
    const sentence = this.#sentence;
    return html`
      <section class="card" aria-label="Steps of the run">
        <label class="step">
          <span>Step</span>
          <input
            type="text"
            inputmode="numeric"
            .value=${live(this.draft ?? count(shown))}
            ?disabled=${isStill}
            aria-invalid=${this.fault !== undefined}
            @input=${(event: Event) => (this.draft = (event.target as HTMLInputElement).value)}
            @change=${(event: Event) => this.#onTyped((event.target as HTMLInputElement).value)}
          />
        </label>
        <input
          type="range"
          aria-label="Step that is shown"
          min=${first}
          max=${last}
          step="1"
          .value=${live(String(shown))}
          ?disabled=${isStill}
          aria-valuetext=${sentence}
          @input=${(event: Event) => this.#goTo(Number((event.target as HTMLInputElement).value))}
          @keydown=${this.#onKey}
        />
        ${this.#renderButtons(isStill)}
        <p class="muted small number">${sentence}</p>
        ${
          (this.fault ?? inside.problem) === undefined
            ? nothing
            : html`<p class="fails" role="alert">${this.fault ?? inside.problem}</p>`
        }
      </section>
    `;
  }

  get #sentence(): string {
    const { inside, state } = this.page;
    const { frame, isUpToDate, step, isLive, edited } = inside;
    const hasRun = state.currentRun?.id !== undefined;
    const isEdited = edited !== undefined;
    return stepSentence({ frame, isUpToDate, step, hasRun, isLive, isEdited, isStale: state.isStale });
  }

  #renderButtons(isStill: boolean) {
    const { inside, state } = this.page;
    return html`
      <div class="buttons">
        <button
          type="button"
          class="replay"
          aria-disabled=${isStill}
          @click=${() => !isStill && inside.replay()}
        >
          ${inside.isReplaying ? 'Pause' : 'Replay'}
        </button>
        <button
          type="button"
          aria-disabled=${isStill || inside.step === undefined}
          @click=${() => inside.step !== undefined && inside.follow()}
        >
          ${state.isTraining ? 'Now' : 'End'}
        </button>
      </div>
    `;
  }

  #goTo(step: number): void {
    this.draft = undefined;
    this.fault = undefined;
    this.page.inside.goTo(step);
  }

  #onTyped(text: string): void {
    const { firstStep = 0, lastStep = 0 } = this.page.inside.frame ?? {};
    const step = readWholeNumber('The step', text, firstStep, lastStep);
    if (!(step instanceof Error)) return this.#goTo(step);
    this.draft = text;
    this.fault = step.message;
  }

  /** A two-hundredth of the run with an arrow key, ten times as much with the others. */
  readonly #onKey = (event: KeyboardEvent) => {
    const { inside } = this.page;
    const { step, firstStep = 0, lastStep = 0 } = inside.frame ?? {};
    const stride = Math.max(1, Math.round((lastStep - firstStep) / POSITIONS));
    const move = {
      ArrowRight: stride,
      ArrowUp: stride,
      ArrowLeft: -stride,
      ArrowDown: -stride,
      PageUp: 10 * stride,
      PageDown: -10 * stride,
    }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    this.#goTo(Math.min(lastStep, Math.max(firstStep, (inside.step ?? step ?? 0) + move)));
  };
}

customElements.define('time-slider', TimeSlider);
