import { css, html, LitElement, svg, type SVGTemplateResult } from 'lit';
import { activations, type Layer, type Network } from '../index.ts';
import { count, countOf } from './format.ts';
import { baseStyles } from './styles.ts';

/** Units drawn of a layer; a wider one is folded. */
const MOST_UNITS = 6;
/** Layers drawn, the input among them; a deeper network is folded. */
const MOST_LAYERS = 6;
const WIDTH = 312;
const HEIGHT = 196;
const RADIUS = 9;
/** Left, right and top margins: room for half a label, and for the circles. */
const SIDE = 40;
const TOP = 16;
const BOTTOM = 52;

interface Column {
  /** Which layer; 0 is the input. */
  readonly layer: number;
  readonly unitCount: number;
  readonly shown: readonly number[];
  readonly x: number;
  readonly name: string;
}

/** A network as a picture: a line per weight, in ink, its width by magnitude, dashed where negative. */
class NetworkDiagram extends LitElement {
  static override properties = {
    network: { attribute: false },
    parameters: { attribute: false },
    link: {},
  };

  static override styles = [
    baseStyles,
    css`
      svg {
        display: block;
        width: 100%;
        height: auto;
        max-height: 240px;
      }
      path {
        fill: none;
        stroke: var(--ink);
        stroke-linecap: butt;
      }
      .unknown {
        stroke: var(--line);
      }
      circle {
        fill: var(--card);
        stroke: var(--ink);
        stroke-width: 1.5;
      }
      text {
        fill: var(--muted);
        font: 12px var(--words);
        text-anchor: middle;
      }
      .units {
        fill: var(--ink);
        font-weight: 500;
      }
      .legend {
        display: flex;
        justify-content: center;
        gap: 16px;
        margin-top: 4px;
      }
      .legend svg {
        display: inline-block;
        width: 24px;
        height: 8px;
        margin-right: 4px;
        vertical-align: middle;
      }
    `,
  ];

  declare network: Network;
  /** What a loss on logits makes of the last layer; undefined where its activation is what it says. */
  declare link: string | undefined;
  /** [parameterCount], or undefined while they are not known. */
  declare parameters: Float64Array | undefined;

  override render() {
    const columns = layOutColumns(this.network, this.link);
    const pairs = columns.slice(1).map((column, index) => [columns[index], column] as const);
    return html`
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${describe(this.network, this.link)}>
        ${pairs.map(([from, to]) => this.#drawWeights(from, to))} ${columns.map(drawColumn)}
      </svg>
      <div class="legend muted small" ?hidden=${!this.parameters} aria-hidden="true">
        <span>${legendLine('')}positive weight</span><span>${legendLine('4 3')}negative, width by size</span>
      </div>
    `;
  }

  #drawWeights(from: Column, to: Column): SVGTemplateResult[] {
    if (to.layer !== from.layer + 1)
      return [
        svg`<path class="unknown" stroke-dasharray="2 4" d=${`M${from.x + 24} ${middle()}H${to.x - 24}`} />`,
      ];
    const layer = this.network.layers[from.layer];
    const { parameters } = this;
    const largest = parameters ? largestShown(this.network, parameters) : 1;
    // Many lines on one another would be a blot.
    const most = Math.min(3.5, 32 / (from.shown.length * to.shown.length));
    return from.shown.flatMap((input, i) =>
      to.shown.map((unit, j) => {
        const d = curve(from.x + RADIUS, unitY(from, i), to.x - RADIUS, unitY(to, j));
        if (!parameters) return svg`<path class="unknown" d=${d} />`;
        const weight = parameters[layer.weightsOffset + input * layer.units + unit];
        const share = Math.abs(weight) / largest;
        // A run that diverged has weights that are no numbers.
        if (!Number.isFinite(share)) return svg`<path class="unknown" d=${d} />`;
        const width = 0.5 + most * Math.min(1, share);
        return svg`<path d=${d} stroke-width=${width.toFixed(2)} stroke-dasharray=${weight < 0 ? '5 3' : 'none'} />`;
      }),
    );
  }
}

