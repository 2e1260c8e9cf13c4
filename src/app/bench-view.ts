import { css, html, nothing } from 'lit';
import {
  benchJobNames,
  benchShapes,
  flopsPerStep,
  POPULATION_STEPS,
  populationCounts,
  type BenchJobName,
  type PathOutcome,
} from '../index.ts';
import './crossover-picture.ts';
import { count, countOf, significant, unbroken } from './format.ts';
import { PageElement } from './page-element.ts';
import './population-picture.ts';
import { crossoverSentence, populationSentence } from './sentences-bench.ts';
import { baseStyles, controlStyles, tableStyles } from './styles.ts';

/** The bench: what a step costs on this machine, path by path; from what size, and from how many networks, on the GPU pays. */
class BenchView extends PageElement {
  static override styles = [
    baseStyles,
    controlStyles,
    tableStyles,
    css`
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
        max-width: 1120px;
        margin: 0 auto;
        padding: 20px 24px 48px;
      }
      h2 {
        margin-bottom: 8px;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
        margin: 12px 0 16px;
      }
      p {
        max-width: 84ch;
      }
      .finding {
        font-variant-numeric: tabular-nums;
        margin-top: 12px;
      }
      .notes {
        display: grid;
        gap: 4px;
        margin-top: 16px;
      }
      .first > * {
        border-top: 1px solid var(--line);
      }
      tbody tr > * {
        border-bottom: 0;
      }
      .best {
        font-weight: 600;
      }
      .refusal {
        text-align: left;
        white-space: normal;
        min-width: 320px;
      }
      @media (max-width: 719px) {
        main {
          padding: 12px 12px 48px;
          gap: 12px;
        }
        .more {
          display: none;
        }
        .refusal {
          min-width: 0;
        }
      }
    `,
  ];

  override render() {
    const { state, bench } = this.page;
    const isTimingJobs = benchJobNames.some((name) => name === bench.work);
    return html`
      <main>
        <section class="card" aria-labelledby="jobs">
          <h2 id="jobs">What a step costs on this machine</h2>
          <p class="muted">
            Six jobs from the notebook to two million parameters, trained in full batches with SGD: the CPU
            path and every strategy of the GPU path. It takes a few minutes and keeps both busy.
            ${this.#softwareSentence}
          </p>
          <div class="buttons">
            <button type="button" ?disabled=${!state.isIdle} @click=${() => bench.timeJobs()}>
              Time the jobs
            </button>
            ${this.#renderStop(isTimingJobs)}
            <span class="muted" role="status">${this.#describeWork()}</span>
          </div>
          ${this.#renderJobs()}
        </section>
        <section class="card" aria-labelledby="crossover">
          <h2 id="crossover">From what size on the GPU pays</h2>
          <p class="muted">
            Networks of 8 inputs, two hidden layers and 1 output: CPU against GPU over hidden units and rows,
            each by the strategy the planner picks.
          </p>
          <div class="buttons">
            <button type="button" ?disabled=${!state.isIdle} @click=${() => bench.timeCrossover()}>
              Time the crossover
            </button>
            ${this.#renderStop(bench.work === 'crossover')}
          </div>
          <crossover-picture .page=${this.page}></crossover-picture>
          <p class="number">${crossoverSentence(bench.results.cells, state.label('gpu'))}</p>
        </section>
        ${this.#renderPopulations()}
      </main>
    `;
  }

