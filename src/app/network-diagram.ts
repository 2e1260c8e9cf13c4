import { html, LitElement, nothing, svg, type PropertyValues, type SVGTemplateResult } from 'lit';
import type { Network } from '../index.ts';
import { drawGaps, drawLine, drawMark, rangeOf, renderLegend } from './diagram-drawing.ts';
import {
  depthsOf,
  fold,
  largeSpace,
  layOutColumns,
  layOutLines,
  lettersOfEnd,
  lineByKey,
  nearestLine,
  pathOf,
  smallSpace,
  strengthsOf,
  widthsOf,
  type DiagramColumn,
  type DiagramLine,
  type DiagramSpace,
} from './diagram-geometry.ts';
import { endLines, endName } from './diagram-names.ts';
import { diagramStyles } from './diagram-styles.ts';
import { count, significant } from './format.ts';
import { describeNetwork, layerName, parameterName, unitName, type EndNames } from './parameter-names.ts';
import { baseStyles } from './styles.ts';

/** Until its width is known. */
const USUAL_WIDTH = 640;
/** A line is met within so many pixels; by a finger within more. */
const REACH = 8;
const FINGER_REACH = 20;
/** A drag begins after so many pixels, and each changes the value by this much. */
const DRAG_BEGINS = 3;
const VALUE_PER_PIXEL = 0.02;
/** Between two circles, for a number or a second line of text. */
const ROOM_FOR_NUMBER = 32;
const ROOM_FOR_LINES = 34;
/** For a name in two lines and a number. */
const ROOM_FOR_MORE_LINES = 48;
const LINE_HEIGHT = 15;
/** Names that are measured for their room. */
const MOST_NAMES = 16;

/** A parameter with a value that a person gave it. */
export interface ParameterEdit {
  readonly index: number;
  readonly value: number;
}

/** Where everything of a picture is. */
interface Layout {
  readonly network: Network;
  readonly space: DiagramSpace;
  readonly columns: readonly DiagramColumn[];
  readonly lines: readonly DiagramLine[];
  readonly paths: readonly string[];
  /** Of the lines, once they can be chosen. */
  names?: readonly string[];
}

interface Drag {
  readonly index: number;
  readonly startY: number;
  readonly startValue: number;
  hasBegun: boolean;
}

/**
 * A network as a picture: a line per weight, in ink, its width by magnitude, dashed where negative; with the activations of
 * a row, what flows instead. The large one names its ends and shows biases; where it is editable a line can be chosen (event
 * `choose`, a parameter's index) and dragged up and down (event `edit`, a ParameterEdit; then `settle`).
 */
class NetworkDiagram extends LitElement {
  static override properties = {
    network: { attribute: false },
    link: {},
    parameters: { attribute: false },
    size: { reflect: true },
    inputNames: { attribute: false },
    outputNames: { attribute: false },
    activations: { attribute: false },
    isScaled: { attribute: false },
    isEditable: { attribute: false },
    edited: { attribute: false },
    selected: { attribute: false },
    width: { state: true },
    hovered: { state: true },
    isDragged: { state: true },
  };

  static override styles = [baseStyles, diagramStyles];