function layOutColumns(network: Network, link: string | undefined): Column[] {
  const layers = [
    { unitCount: network.inputCount, name: network.inputCount === 1 ? 'input' : 'inputs' },
    ...network.layers.map((layer) => ({ unitCount: layer.units, name: nameOf(layer, network, link) })),
  ];
  const shownLayers = fold(layers.length, MOST_LAYERS);
  const gap = (WIDTH - 2 * SIDE) / (shownLayers.length - 1);
  return shownLayers.map((layer, index) => ({
    ...layers[layer],
    layer,
    shown: fold(layers[layer].unitCount, MOST_UNITS),
    x: SIDE + index * gap,
  }));
}

/** All of a short row; of a long one the first ones and the last. */
function fold(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, index) => index);
  return [...Array.from({ length: most - 2 }, (_, index) => index), length - 1];
}

/** Where a unit's circle is; a folded layer leaves a gap before its last one. */
function unitY({ shown, unitCount }: Column, index: number): number {
  const isFolded = shown.length < unitCount;
  const places = shown.length + (isFolded ? 1 : 0);
  const place = isFolded && index === shown.length - 1 ? index + 1 : index;
  const gap = Math.min(56, (HEIGHT - TOP - BOTTOM) / Math.max(1, places - 1));
  return middle() + (place - (places - 1) / 2) * gap;
}

function middle(): number {
  return (HEIGHT + TOP - BOTTOM) / 2;
}

function drawColumn(column: Column): SVGTemplateResult {
  const { shown, unitCount, x, name } = column;
  const isFolded = shown.length < unitCount;
  const foldY = (unitY(column, shown.length - 2) + unitY(column, shown.length - 1)) / 2;
  const radius = isFolded ? RADIUS - 1 : RADIUS;
  return svg`
    ${shown.map((_, index) => svg`<circle cx=${x} cy=${unitY(column, index)} r=${radius} />`)}
    ${isFolded ? svg`<text x=${x} y=${foldY + 4}>⋮</text>` : ''}
    <text class="units" x=${x} y=${HEIGHT - 20}>${count(unitCount)}</text>
    <text x=${x} y=${HEIGHT - 4}>${name}</text>`;
}

function curve(x1: number, y1: number, x2: number, y2: number): string {
  const half = (x2 - x1) / 2;
  return `M${x1} ${y1}C${x1 + half} ${y1} ${x2 - half} ${y2} ${x2} ${y2}`;
}

/** The largest |weight| drawn. */
function largestShown(network: Network, parameters: Float64Array): number {
  let largest = 0;
  for (const { weightsOffset, inputCount, units } of network.layers) {
    for (const input of fold(inputCount, MOST_UNITS)) {
      for (const unit of fold(units, MOST_UNITS)) {
        largest = Math.max(largest, Math.abs(parameters[weightsOffset + input * units + unit]));
      }
    }
  }
  return largest || 1;
}

function legendLine(dashes: string): SVGTemplateResult {
  return html`<svg viewBox="0 0 24 8">
    ${svg`<path d="M0 4H24" stroke-width="2" stroke-dasharray=${dashes || 'none'} />`}
  </svg>` as unknown as SVGTemplateResult;
}

/** The activation of a layer. */
function nameOf(layer: Layer, { layers }: Network, link: string | undefined): string {
  const isOutput = layer === layers[layers.length - 1];
  return (isOutput ? link : undefined) ?? activations[layer.activation].label;
}

function describe(network: Network, link: string | undefined): string {
  const { inputCount, layers, parameterCount } = network;
  const parts = layers.map((layer) => `${countOf(layer.units, 'unit')} with ${nameOf(layer, network, link)}`);
  return `Network: ${countOf(inputCount, 'input')}, then ${parts.join(', then ')}; ${countOf(parameterCount, 'parameter')}.`;
}

customElements.define('network-diagram', NetworkDiagram);
