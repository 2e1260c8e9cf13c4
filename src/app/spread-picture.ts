import { css, html, LitElement, nothing } from 'lit';
import {
  adviceOf,
  type Distribution,
  type LayerSpread,
  type SpreadMoment,
  type TrainingJob,
} from '../index.ts';
import './choice-switch.ts';
import './field-term.ts';
import { count, countOf, percent, significant } from './format.ts';
import { orSpoken } from './measures-table.ts';
import { momentAt, spreadRowsOf, type SpreadKind } from './spread-geometry.ts';
import './spread-plot.ts';
import {
  apartText,
  layerKind,
  layerTitle,
  lengthRatio,
  linkOf,
  presentSentence,
  rowsSentence,
  unitsText,
} from './spread-sentences.ts';
import { baseStyles, disclosureStyles, tableStyles } from './styles.ts';

/** Layers shown at once; the others are a choice away. */
const MOST_LAYERS = 4;

type Quantity = 'weights' | 'gradients' | 'activations';

const quantities: Readonly<Record<Quantity, { title: string; kind: SpreadKind; meaning: string }>> = {
  weights: {
    title: 'Weights',
    kind: 'values',
    meaning: 'What each input of a unit is multiplied by; without biases.',
  },
  gradients: {
    title: 'Gradients, by size',
    kind: 'sizes',
    meaning: 'How much the loss changes with each weight, whatever the sign, on a scale of powers of ten.',
  },
  activations: {
    title: 'Activations',
    kind: 'values',
    meaning: 'What each unit says to each row looked at.',
  },
};
const quantityNames = Object.keys(quantities) as Quantity[];

/** What happens inside a network over a run: how weights, gradients and activations of each layer are spread. */
class SpreadPicture extends LitElement {
  static override properties = {
    moments: { attribute: false },
    job: { attribute: false },
    step: { attribute: false },
    lastStep: { attribute: false },
    page: { state: true },
    open: { state: true },
  };

  static override styles = [
    baseStyles,
    tableStyles,
    disclosureStyles,
    css`
      :host {
        container-type: inline-size;
      }
      /* Room for the longest sentence: nothing moves when it comes or goes. */
      .advice {
        min-height: 64px;
        padding: 12px 16px;
        border-radius: 8px;
        background: var(--well);
        align-content: center;
      }
      .advice.none {
        padding-left: 0;
        background: none;
        color: var(--muted);
      }
      .legend {
        margin: 12px 0 16px;
      }
      choice-switch {
        margin-bottom: 16px;
      }
      section {
        padding: 16px 0;
        border-top: 1px solid var(--line);
      }
      h3 span {
        font-weight: 400;
      }
      .plots {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 12px 24px;
        margin: 8px 0;
      }
      h4 {
        display: flex;
        justify-content: space-between;
        gap: 8px;
        margin: 0 0 4px;
        font-size: 12px;
        line-height: 16px;
        font-weight: 500;
      }
      h4 .muted {
        font-weight: 400;
      }
      .tables {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 16px 24px;
        align-items: start;
        margin-top: 8px;
      }
      caption {
        padding-bottom: 4px;
        text-align: left;
        font-size: 12px;
        line-height: 16px;
        font-weight: 500;
      }
      .figures {
        padding-top: 16px;
        border-top: 1px solid var(--line);
      }
      .figures table {
        width: auto;
        min-width: min(640px, 100%);
      }
      .figures + p {
        margin-top: 12px;
      }
      @container (max-width: 719px) {
        .plots,
        .tables {
          grid-template-columns: minmax(0, 1fr);
        }
        .advice {
          min-height: 104px;
        }
      }
      @media (pointer: coarse), (max-width: 719px) {
        summary {
          min-height: 40px;
        }
      }
    `,
  ];

  /** Steps ascending; at least one. */
  declare moments: readonly SpreadMoment[];
  declare job: TrainingJob;
  /** The present one. */
  declare step: number;
  /** Where the axes end. */
  declare lastStep: number;
  /** Which four of the layers are shown. */
  declare private page: number;
  /** The layers whose tables are open. */
  declare private open: ReadonlySet<number>;

  constructor() {
    super();
    this.page = 0;
    this.open = new Set();
  }

  override render() {
    const { moments, step, job } = this;
    const steps = moments.map((moment) => moment.step);
    const moment = moments[momentAt(steps, step)];
    const advice = adviceOf(job, moment);
    const layerCount = moment.layers.length;
    const pageCount = Math.ceil(layerCount / MOST_LAYERS);
    const first = MOST_LAYERS * Math.min(this.page, pageCount - 1);
    const places = moment.layers.map((_, place) => place).slice(first, first + MOST_LAYERS);
    return html`
      <p class="advice ${advice === undefined ? 'none' : ''}">
        ${advice ?? 'Nothing here calls for advice.'}
      </p>
      <p class="legend muted small">
        Maps run over the steps: the deeper, the larger the share of entries. ${presentSentence(step, moment)}
      </p>
      ${pageCount > 1 ? this.#renderPages(pageCount, layerCount) : nothing}
      ${places.map((place) => this.#renderLayer(place, moment, steps))} ${renderFigures(moment, places)}
      <p class="muted small">${rowsSentence(moment)}</p>
    `;
  }

