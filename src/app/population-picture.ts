import { css, html, LitElement, nothing, svg } from 'lit';
import { populationCounts, type Backend, type PopulationPoint, type PopulationRate } from '../index.ts';
import { logSplits } from './chart-scales.ts';
import { count, countOf, ratio } from './format.ts';
import { networkRate, populationPairs, populationSpeed } from './sentences-bench.ts';
import { baseStyles, tableStyles } from './styles.ts';

const TOP = 28;
const BOTTOM = 44;
const RIGHT = 20;
/** Of a character of the picture's text, and of what is said beside a line. */
const DIGIT_WIDTH = 7.2;
const LABEL_WIDTH = 7.5;
/** Before it is known how wide there is room. */
const FIRST_WIDTH = 340;

const backendNames = ['cpu', 'gpu'] as const satisfies readonly Backend['name'][];

/** Each mark as a path around its place: told apart by shape, too. */
const marks: Record<Backend['name'], (x: number, y: number) => string> = {
  cpu: (x, y) => `M${round(x - 3.5)} ${round(y - 3.5)}h7v7h-7z`,
  gpu: (x, y) => `M${round(x - 4)} ${round(y)}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z`,
};

/** Where a rate lies in the picture. */
interface Place {
  readonly x: number;
  readonly y: number;
  /** Of the slowest and the fastest repetition. */
  readonly range: readonly number[];
}

/** Networks a second over networks at once, CPU against GPU, both axes logarithmic; and the same as a table. */
class PopulationPicture extends LitElement {
  static override properties = {
    points: { attribute: false },
    label: { attribute: false },
    width: { state: true },
  };

  static override styles = [
    baseStyles,
    tableStyles,
    css`
      .both {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-start;
        gap: 16px 40px;
      }
      figure {
        flex: 1 1 440px;
        min-width: 0;
        max-width: 640px;
        margin: 0;
      }
      .scroll {
        flex: 1 1 280px;
        max-width: 400px;
      }
      svg {
        display: block;
        max-width: 100%;
        overflow: visible;
      }
      text {
        fill: var(--muted);
        font-size: 12px;
        font-variant-numeric: tabular-nums;
      }
      path {
        fill: none;
      }
      .grid {
        stroke: var(--line);
      }
      .gpu {
        --path: var(--gpu);
      }
      .cpu {
        --path: var(--cpu);
      }
      .line,
      .range {
        stroke: var(--path);
      }
      .line {
        stroke-width: 2;
        stroke-linejoin: round;
      }
      .cpu.line {
        stroke-dasharray: 6 4;
      }
      .range {
        stroke-width: 1.5;
        stroke-opacity: 0.6;
      }
      .mark {
        fill: var(--path);
        stroke: var(--card);
        stroke-width: 1.5;
      }
      text.label {
        fill: var(--path);
        font-weight: 600;
        paint-order: stroke;
        stroke: var(--card);
        stroke-width: 4px;
        stroke-linejoin: round;
      }
      thead th {
        white-space: normal;
      }
      .ahead {
        font-weight: 600;
      }
      .notes {
        display: grid;
        gap: 4px;
        margin-top: 16px;
      }
      p {
        max-width: 92ch;
      }
    `,
  ];