  declare network: Network;
  /** What a loss on logits makes of the last layer; undefined where its activation is what it says. */
  declare link: string | undefined;
  /** [parameterCount], or undefined while they are not known. */
  declare parameters: Float64Array | undefined;
  declare size: 'large' | undefined;
  declare inputNames: readonly string[] | undefined;
  declare outputNames: readonly string[] | undefined;
  /** Of one row: its inputs [inputs], then the activations of each layer [units]. */
  declare activations: readonly Float64Array[] | undefined;
  /** Inputs or targets were scaled for the network: its numbers are not those of the table. */
  declare isScaled: boolean | undefined;
  declare isEditable: boolean | undefined;
  /** Indices of parameters that are not as trained. */
  declare edited: ReadonlySet<number> | undefined;
  /** Index of a parameter. */
  declare selected: number | undefined;
  declare private width: number;
  declare private hovered: DiagramLine | undefined;
  declare private isDragged: boolean;
  #layout: Layout | undefined;
  #drag: Drag | undefined;
  readonly #resizes = new ResizeObserver(() => {
    if (this.size === 'large') this.width = this.clientWidth;
  });

  constructor() {
    super();
    this.width = 0;
    this.isDragged = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resizes.disconnect();
  }

  override willUpdate(changed: PropertyValues): void {
    const { network } = this;
    const isChanged = ['size', 'width', 'inputNames', 'outputNames'].some((name) => changed.has(name));
    // Another object, twenty times a second, may be the same network.
    if (!isChanged && this.#layout && isAlike(this.#layout.network, network)) return;
    const space = this.size === 'large' ? this.#largeSpace() : smallSpace;
    const columns = layOutColumns(network, space);
    const lines = layOutLines(network, columns, space);
    this.#layout = { network, space, columns, lines, paths: lines.map(pathOf) };
    this.hovered = undefined;
  }

  override render() {
    const { parameters, size, activations, edited } = this;
    if (!this.#layout) return nothing;
    const { space, columns, lines } = this.#layout;
    const isEditable = this.#canEdit;
    const state = this.isDragged ? 'dragged' : this.hovered ? 'over' : '';
    return html`
      <svg
        class="picture ${state}"
        viewBox="0 0 ${space.width} ${space.height}"
        role=${isEditable ? 'group' : 'img'}
        aria-label=${describeNetwork(this.network, this.link)}
        @pointerdown=${isEditable ? this.#onDown : nothing}
        @pointermove=${isEditable ? this.#onMove : nothing}
        @pointerup=${this.#onUp}
        @pointercancel=${this.#onUp}
        @pointerleave=${() => (this.hovered = undefined)}
      >
        ${drawGaps(columns, space)} ${this.#drawLines()} ${this.#drawHalos()}
        ${columns.map((column) => this.#drawColumn(column))}
        ${lines.map((line) => (edited?.has(line.index) ? drawMark(line) : nothing))}
      </svg>
      <div class="legend muted small" ?hidden=${!parameters} aria-hidden="true">
        ${renderLegend({
          isFlow: activations !== undefined,
          isScaled: this.isScaled === true && size === 'large',
          hasBiases: lines.some(({ input }) => input === undefined),
          hasEdits: size === 'large' && edited !== undefined && edited.size > 0,
        })}
      </div>
    `;
  }

  /** The chosen line gets the focus, if it is drawn. */
  override focus(): void {
    this.renderRoot.querySelector<SVGElement>('[role=option][tabindex="0"]')?.focus();
  }

  get #canEdit(): boolean {
    return this.size === 'large' && this.isEditable === true && this.parameters !== undefined;
  }

  get #names(): EndNames {
    return { inputs: this.inputNames, outputs: this.outputNames };
  }

  #largeSpace(): DiagramSpace {
    const { network } = this;
    const longest = (layer: number, units: number) =>
      Math.max(
        ...fold(units, MOST_NAMES).map((unit) => endName(this.#unitName(layer, unit), this.#letters).length),
      );
    const width = this.#largeWidth;
    return largeSpace(network, width, [
      longest(0, network.inputCount),
      longest(network.layers.length, network.outputCount),
    ]);
  }

  #unitName(layer: number, unit: number): string {
    return unitName(this.network, layer, unit, this.#names);
  }

  get #letters(): number {
    return lettersOfEnd(this.#largeWidth);
  }

  get #largeWidth(): number {
    return Math.max(280, this.width || USUAL_WIDTH);
  }

  #drawLines() {
    const { parameters, selected, activations } = this;
    const { lines, paths, columns } = this.#layout as Layout;
    if (!parameters) return paths.map((d) => svg`<path class="unknown" d=${d} />`);
    const strengths = strengthsOf(lines, parameters, activations);
    const widths = widthsOf(lines, strengths, columns);
    if (!this.#canEdit)
      return svg`<g>${lines.map((_, at) => drawLine(paths[at], widths[at], strengths[at]))}</g>`;
    const layout = this.#layout as Layout;
    const names = (layout.names ??= lines.map(({ index }) =>
      parameterName(this.network, index, this.#names),
    ));
    const place = lines.findIndex(({ index }) => index === selected);
    const entry = Math.max(0, place);
    const drawOption = (at: number) => {
      const { index } = lines[at];
      const isChosen = at === place;
      // Numbers of hundreds of lines, twenty times a second, would take longer than the lines.
      const name = isChosen ? `${names[at]}: ${significant(parameters[index])}` : names[at];
      return svg`<path role="option" class=${widths[at] === undefined ? 'unknown' : ''} d=${paths[at]}
        aria-label=${name} aria-selected=${isChosen} tabindex=${at === entry ? 0 : -1} data-index=${index}
        stroke-width=${(widths[at] ?? 1).toFixed(2)} stroke-dasharray=${strengths[at] < 0 ? '5 3' : 'none'} />`;
    };
    return svg`<g role="listbox" aria-label="Weights and biases" @keydown=${this.#onKey}>
      ${lines.map((_, at) => drawOption(at))}
    </g>`;
  }

  #drawHalos() {
    const { selected, hovered } = this;
    if (!this.#canEdit) return nothing;
    const chosen = this.#layout?.lines.find(({ index }) => index === selected);
    const isBoth = hovered === chosen;
    return svg`<path class="chosen halo" d=${chosen ? pathOf(chosen) : ''} />
      <path class="halo" d=${hovered && !isBoth ? pathOf(hovered) : ''} />`;
  }

  #drawColumn(column: DiagramColumn): SVGTemplateResult {
    const { layer, shown, ys, x, unitCount, radius, foldY } = column;
    const { network, activations } = this;
    const { space, lines } = this.#layout as Layout;
    const values = activations?.[layer];
    const depths = values && depthsOf(values, rangeOf(network, layer, this.link));
    const biases = lines.filter((line) => line.layer === layer - 1 && line.input === undefined);
    const name =
      layer === 0
        ? unitCount === 1
          ? 'input'
          : 'inputs'
        : layerName(network.layers[layer - 1], network, this.link);
    const fillOf = (unit: number) =>
      depths
        ? `color-mix(in srgb, var(--ink) ${Math.round(100 * depths[unit])}%, var(--card))`
        : 'var(--card)';
    return svg`
      ${biases.map(({ from }) => svg`<circle class="dot" cx=${from.x} cy=${from.y} r="2.5" />`)}
      ${shown.map(
        (unit, at) => svg`<circle class="unit" cx=${x} cy=${ys[at]} r=${radius} fill=${fillOf(unit)}>
          ${values ? svg`<title>${unitName(network, layer, unit, this.#names)}: ${significant(values[unit])}</title>` : nothing}
        </circle>`,
      )}
      ${this.size === 'large' ? shown.map((unit, at) => this.#drawTexts(column, unit, ys[at])) : nothing}
      ${foldY === undefined ? nothing : svg`<text x=${x} y=${foldY + 4}>⋮</text>`}
      <text class="units" x=${x} y=${space.height - 20}>${count(unitCount)}</text>
      <text x=${x} y=${space.height - 4}>${name}</text>`;
  }

  /** Names of inputs and outputs beside them, and numbers where there is room. */
  #drawTexts({ layer, x, radius, gap }: DiagramColumn, unit: number, y: number) {
    const value = this.activations?.[layer][unit];
    const text = value === undefined ? undefined : significant(value, 3);
    const isInput = layer === 0;
    if (!isInput && layer < this.network.layers.length) {
      if (text === undefined || gap - 2 * radius < ROOM_FOR_NUMBER) return nothing;
      return svg`<text class="value" x=${x} y=${y + radius + 14}>${text}</text>`;
    }
    const name = this.#unitName(layer, unit);
    const names = gap >= ROOM_FOR_MORE_LINES ? endLines(name, this.#letters) : [endName(name, this.#letters)];
    const side = isInput ? 'left' : 'right';
    const beside = isInput ? x - radius - 8 : x + radius + 8;
    const hasValue = text !== undefined && gap >= ROOM_FOR_LINES;
    const lineCount = names.length + (hasValue ? 1 : 0);
    const lineY = (line: number) =>
      y + (lineCount === 1 ? 4 : 5.5 + LINE_HEIGHT * (line - (lineCount - 1) / 2));
    return svg`${names.map((part, line) => svg`<text class="end ${side}" x=${beside} y=${lineY(line)}>${part}</text>`)}
      ${hasValue ? svg`<text class=${side} x=${beside} y=${lineY(names.length)}>${text}</text>` : nothing}`;
  }

  #lineAt(event: PointerEvent): DiagramLine | undefined {
    const layout = this.#layout;
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    if (!layout || box.width === 0) return undefined;
    const scale = layout.space.width / box.width;
    const point = { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
    const reach = event.pointerType === 'touch' ? FINGER_REACH : REACH;
    return nearestLine(layout.lines, point, reach * scale);
  }

  readonly #onDown = (event: PointerEvent) => {
    const line = this.#lineAt(event);
    const { parameters } = this;
    if (!line || !parameters || event.button !== 0) return;
    this.#select(line.index);
    // Not the text around it.
    event.preventDefault();
    // A finger that moves up and down scrolls the page.
    if (event.pointerType === 'touch') return;
    (event.currentTarget as SVGElement).setPointerCapture(event.pointerId);
    const startValue = parameters[line.index];
    this.#drag = { index: line.index, startY: event.clientY, startValue, hasBegun: false };
  };

  readonly #onMove = (event: PointerEvent) => {
    const drag = this.#drag;
    if (!drag) {
      if (event.pointerType !== 'touch') this.hovered = this.#lineAt(event);
      return;
    }
    const up = drag.startY - event.clientY;
    if (Math.abs(up) >= DRAG_BEGINS) drag.hasBegun = true;
    if (!drag.hasBegun) return;
    this.isDragged = true;
    const factor = event.shiftKey ? 10 : event.altKey ? 0.1 : 1;
    const value = drag.startValue + up * VALUE_PER_PIXEL * factor;
    this.#say('edit', { index: drag.index, value: Number(value.toPrecision(12)) } satisfies ParameterEdit);
  };

  readonly #onUp = () => {
    if (this.#drag?.hasBegun) this.#say('settle', undefined);
    this.#drag = undefined;
    this.isDragged = false;
  };

  readonly #onKey = (event: KeyboardEvent) => {
    const at = Number((event.target as SVGElement).dataset.index);
    const lines = this.#layout?.lines ?? [];
    const place = lines.findIndex(({ index }) => index === at);
    if (place < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.selected = at;
      this.#say('choose', at);
      this.#say('enter', undefined);
      return;
    }
    const next = lineByKey(lines, place, event.key);
    if (next === undefined) return;
    event.preventDefault();
    this.#select(lines[next].index);
  };

  #select(index: number): void {
    this.selected = index;
    this.#say('choose', index);
    void this.updateComplete.then(() => this.focus());
  }

  #say(type: 'choose' | 'edit' | 'settle' | 'enter', detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** Whether two networks have their parameters in the same places. */
function isAlike(a: Network, b: Network): boolean {
  const isSame = (layer: Network['layers'][number], at: number) =>
    layer.units === b.layers[at].units && layer.bias === b.layers[at].bias;
  return a.inputCount === b.inputCount && a.layers.length === b.layers.length && a.layers.every(isSame);
}

customElements.define('network-diagram', NetworkDiagram);
