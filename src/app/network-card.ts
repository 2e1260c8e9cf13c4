import { css, html, nothing } from 'lit';
import {
  drawInitialParameters,
  layOutNetwork,
  losses,
  type Loss,
  type Network,
  type TrainingJob,
} from '../index.ts';
import './network-diagram.ts';
import './settings-form.ts';
import { countOf } from './format.ts';
import { PageElement } from './page-element.ts';
import type { Topic } from './page-state.ts';
import { baseStyles } from './styles.ts';

/** Initial weights are drawn on the page, for the picture alone, up to this many. */
const MOST_DRAWN_PARAMETERS = 20_000;

/** How often the picture follows a run that trains, in milliseconds: as often as the loss chart. */
const LIVE_EVERY_MS = 100;

/** The network as a picture, and what can be set about it and its training. */
class NetworkCard extends PageElement {
  static override styles = [
    baseStyles,
    css`
      network-diagram {
        margin-bottom: 12px;
      }
    `,
  ];

  readonly #onScreen = new IntersectionObserver(([{ isIntersecting }]) => this.#see(isIntersecting));
  #isSeen = false;
  #unwatch: (() => void) | undefined;
  #drawn: { job: TrainingJob; inputCount: number; parameters: Float64Array | undefined } | undefined;

  override firstUpdated(): void {
    this.#onScreen.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#onScreen.disconnect();
    this.#see(false);
  }

  protected override onStateChange(topic: Topic): void {
    super.onStateChange(topic);
    this.#follow();
    this.#sayHiddenFault();
  }

  /** A setting that is in the way of training cannot be brought into sight where none is. */
  #sayHiddenFault(): void {
    const { state } = this.page;
    const { faultySetting, hidden, settingsErrors } = state;
    if (faultySetting === undefined || !hidden.has('settings')) return;
    const why = settingsErrors.get(faultySetting) ?? 'A setting cannot be used.';
    state.update({
      faultySetting: undefined,
      notice: `${why} Show all controls, and correct it under Settings.`,
    });
  }

  #see(isSeen: boolean): void {
    this.#isSeen = isSeen;
    this.#follow();
  }

  /** Of a larger network no weights are drawn, and none are fetched. */
  get #isDrawable(): boolean {
    const { job, table } = this.page.state;
    const { parameterCount } = layOutNetwork(table?.open.prepared?.inputCount ?? 2, job.layers);
    return parameterCount <= MOST_DRAWN_PARAMETERS;
  }

  /** The weights of a run that trains are fetched only while somebody can see them. */
  #follow(): void {
    const { inside } = this.page;
    const isWanted = this.#isSeen && inside.isLive && this.#isDrawable;
    if (isWanted === (this.#unwatch !== undefined)) return;
    this.#unwatch?.();
    this.#unwatch = isWanted
      ? inside.watch(() => this.requestUpdate(), { everyMs: LIVE_EVERY_MS })
      : undefined;
  }

  override render() {
    const { state, inside } = this.page;
    const { job, currentRun } = state;
    const inputCount = state.table?.open.prepared?.inputCount ?? 2;
    const report = currentRun?.job === job ? currentRun.report : undefined;
    // A run that diverged has no weights to draw.
    const isDrawable = report?.parameters.every(Number.isFinite);
    const isFollowed = inside.isLive && inside.isUpToDate && currentRun?.job === job;
    const live = isFollowed ? inside.frame?.parameters : undefined;
    const { link }: Loss = losses[job.loss];
    const network = layOutNetwork(inputCount, job.layers);
    return html`
      <section class="card" aria-labelledby="title">
        <div class="heading">
          <h2 id="title">Network</h2>
          <span class="muted small">${countOf(network.parameterCount, 'parameter')}</span>
        </div>
        <network-diagram
          .network=${network}
          .link=${link}
          .parameters=${live ?? (isDrawable ? report?.parameters : this.#initialParameters(job, network))}
        ></network-diagram>
        ${state.hidden.has('settings') ? nothing : html`<settings-form .page=${this.page}></settings-form>`}
      </section>
    `;
  }

  #initialParameters(job: TrainingJob, network: Network): Float64Array | undefined {
    const { inputCount } = network;
    if (this.#drawn?.job !== job || this.#drawn.inputCount !== inputCount) {
      const [{ seed, initializer }] = job.networks;
      const isSmall = network.parameterCount <= MOST_DRAWN_PARAMETERS;
      const parameters = isSmall ? drawInitialParameters(network, seed, initializer) : undefined;
      this.#drawn = { job, inputCount, parameters };
    }
    return this.#drawn.parameters;
  }
}

customElements.define('network-card', NetworkCard);
