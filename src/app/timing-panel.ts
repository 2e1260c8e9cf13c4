import { css, html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { adapterName, gpuStrategies, LEAST_REPETITIONS, type GpuStrategy } from '../index.ts';
import './copy-button.ts';
import './field-term.ts';
import { clockResolution, count, duration, ratio, stepRate } from './format.ts';
import { PageElement } from './page-element.ts';
import type { Run } from './run.ts';
import { recoverySentence, runLabel } from './sentences.ts';
import { baseStyles, controlStyles, tableStyles } from './styles.ts';
import { comparableTimes, speedOf, timingSentence } from './timing-sentences.ts';

/** Browsers round the GPU's own clock to this, whatever the page's clock does. */
const GPU_CLOCK_MS = 0.1;
/** Below this many ticks of the clock, a figure has two digits at most. */
const FEW_TICKS = 100;

/** The columns of the timing table: name, meaning. */
const runColumns: readonly (readonly [string, string])[] = [
  ['steps', 'Optimizer updates done.'],
  ['set-up', 'Asking for the device, compiling, allocating: paid once, mostly by the first run.'],
  ['upload', 'Copying the table and the initial parameters to where they are used.'],
  ['training', 'Wall time from the first step to the end of the last one, pauses left out.'],
  ['GPU time', 'The training on the GPU’s own clock, by timestamp query, where the adapter has it.'],
  ['readback', 'Fetching losses, parameters and predictions.'],
  [
    'press to loss',
    'From the press of Train to the final loss in hand, all of this included, pauses left out.',
  ],
  ['steps/s', 'Steps divided by the training time.'],
  ['speed', 'How many times as fast as the slowest run.'],
];

const warmColumn = [
  'warm',
  `Training time of ${LEAST_REPETITIONS} warm repetitions: the median, and the fastest and slowest.`,
] as const;

const strategies: Record<GpuStrategy | 'auto', string> = {
  auto: 'auto: the planner chooses',
  unrolled: 'unrolled: straight-line code, weights in registers',
  fused: 'fused: one workgroup, weights in its memory',
  layered: 'layered: kernel by kernel',
};
const strategyNames = ['auto', ...gpuStrategies] as const;

/** A row a run: where its time went; and how the GPU path is to train. */
class TimingPanel extends PageElement {
  static override styles = [
    baseStyles,
    controlStyles,
    tableStyles,
    css`
      .name {
        font-weight: 500;
      }
      th.words {
        white-space: normal;
        min-width: 132px;
      }
      .below {
        display: block;
      }
      tbody tr > td {
        vertical-align: baseline;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
        margin-top: 16px;
      }
      .strategy {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
        margin-top: 20px;
      }
      .strategy select {
        width: auto;
        max-width: 100%;
      }
      .reasons {
        display: grid;
        gap: 4px;
        margin: 12px 0 0;
        padding: 0;
        max-width: 92ch;
        list-style: none;
      }
      .notes {
        display: grid;
        gap: 4px;
        margin-top: 16px;
        max-width: 92ch;
      }
      /* A column a run: on a phone there is no room for a row of all the figures. */
      @media (max-width: 719px) {
        table {
          display: flex;
        }
        thead,
        tbody {
          display: contents;
        }
        tr {
          display: flex;
          flex: 1 1 0;
          flex-direction: column;
          min-width: 0;
        }
        thead tr {
          flex: 0 0 104px;
        }
        th,
        td {
          height: 36px;
          padding: 0;
          align-content: center;
        }
        tbody tr:last-child > * {
          border-bottom: 1px solid var(--line);
        }
        thead th {
          text-align: left;
        }
        tr > :first-child {
          height: 132px;
          padding: 0 0 0 8px;
          overflow: hidden;
          text-align: right;
          white-space: normal;
        }
        .tall {
          height: 52px;
        }
        thead tr > :first-child {
          padding-left: 0;
          text-align: left;
        }
      }
    `,
  ];

  override render() {
    const { state, training } = this.page;
    const runs = state.shownRuns.filter(({ isOver, report }) => isOver && report);
    if (runs.length === 0) {
      const why = state.lostRun ? timingSentence(state) : 'A row appears here when the run is over.';
      return html`<p class="muted">${why}</p>
        ${this.#renderStrategy()}`;
    }
    const isMeasured = runs.some(({ measurement }) => measurement);
    const columns = isMeasured ? [...runColumns, warmColumn] : runColumns;
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="Timing">
        <table role="table">
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" class="words">path, adapter</th>
              ${columns.map(
                ([name, meaning]) =>
                  html`<th role="columnheader" class=${name === 'warm' ? 'tall' : ''}>
                    <field-term meaning=${meaning}>${name}</field-term>
                  </th>`,
              )}
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${runs.map((run) => this.#renderRun(run, isMeasured))}
          </tbody>
        </table>
      </div>
      <div class="buttons">
        <button type="button" ?disabled=${!state.isIdle} @click=${() => training.measure()}>Measure</button>
        <copy-button what="runs" .text=${() => this.#asText(runs)}></copy-button>
        <span class="muted">${this.#describeMeasuring()}</span>
      </div>
      ${this.#renderStrategy()} ${this.#renderReasons(runs)}
      <div class="notes muted small">${this.#notes(runs).map((note) => html`<p>${note}</p>`)}</div>
    `;
  }

  #renderStrategy() {
    const { state } = this.page;
    const onChange = (event: Event) => {
      const strategy = (event.target as HTMLSelectElement).value as GpuStrategy | 'auto';
      state.changeSetting({ strategy });
    };
    return html`<div class="strategy">
      <label for="strategy">Strategy of the GPU path</label>
      <select id="strategy" ?disabled=${state.isTraining} @change=${onChange}>
        ${strategyNames.map(
          (name) =>
            html`<option value=${name} .selected=${live(name === state.settingsText.strategy)}>
              ${strategies[name]}
            </option>`,
        )}
      </select>
    </div>`;
  }

  /** Why each GPU run was planned as it was. */
  #renderReasons(runs: readonly Run[]) {
    const planned = runs.filter(({ path, report }) => path === 'gpu' && report);
    if (planned.length === 0) return nothing;
    return html`<ul class="reasons" aria-label="Plans">
      ${planned.map((run) => {
        const [plan, ...figures] = run.report?.planned.reason.split(': ') ?? [];
        return html`<li>
          <span class=${run.path}>${this.page.state.label(run.path)} · ${plan}</span>: ${figures.join(': ')}
        </li>`;
      })}
    </ul>`;
  }

  #renderRun(run: Run, isMeasured: boolean) {
    const [median, range] = this.#warm(run);
    return html`<tr role="row">
      <th role="rowheader" class="words">
        <span class="name ${run.path}">${runLabel(this.page.state, run)}</span>
        <span class="muted small below">${describeAdapter(run)}</span>
      </th>
      ${this.#cells(run).map((text) => html`<td role="cell">${text}</td>`)}
      ${
        isMeasured
          ? html`<td role="cell" class="tall">${median}<span class="muted small below">${range}</span></td>`
          : nothing
      }
    </tr>`;
  }

  /** Median and range. */
  #warm({ measurement }: Run): [string, string] {
    if (!measurement) return ['—', ''];
    const { clockMs } = this.page.state;
    const [fastest, slowest] = measurement.rangeMs;
    return [
      duration(measurement.medianMs, clockMs),
      `${duration(fastest, clockMs).replace(/ m?s$/, '')}–${duration(slowest, clockMs)}`,
    ];
  }

  #cells(run: Run): string[] {
    const { report } = run;
    if (!report) return [];
    const { clockMs } = this.page.state;
    const { timing, steps } = report;
    const ms = (value: number) => duration(value, clockMs);
    return [
      count(steps - (run.resumedFrom ?? run.continuedFrom ?? 0)),
      ms(timing.setupMs),
      ms(timing.uploadMs),
      ms(timing.trainMs),
      timing.gpuMs === null ? '—' : duration(timing.gpuMs, GPU_CLOCK_MS),
      ms(timing.readbackMs),
      ms(timing.pressToFinalLossMs),
      rateOf(timing.stepsPerSecond, timing.trainMs, clockMs),
      this.#speed(run),
    ];
  }

  #speed({ key }: Run): string {
    const times = comparableTimes(this.page.state);
    return times ? ratio(speedOf(times, key)) : '—';
  }

  #describeMeasuring(): string {
    const { state } = this.page;
    if (state.activity === 'measuring') return state.activityNote;
    const isMeasured = state.shownRuns.some(({ measurement }) => measurement);
    return isMeasured
      ? ''
      : `Measure repeats each run warm, ${LEAST_REPETITIONS} times, after one that does not count.`;
  }

  #notes(runs: readonly Run[]): string[] {
    const { clockMs } = this.page.state;
    const notes = [
      `The clock here steps by ${clockResolution(clockMs)}; no figure is finer.` +
        (clockMs >= 0.1 ? ' A server that isolates the page (COOP and COEP) gives 5 µs.' : ''),
    ];
    const isShort = runs.some(({ report }) => (report?.timing.trainMs ?? Infinity) < FEW_TICKS * clockMs);
    if (isShort)
      notes.push('A training time here is near the clock’s resolution: Measure it, or train more steps.');
    if (runs.some(({ report }) => report && report.timing.gpuMs !== null)) {
      notes.push(`The GPU’s own clock is read in steps of ${clockResolution(GPU_CLOCK_MS)}.`);
    }
    for (const { recoveries } of runs) if (recoveries.length > 0) notes.push(recoverySentence(recoveries));
    const times = comparableTimes(this.page.state);
    if (times) {
      const basis = times.isWarm ? 'warm medians' : 'the training times of these first runs';
      notes.push(`Speed is relative to the slowest run, by ${basis}.`);
    }
    return notes;
  }

  /** Tab-separated, for a spreadsheet. */
  #asText(runs: readonly Run[]): string {
    const { state } = this.page;
    const header = ['path', 'adapter', ...runColumns.map(([name]) => name), 'warm median', 'warm range'];
    const rows = runs.map((run) => [
      runLabel(state, run),
      describeAdapter(run),
      ...this.#cells(run),
      ...this.#warm(run),
    ]);
    return [header, ...rows].map((row) => row.join('\t')).join('\n');
  }
}

function rateOf(stepsPerSecond: number, ms: number, clockMs: number): string {
  return stepRate(stepsPerSecond, ms, clockMs).replace(' steps/s', '');
}

function describeAdapter({ report }: Run): string {
  const adapter = report?.adapter;
  if (!adapter) return 'plain JavaScript, one core';
  return `${adapterName(adapter)} · ${adapter.isFallback ? 'software' : 'hardware'}`;
}

customElements.define('timing-panel', TimingPanel);
