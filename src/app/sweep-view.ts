import { css, html, nothing } from 'lit';
import type { SweptName } from '../index.ts';
import type { SweepOrder } from '../worker/client.ts';
import './choice-switch.ts';
import './measures-panel.ts';
import './path-switch.ts';
import './sweep-form.ts';
import './sweep-parts.ts';
import type { LossScale } from './loss-chart.ts';
import { scoreSentence } from './measures-sentences.ts';
import { PageElement } from './page-element.ts';
import { sameTable } from './run.ts';
import { baseStyles, columnStyles, controlStyles } from './styles.ts';
import { fanHeading, rankingSentence } from './sweep-sentences.ts';

/**
 * Many networks at once: what varies, how they learn, and which did best. Event `opened` with the card of the Train page
 * that shows what was opened.
 */
class SweepView extends PageElement {
  static override properties = { ...PageElement.properties, scale: { state: true } };

  static override styles = [
    baseStyles,
    columnStyles,
    controlStyles,
    css`
      .beside {
        align-self: stretch;
      }
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      .bar button {
        min-height: 40px;
      }
      .primary {
        width: 112px;
      }
      sweep-progress {
        flex: 1 0 100%;
      }
      .note,
      .ranked {
        max-width: 92ch;
        margin-top: 12px;
      }
      .score {
        margin-bottom: 12px;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
      }
      .heat-names {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 16px;
        margin-bottom: 12px;
      }
      .heat-names label {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .heat-names select {
        width: auto;
      }
      @media (max-width: 719px) {
        /* Room for the bar at the bottom. */
        main {
          padding: 12px 12px 148px;
        }
        /* The path and Sweep stay under the thumb. */
        .bar {
          position: fixed;
          z-index: 8;
          left: 0;
          right: 0;
          bottom: 0;
          padding: 8px 12px calc(12px + env(safe-area-inset-bottom));
          border-top: 1px solid var(--line);
          background: var(--card);
        }
        .bar .primary {
          flex: 1;
          width: auto;
          min-height: 44px;
        }
        .bar button {
          min-height: 44px;
        }
        sweep-progress {
          order: -1;
        }
        .note {
          margin-top: 0;
        }
        .card:has(> .bar):not(:has(.note)) {
          display: contents;
        }
      }
    `,
  ];

  declare private scale: LossScale;

  constructor() {
    super();
    this.scale = 'log';
  }

  protected override onStateChange(): void {
    this.page.sweeps.describe();
    this.requestUpdate();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.page?.sweeps.describe();
  }

  override render() {
    const { page } = this;
    const { report } = page.sweeps;
    return html`
      <main>
        <div class="beside"><sweep-form .page=${page}></sweep-form></div>
        <div class="column">${this.#renderBar()} ${report ? this.#renderResults() : nothing}</div>
      </main>
    `;
  }