  get #softwareSentence(): string {
    if (!this.page.state.isSoftware) return '';
    return 'WebGPU runs here only through a software adapter: the figures say nothing about a GPU.';
  }

  #renderPopulations() {
    const { state, bench } = this.page;
    const { points } = bench.results;
    const label = state.label('gpu');
    const sentence = populationSentence(points, label);
    return html`<section class="card" aria-labelledby="populations">
      <h2 id="populations">Why a GPU: many networks at once</h2>
      <p class="muted">
        The notebook’s network of nine weights, from ${count(populationCounts[0])} to
        ${count(populationCounts[populationCounts.length - 1])} at once as a sweep trains them, each
        ${count(POPULATION_STEPS)} steps from parameters of its own: on the CPU one a core, on the GPU all
        together. It takes under a minute.
      </p>
      <div class="buttons">
        <button type="button" ?disabled=${!state.isIdle} @click=${() => bench.timePopulations()}>
          Time the populations
        </button>
        ${this.#renderStop(bench.work === 'populations')}
        <span class="muted" role="status">${this.#describePopulations()}</span>
      </div>
      <population-picture .points=${points} .label=${label}></population-picture>
      ${sentence ? html`<p class="finding">${unbroken(sentence)} ${this.#softwareSentence}</p>` : nothing}
    </section>`;
  }

  #describePopulations(): string {
    const { work, isStopping, results } = this.page.bench;
    const { points } = results;
    const counted = points.length / 2;
    if (work === 'populations') {
      if (isStopping) return 'Stopping …';
      return `${countOf(populationCounts[Math.floor(counted)] ?? 1, 'network')} at once …`;
    }
    if (points.length === 0 || counted === populationCounts.length) return '';
    return `Stopped after ${count(Math.floor(counted))} of ${count(populationCounts.length)} populations.`;
  }

  #renderStop(isTiming: boolean) {
    if (!isTiming) return nothing;
    return html`<button type="button" @click=${() => this.page.bench.stop()}>Stop</button>`;
  }

  #describeWork(): string {
    const { work } = this.page.bench;
    const timedCount = this.page.bench.results.outcomes.size;
    if (work === undefined && timedCount > 0 && timedCount < benchJobNames.length) {
      return `Stopped after ${timedCount} of ${benchJobNames.length} jobs.`;
    }
    if (work === undefined || work === 'crossover' || work === 'populations') return '';
    return this.page.bench.isStopping ? 'Stopping …' : `${work}: ${describeShape(work)} …`;
  }

  #renderJobs() {
    const { outcomes } = this.page.bench.results;
    if (outcomes.size === 0) return nothing;
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="Times of the jobs">
        <table>
          <thead>
            <tr>
              <th class="words">job</th>
              <th class="words">path</th>
              <th class="more">set-up</th>
              <th>a step, median</th>
              <th class="more">fastest … slowest</th>
              <th>GFLOP/s</th>
              <th>against the CPU</th>
            </tr>
          </thead>
          <tbody>
            ${benchJobNames.map((name) => this.#renderJob(name, outcomes.get(name) ?? []))}
          </tbody>
        </table>
      </div>
      <div class="notes muted small">
        <p>
          Medians of five warm repetitions of at least 60 ms; of one where a step takes longer than 1.5 s.
          Set-up is compiling, allocating and copying, paid once.
        </p>
      </div>
    `;
  }

  #renderJob(name: BenchJobName, outcomes: readonly PathOutcome[]) {
    const timed = outcomes.flatMap((outcome) => ('stepMs' in outcome ? [outcome.stepMs] : []));
    const fastest = Math.min(...timed);
    const [cpu] = timed;
    return outcomes.map(
      (outcome, index) =>
        html`<tr class=${index === 0 ? 'first' : ''}>
          <th class="words">
            ${index === 0 ? name : ''}
            ${index === 1 ? html`<span class="muted small">${describeShape(name)}</span>` : nothing}
          </th>
          <td class="words ${outcome.backend}">${pathOf(outcome)}</td>
          ${
            'refusal' in outcome
              ? html`<td class="refusal muted small" colspan="5">${outcome.refusal}</td>`
              : html`<td class="more">${stepTime(outcome.openMs)}</td>
                  <td class=${outcome.stepMs === fastest ? 'best' : ''}>${stepTime(outcome.stepMs)}</td>
                  <td class="more muted">${outcome.rangeMs.map(stepTime).join(' … ')}</td>
                  <td>${gigaflops(flopsPerStep(benchShapes[name]) / outcome.stepMs / 1e6)}</td>
                  <td>${significant(cpu / outcome.stepMs, 2)} ×</td>`
          }
        </tr>`,
    );
  }
}

function describeShape(name: BenchJobName): string {
  const { widths, rowCount } = benchShapes[name];
  return `${widths.join('-')}, ${countOf(rowCount, 'row')}`;
}

function pathOf(outcome: PathOutcome): string {
  if (outcome.backend === 'cpu') return 'CPU · float64';
  return `GPU · ${'plan' in outcome ? outcome.plan.strategy : outcome.strategy}`;
}

/** Two digits, and nothing smaller than a hundredth. */
function gigaflops(value: number): string {
  return value < 0.01 ? '< 0.01' : significant(value, 2);
}

/** `0.25 µs`, `2.3 ms`, `1.2 s`: two digits, for no machine repeats a third. */
function stepTime(ms: number): string {
  if (ms >= 1000) return `${significant(ms / 1000, 2)} s`;
  if (ms >= 1) return `${significant(ms, 2)} ms`;
  return `${ms < 0.001 ? significant(1000 * ms, 2) : count(Number((1000 * ms).toPrecision(2)))} µs`;
}

customElements.define('bench-view', BenchView);