  /** In the order of the networks at once. */
  declare points: readonly PopulationPoint[];
  /** What the GPU path is called here. */
  declare label: string;
  declare width: number;
  readonly #resizes = new ResizeObserver(([{ contentRect }]) => {
    // Out of sight there is no width.
    if (contentRect.width > 0) this.width = Math.floor(contentRect.width);
  });

  constructor() {
    super();
    this.points = [];
    this.label = 'GPU';
    this.width = FIRST_WIDTH;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resizes.disconnect();
  }

  override updated(): void {
    const figure = this.renderRoot.querySelector('figure');
    if (figure) this.#resizes.observe(figure);
  }

  override render() {
    if (this.points.length === 0) return nothing;
    return html`
      <div class="both">
        <figure>${this.#renderPicture()}</figure>
        ${this.#renderTable()}
      </div>
      <div class="notes muted small">${this.#notes().map((note) => html`<p>${note}</p>`)}</div>
    `;
  }

  #renderPicture() {
    const rates = this.points.filter((point) => 'networksPerSecond' in point);
    if (rates.length === 0) return nothing;
    const [least, most] = decadesAround(
      rates.flatMap(({ rangeNetworksPerSecond }) => rangeNetworksPerSecond),
    );
    const ticks = logSplits(null, null, least, most);
    const left = DIGIT_WIDTH * Math.max(...ticks.map((value) => count(value).length)) + 10;
    const [side, height] = [this.width - left - RIGHT, Math.round(Math.max(210, 0.46 * this.width))];
    const bottom = TOP + height;
    const x = (networks: number) =>
      left + side * share(networks, populationCounts[0], lastOf(populationCounts));
    const y = (rate: number) => bottom - height * share(rate, least, most);
    const placeOf = ({ networkCount, networksPerSecond, rangeNetworksPerSecond }: PopulationRate): Place => ({
      x: x(networkCount),
      y: y(networksPerSecond),
      range: rangeNetworksPerSecond.map(y),
    });
    const lines = backendNames.map((backend) => ({
      backend,
      places: rates.filter((rate) => rate.backend === backend).map(placeOf),
    }));
    return html`<svg
      width=${this.width}
      height=${bottom + BOTTOM}
      viewBox="0 0 ${this.width} ${bottom + BOTTOM}"
      role="img"
      aria-label="Networks a second over networks at once, CPU against ${this.label}; the same as a table follows"
    >
      ${ticks.map(
        (value) => svg`
          <path class="grid" d="M${round(left)} ${round(y(value))}H${round(left + side)}" />
          <text x=${round(left - 8)} y=${round(y(value) + 4)} text-anchor="end">${count(value)}</text>`,
      )}
      ${populationCounts.map(
        (networks) =>
          svg`<text x=${round(x(networks))} y=${bottom + 18} text-anchor="middle">${count(networks)}</text>`,
      )}
      ${svg`
        <text x="0" y="12">networks a second</text>
        <text x=${round(left + side)} y=${bottom + 38} text-anchor="end">networks at once</text>`}
      ${lines.map(({ backend, places }) => renderLine(backend, places))} ${this.#renderLabels(lines)}
    </svg>`;
  }

  /** At the end of each line its name: above the upper one, below the lower one. */
  #renderLabels(lines: readonly { readonly backend: Backend['name']; readonly places: readonly Place[] }[]) {
    const drawn = lines.filter(({ places }) => places.length > 0);
    const upper = Math.min(...drawn.map(({ places }) => lastOf(places).y));
    return drawn.map(({ backend, places }, i) => {
      const name = backend === 'cpu' ? 'CPU' : this.label;
      const end = lastOf(places);
      const isUpper = end.y === upper && (i === 0 || lastOf(drawn[0].places).y !== upper);
      const from = end.x - LABEL_WIDTH * name.length;
      const reached = places
        .filter((place, k) => place.x >= from || places[k + 1]?.x > from)
        .map(({ y }) => y);
      const y = isUpper ? Math.min(...reached) - 12 : Math.max(...reached) + 20;
      return svg`<text class="label ${backend}" x=${round(Math.max(end.x + 4, LABEL_WIDTH * name.length))}
        y=${round(y)} text-anchor="end">${name}</text>`;
    });
  }

  #renderTable() {
    const pairs = populationPairs(this.points);
    const ofGpu = this.points.filter(({ backend }) => backend === 'gpu');
    const lacksGpu = ofGpu.length > 0 && ofGpu.every((point) => 'refusal' in point);
    const paths = lacksGpu ? (['cpu'] as const) : backendNames;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Networks a second">
      <table>
        <caption class="screen-reader">
          Networks a second over networks at once, and how many times as many on the GPU as on the CPU
        </caption>
        <thead>
          <tr>
            <th scope="col" class="words">at once</th>
            <th scope="col" class="cpu">CPU</th>
            ${
              lacksGpu
                ? nothing
                : html`<th scope="col" class="gpu">${this.label}</th>
                    <th scope="col">against the CPU</th>`
            }
          </tr>
        </thead>
        <tbody>
          ${populationCounts.map((networkCount) => {
            const pair = pairs.find((each) => each.networkCount === networkCount);
            const speed = pair && populationSpeed(pair);
            return html`<tr>
              <th scope="row" class="words">${count(networkCount)}</th>
              ${paths.map((backend) => {
                const isAhead = speed !== undefined && speed > 1 === (backend === 'gpu');
                return html`<td class=${isAhead ? 'ahead' : ''}>
                  ${this.#rateText(backend, networkCount)}
                </td>`;
              })}
              ${lacksGpu ? nothing : html`<td>${speed === undefined ? '' : ratio(speed)}</td>`}
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }

  #rateText(backend: Backend['name'], networkCount: number): string {
    const point = this.points.find((each) => each.backend === backend && each.networkCount === networkCount);
    if (!point) return '';
    return 'refusal' in point ? '—' : networkRate(point);
  }

  /** How it was timed, and what was not. */
  #notes(): string[] {
    const rates = this.points.filter((point) => 'networksPerSecond' in point);
    const notes = [
      'A network counts from its initial parameters to its losses and trained parameters read back; compiling, ' +
        'paid once, is left out. Medians of three or five warm repetitions, or of one that takes longer than a ' +
        'second; thin bars reach from the slowest to the fastest.',
    ];
    const sampled = rates.find(({ networkCount, timedCount }) => timedCount < networkCount);
    if (sampled) {
      const { timedCount, atOnce } = sampled;
      notes.push(
        `The CPU trains one network a core, ${countOf(atOnce, 'core')}, in float64; of more than ` +
          `${count(timedCount)} networks it is timed on ${count(timedCount)}, for each costs the same there.`,
      );
    }
    // Where every number is refused, the sentence says so.
    if (rates.every(({ backend }) => backend === 'cpu')) return notes;
    const refusals = new Set(this.points.flatMap((point) => ('refusal' in point ? [point.refusal] : [])));
    return [...notes, ...refusals];
  }
}

function renderLine(backend: Backend['name'], places: readonly Place[]) {
  const line = places.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
  const ranges = places
    .map(({ x, range: [from, to] }) => `M${round(x)} ${round(from)}V${round(to)}`)
    .join('');
  return svg`
    <path class="line ${backend}" d=${line} />
    <path class="range ${backend}" d=${ranges} />
    <path class="mark ${backend}" d=${places.map(({ x, y }) => marks[backend](x, y)).join('')} />`;
}

/** Whole decades: the axis stays as it is while one point follows another. */
function decadesAround(values: readonly number[]): [number, number] {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.ceil(Math.log10(Math.max(...values)));
  return [10 ** first, 10 ** Math.max(last, first + 1)];
}

/** How far along a logarithmic axis. */
function share(value: number, from: number, to: number): number {
  return Math.log(value / from) / Math.log(to / from);
}

function lastOf<T>(values: readonly T[]): T {
  return values[values.length - 1];
}

function round(value: number): string {
  return value.toFixed(1);
}

customElements.define('population-picture', PopulationPicture);
