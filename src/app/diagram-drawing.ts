import { html, nothing, svg, type SVGTemplateResult } from 'lit';
import { activations, type Network } from '../index.ts';
import {
  middleOf,
  pointOn,
  type DiagramColumn,
  type DiagramLine,
  type DiagramSpace,
} from './diagram-geometry.ts';

/** A weight or what flows through it; without a width it is no number. */
export function drawLine(d: string, width: number | undefined, strength: number): SVGTemplateResult {
  // A run that diverged has weights that are no numbers.
  if (width === undefined) return svg`<path class="unknown" d=${d} />`;
  return svg`<path d=${d} stroke-width=${width.toFixed(2)} stroke-dasharray=${strength < 0 ? '5 3' : 'none'} />`;
}

/** Between layers that are not neighbours. */
export function drawGaps(columns: readonly DiagramColumn[], space: DiagramSpace) {
  return columns.slice(1).map((column, place) => {
    const before = columns[place];
    if (column.layer === before.layer + 1) return nothing;
    const d = `M${before.x + 24} ${middleOf(space)}H${column.x - 24}`;
    return svg`<path class="unknown" stroke-dasharray="2 4" d=${d} />`;
  });
}

/** On what was changed. */
export function drawMark(line: DiagramLine): SVGTemplateResult {
  const { x, y } = line.input === undefined ? line.from : pointOn(line, 0.36);
  return svg`<circle class="mark" cx=${x} cy=${y} r="4" />`;
}

/** The smallest and the largest activation there can be; of inputs there is no telling. */
export function rangeOf(
  network: Network,
  layer: number,
  link: string | undefined,
): readonly [number, number] {
  if (layer === 0) return [-Infinity, Infinity];
  // What a loss on logits makes of them are probabilities.
  if (layer === network.layers.length && link !== undefined) return [0, 1];
  return activations[network.layers[layer - 1].activation].range;
}

/** What lines, dots and depths of a network's diagram mean. */
export function renderLegend(has: {
  readonly isFlow: boolean;
  readonly isScaled: boolean;
  readonly hasBiases: boolean;
  readonly hasEdits: boolean;
}) {
  const line = (dashes: string) => svg`<path d="M0 4H24" stroke-width="2" stroke-dasharray=${dashes} />`;
  const sign = (content: SVGTemplateResult) => html`<svg viewBox="0 0 24 8">${content}</svg>`;
  return html`
    <span>${sign(line('none'))}${has.isFlow ? 'adds to the unit' : 'positive weight'}</span>
    <span
      >${sign(line('4 3'))}${has.isFlow ? 'takes away, width by weight · activation' : 'negative, width by size'}</span
    >
    ${
      has.hasBiases
        ? html`<span
            >${sign(svg`<circle class="dot" cx="8" cy="4" r="2.5" /><path d="M11 4H22" stroke-width="2" />`)}bias</span
          >`
        : nothing
    }
    ${has.isFlow ? html`<span>the deeper a unit, the larger its activation</span>` : nothing}
    ${has.isFlow && has.isScaled ? html`<span>numbers as scaled for the network</span>` : nothing}
    ${has.hasEdits ? html`<span>${sign(svg`<circle class="mark" cx="12" cy="4" r="4" />`)}changed by hand</span>` : nothing}
  `;
}