  #renderResults() {
    return [
      this.#renderFan(),
      this.#renderHeat(),
      this.#renderGroups(),
      this.#renderBest(),
      this.#renderEnsemble(),
      this.#renderTable(),
    ];
  }

  #renderBar() {
    const { page } = this;
    const { state, sweeps } = page;
    const { phase, report, sheet } = sweeps;
    const isRunning = phase === 'running';
    const canPress =
      isRunning || (state.isIdle && !state.isBroken && (phase === 'paused' || sheet !== undefined));
    const { table } = state;
    return html`<section class="card" aria-labelledby="sweep">
      <h2 id="sweep" class="screen-reader">Sweep</h2>
      <div class="bar">
        ${
          state.hidden.has('path')
            ? nothing
            : html`<path-switch .page=${page} ?isLocked=${!state.isIdle || phase === 'paused'}></path-switch>`
        }
        <button
          type="button"
          class="primary"
          aria-keyshortcuts="Enter"
          aria-disabled=${!canPress}
          @click=${() => canPress && sweeps.press()}
        >
          ${isRunning ? 'Pause' : phase === 'paused' ? 'Continue' : 'Sweep'}
        </button>
        <button
          type="button"
          aria-keyshortcuts="Escape"
          aria-disabled=${!isRunning && phase !== 'paused'}
          @click=${() => sweeps.stop()}
        >
          Stop
        </button>
        ${
          report
            ? html`<sweep-progress
                .report=${report}
                .msLeft=${sweeps.msLeft}
                .isRunning=${isRunning}
              ></sweep-progress>`
            : nothing
        }
      </div>
      ${this.#renderOtherTable()}
      ${
        report
          ? nothing
          : html`<p class="muted note">
              ${table ? `Many networks of ${table.name}, each with settings of its own.` : 'There is no table yet.'}
              ${state.gpu && state.gpu.kind !== 'hardware' ? state.gpu.sentence : ''}
            </p>`
      }
    </section>`;
  }

  /** What is shown, and goes on with Continue, may be of a table that is no longer on the page. */
  #renderOtherTable() {
    const { state, sweeps } = this.page;
    const { shown } = sweeps;
    if (!shown || sameTable(shown.table, state.table)) return nothing;
    return html`<p class="muted note">
      This sweep is of ${shown.table.name}, as it was when the sweep began; that is not the table on the page
      now.
    </p>`;
  }

  #renderFan() {
    const { sweeps } = this.page;
    const { report, shown, chosen } = sweeps;
    if (!report || !shown) return nothing;
    return html`<section class="card" aria-labelledby="fan">
      <div class="heading">
        <h2 id="fan">${fanHeading(report)}</h2>
        <choice-switch
          legend="Scale of the loss"
          .names=${['linear', 'log']}
          .chosen=${this.scale === 'log' ? 1 : 0}
          @choose=${({ detail }: CustomEvent<number>) => (this.scale = detail === 1 ? 'log' : 'linear')}
        ></choice-switch>
      </div>
      <fan-chart
        .fan=${report.fan}
        .best=${report.best}
        .chosen=${chosen}
        .constantLoss=${report.constantLoss}
        .rankedBy=${report.rankedBy}
        .scale=${this.scale}
        .lastStep=${shown.request.base.steps - 1}
        .path=${shown.path}
      ></fan-chart>
      <p class="muted ranked">${rankingSentence(report.rankedBy)}</p>
    </section>`;
  }

  #renderHeat() {
    const { sweeps } = this.page;
    const { report, shown } = sweeps;
    if (!report?.heat || !shown) return nothing;
    const { columnName, rowName } = report.heat;
    const labels = Object.fromEntries(shown.sheet.axes.map(({ name, label }) => [name, label]));
    const renderChoice = (
      text: string,
      chosen: SweptName,
      other: SweptName,
      choose: (name: SweptName) => void,
    ) =>
      html`<label>
        <span class="muted">${text}</span>
        <select @change=${(event: Event) => choose((event.target as HTMLSelectElement).value as SweptName)}>
          ${shown.sheet.heatNames
            .filter((name) => name !== other)
            .map((name) => html`<option value=${name} .selected=${name === chosen}>${labels[name]}</option>`)}
        </select>
      </label>`;
    return html`<section class="card" aria-labelledby="heat">
      <div class="heading"><h2 id="heat">Two settings together</h2></div>
      ${
        shown.sheet.heatNames.length > 2
          ? html`<div class="heat-names">
              ${renderChoice('Across', columnName, rowName, (name) => void sweeps.chooseHeat(name, rowName))}
              ${renderChoice('Down', rowName, columnName, (name) => void sweeps.chooseHeat(columnName, name))}
            </div>`
          : nothing
      }
      <heat-map .heat=${report.heat} .labels=${labels} .rankedBy=${report.rankedBy}></heat-map>
    </section>`;
  }

  #renderGroups() {
    const { report, shown } = this.page.sweeps;
    if (!report || !shown) return nothing;
    return html`<section class="card" aria-labelledby="groups">
      <div class="heading"><h2 id="groups">Over the seeds</h2></div>
      <sweep-groups
        .groups=${report.groups}
        .groupCount=${report.groupCount}
        .axes=${shown.sheet.axes}
        .constantLoss=${report.constantLoss}
        .best=${report.best?.place}
        .rankedBy=${report.rankedBy}
      ></sweep-groups>
    </section>`;
  }

  #renderBest() {
    const { assessment } = this.page.sweeps;
    if (!assessment) return nothing;
    return html`<section class="card" aria-labelledby="best">
      <div class="heading"><h2 id="best">The best network</h2></div>
      <p class="number score">${scoreSentence(assessment)}</p>
      <measures-panel
        .assessment=${assessment}
        @threshold-change=${({ detail }: CustomEvent<number>) => void this.page.sweeps.setThreshold(detail)}
      ></measures-panel>
    </section>`;
  }

  #renderEnsemble() {
    return html`<section class="card" aria-labelledby="ensemble">
      <div class="heading"><h2 id="ensemble">Ensemble</h2></div>
      <sweep-ensemble
        .page=${this.page}
        @open=${({ detail }: CustomEvent<number>) => this.#openEnsemble(detail)}
      ></sweep-ensemble>
    </section>`;
  }

  #renderTable() {
    const { sweeps, state } = this.page;
    const { report, shown, rows, order, chosen } = sweeps;
    if (!report || !shown || rows.length === 0) return nothing;
    return html`<section class="card" aria-labelledby="networks">
      <div class="heading">
        <h2 id="networks">The networks</h2>
        <div class="buttons" ?hidden=${state.hidden.has('downloads')}>
          <button type="button" ?disabled=${!state.isIdle} @click=${() => sweeps.saveCsv()}>
            Save as CSV
          </button>
        </div>
      </div>
      <sweep-table
        .rows=${rows}
        .total=${report.networkCount}
        .order=${order}
        .axes=${shown.sheet.axes}
        .rankedBy=${report.rankedBy}
        .chosen=${chosen?.place}
        @order=${({ detail }: CustomEvent<SweepOrder>) => sweeps.sortBy(detail)}
        @choose=${({ detail }: CustomEvent<number>) => sweeps.choose(detail)}
        @open=${({ detail }: CustomEvent<number>) => this.#open(detail)}
        @more=${() => sweeps.more()}
      ></sweep-table>
    </section>`;
  }

  async #open(place: number): Promise<void> {
    if (await this.page.sweeps.open(place)) this.#tellOpened('run-card');
  }

  async #openEnsemble(count: number): Promise<void> {
    if (await this.page.sweeps.openEnsemble(count)) this.#tellOpened('model-card');
  }

  #tellOpened(card: 'run-card' | 'model-card'): void {
    this.dispatchEvent(new CustomEvent('opened', { detail: card }));
  }
}

customElements.define('sweep-view', SweepView);