  #renderPages(pageCount: number, layerCount: number) {
    const names = Array.from({ length: pageCount }, (_, i) => {
      const [from, to] = [MOST_LAYERS * i + 1, Math.min(layerCount, MOST_LAYERS * (i + 1))];
      return from === to ? count(from) : `${count(from)}–${count(to)}`;
    });
    return html`<choice-switch
      legend="Layers shown, of ${countOf(layerCount, 'layer')}"
      .names=${names}
      .chosen=${this.page}
      @choose=${({ detail }: CustomEvent<number>) => (this.page = detail)}
    ></choice-switch>`;
  }

  #renderLayer(place: number, { layers, step }: SpreadMoment, steps: readonly number[]) {
    const layer = layers[place];
    const title = layerTitle(place, layers.length);
    const link = linkOf(this.job, place, layers.length);
    return html`<section aria-label=${title}>
      <h3>${title} <span class="muted">· ${layerKind(layer, link)}</span></h3>
      <div class="plots">
        ${quantityNames.map((quantity) => {
          const { title: name, kind, meaning } = quantities[quantity];
          const notes = [
            link && quantity === 'activations' ? `before the ${link}` : undefined,
            apartText(layer[quantity], kind === 'sizes'),
          ];
          const apart = notes.filter((note) => note !== undefined).join(', ');
          return html`<div>
            <h4>
              <field-term meaning=${meaning}>${name}</field-term>
              ${apart ? html`<span class="muted">${apart}</span>` : nothing}
            </h4>
            <spread-plot
              name="${name} of ${title.toLowerCase()}"
              .distributions=${this.moments.map((moment) => moment.layers[place][quantity])}
              .kind=${kind}
              .steps=${steps}
              .step=${this.step}
              .lastStep=${this.lastStep}
            ></spread-plot>
          </div>`;
        })}
      </div>
      <details ?open=${this.open.has(place)} @toggle=${(event: Event) => this.#onToggle(event, place)}>
        <summary class="muted small">As tables<span class="screen-reader">: ${title}</span></summary>
        ${this.open.has(place) ? renderTables(layer, title, step) : nothing}
      </details>
    </section>`;
  }

  #onToggle(event: Event, place: number): void {
    const open = new Set(this.open);
    if ((event.target as HTMLDetailsElement).open) open.add(place);
    else open.delete(place);
    this.open = open;
  }
}

function renderTables(layer: LayerSpread, title: string, step: number) {
  return html`<div class="tables">
    ${quantityNames.map((quantity) => {
      const { title: name, kind } = quantities[quantity];
      const caption = `${name}, at step ${count(step)}`;
      return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}: ${title}">
        ${renderHistogram(caption, layer[quantity], kind)}
      </div>`;
    })}
  </div>`;
}

function renderHistogram(caption: string, distribution: Distribution, kind: SpreadKind) {
  const all = distribution.count + distribution.otherCount;
  const apart = [
    { name: '0', entries: kind === 'sizes' ? distribution.zeroCount : 0 },
    { name: 'not finite', entries: distribution.otherCount },
  ].filter(({ entries }) => entries > 0);
  const numbers = (entries: number) =>
    html`<td>${count(entries)}</td>
      <td>${percent(entries / all)}</td>`;
  return html`<table>
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        <th scope="col">from</th>
        <th scope="col">up to</th>
        <th scope="col">entries</th>
        <th scope="col">share</th>
      </tr>
    </thead>
    <tbody>
      ${apart.map(
        ({ name, entries }) =>
          html`<tr>
            <th scope="row" colspan="2">${name}</th>
            ${numbers(entries)}
          </tr>`,
      )}
      ${spreadRowsOf(distribution, kind).map(
        ({ from, to, count: entries }) =>
          html`<tr>
            <th scope="row">${from}</th>
            <td>${to}</td>
            ${numbers(entries)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function renderFigures({ layers, step }: SpreadMoment, places: readonly number[]) {
  return html`<div class="figures">
    <div class="scroll" tabindex="0" role="region" aria-label="Figures by layer">
      <table>
        <caption>
          At step ${count(step)}
        </caption>
        <thead>
          <tr>
            <th scope="col" class="words">layer</th>
            <th scope="col">
              <field-term
                meaning="Units whose ReLU is 0 on every row looked at: no gradient reaches their weights."
                >dead</field-term
              >
            </th>
            <th scope="col">
              <field-term
                meaning="Units whose activation is almost flat, its slope below 5 % of the steepest, on at least 95 % of the rows looked at."
                >saturated</field-term
              >
            </th>
            <th scope="col">
              <field-term
                meaning="The root of the sum of the squares of the gradients of the layer’s weights."
                >gradient’s length</field-term
              >
            </th>
            <th scope="col">
              <field-term
                meaning="The gradient’s length divided by that of the output layer: where it is tiny, the layer hardly learns."
                >against output</field-term
              >
            </th>
          </tr>
        </thead>
        <tbody>
          ${places.map((place) => {
            const layer = layers[place];
            return html`<tr>
              <th scope="row" class="words">${layerTitle(place, layers.length)}</th>
              <td>${orSpoken(unitsText(layer.deadCount, layer))}</td>
              <td>${orSpoken(unitsText(layer.saturatedCount, layer))}</td>
              <td>${significant(layer.gradientLength)}</td>
              <td>${orSpoken(lengthRatio(layer, layers))}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
  </div>`;
}

customElements.define('spread-picture', SpreadPicture);
