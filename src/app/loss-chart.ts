import { css, html, unsafeCSS } from 'lit';
import uPlot from 'uplot';
import uplotStyles from 'uplot/dist/uPlot.min.css?inline';
import {
  alignCurves,
  divergingRange,
  largestOf,
  linearRange,
  logRange,
  logSplits,
  logTick,
  tick,
  tickOf,
} from './chart-scales.ts';
import { count, significant } from './format.ts';
import { PageElement } from './page-element.ts';
import type { Topic } from './page-state.ts';
import type { Path, Run, RunKey } from './run.ts';
import { runLabel } from './sentences.ts';
import { baseStyles } from './styles.ts';

/** At most this often the curves are drawn again while they grow. */
const REDRAW_EVERY_MS = 100;
const AXIS_WIDTH = 64;
const DIFFERENCE_HEIGHT = 64;

export type LossScale = 'linear' | 'log';

/** From the lowest to the topmost: where the curves lie on one another, line, dashes and rings still show. */
const drawnKeys: readonly RunKey[] = ['gpu', 'cpu', 'kernels'];
/** Above them their validation losses: in the colour of the path, dotted. */
const watchedKeys: readonly RunKey[] = ['gpu', 'cpu'];
const VALIDATION_DOTS = [1.5, 4];
/** A ring about every so many pixels. */
const RING_EVERY_PX = 48;
const RING_SIZE = 7;
/** Of the differences, the largest about every so many pixels is drawn. */
const LARGEST_OF_PX = 4;

/** The loss of each run over its steps, and under it how far the GPU's curves are from float64. */
class LossChart extends PageElement {
  static override properties = { ...PageElement.properties, scale: {} };

  static override styles = [
    unsafeCSS(uplotStyles),
    baseStyles,
    css`
      .loss {
        height: 288px;
      }
      .difference {
        height: ${DIFFERENCE_HEIGHT}px;
      }
      .uplot {
        font-family: var(--words);
      }
      @media (max-width: 719px) {
        .loss {
          height: 232px;
        }
      }
    `,
  ];

  declare scale: LossScale;
  #loss: uPlot | undefined;
  #difference: uPlot | undefined;
  #timer: number | undefined;
  #drawn = '';
  readonly #schemes = matchMedia('(prefers-color-scheme: dark)');
  readonly #resizes = new ResizeObserver(() => this.#resize());
  readonly #rebuild = () => {
    this.#drawn = '';
    this.requestUpdate();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resizes.observe(this);
    this.#schemes.addEventListener('change', this.#rebuild);
    // A GPU process that dies takes what was drawn with it. The event does not bubble.
    this.renderRoot.addEventListener('contextrestored', this.#rebuild, { capture: true });
    void document.fonts.ready.then(this.#rebuild);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resizes.disconnect();
    this.#schemes.removeEventListener('change', this.#rebuild);
    clearTimeout(this.#timer);
  }

  protected override onStateChange(topic: Topic): void {
    if (topic === 'change') this.requestUpdate();
    else this.#timer ??= window.setTimeout(() => this.#redraw(), REDRAW_EVERY_MS);
  }

  override render() {
    return html`
      <div class="loss" role="img" aria-label=${this.#describe()}></div>
      <div
        class="difference"
        role="img"
        aria-label="Difference of the GPU’s loss from float64"
        ?hidden=${!this.page.state.isComparing}
      ></div>
    `;
  }

  override updated(): void {
    const { isComparing, hasRuns } = this.page.state;
    const steps = this.#lastStep();
    const drawn = `${this.scale} ${steps} ${isComparing} ${hasRuns} ${this.#diverged?.key}`;
    if (drawn !== this.#drawn && this.clientWidth > 0) {
      this.#drawn = drawn;
      this.#build(steps);
    }
    this.#redraw();
  }

  get #diverged(): Run | undefined {
    return this.page.state.shownRuns.find(({ report }) => report?.divergence);
  }

  /** Where the axis ends: with the job, or where all runs of it diverged. */
  #lastStep(): number {
    const { shownRuns, job } = this.page.state;
    const ends = shownRuns.map(
      (run) => run.report?.divergence?.step ?? (run.isOver ? run.stepCount : run.job.steps),
    );
    return Math.max(1, ...(ends.length > 0 ? ends : [job.steps]));
  }

  #build(steps: number): void {
    this.#loss?.destroy();
    this.#difference?.destroy();
    this.#difference = undefined;
    const [lossBox, differenceBox] = this.renderRoot.querySelectorAll<HTMLElement>('.loss, .difference');
    const look = readLook(this);
    const first = this.#diverged?.curve.losses[0];
    const linear = first === undefined ? linearRange : divergingRange(first);
    const size = { width: this.clientWidth, steps, linear };
    const loss = lossOptions(look, { ...size, height: lossBox.clientHeight, scale: this.scale });
    this.#loss = new uPlot(loss, [[], [], [], [], [], []], lossBox);
    if (!this.page.state.isComparing) return;
    const difference = differenceOptions(look, { ...size, height: DIFFERENCE_HEIGHT });
    this.#difference = new uPlot(difference, [[], [], []], differenceBox);
  }

  #redraw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { runs, comparisons } = this.page.state;
    const curves = [
      ...drawnKeys.map((key) => runs[key]?.curve),
      ...watchedKeys.map((key) => runs[key]?.validation),
    ];
    const isLog = this.scale === 'log';
    this.#loss?.setData(alignCurves(curves, isLog));
    const pointCount = Math.ceil(this.clientWidth / LARGEST_OF_PX);
    const differences = [comparisons.gpu, comparisons.kernels].map(
      (comparison) => comparison && largestOf(comparison.difference, pointCount),
    );
    this.#difference?.setData(alignCurves(differences, false));
  }

  #resize(): void {
    const width = this.clientWidth;
    if (!this.#loss) {
      this.requestUpdate();
      return;
    }
    const height = this.renderRoot.querySelector('.loss')?.clientHeight ?? 0;
    if (width === 0 || (this.#loss.width === width && this.#loss.height === height)) return;
    this.#loss.setSize({ width, height });
    this.#difference?.setSize({ width, height: DIFFERENCE_HEIGHT });
  }

  #describe(): string {
    const { state } = this.page;
    const parts = state.shownRuns
      .filter(({ curve }) => curve.losses.length > 0)
      .map((run) => `${runLabel(state, run)}: ${describeRun(run)}`);
    return `Loss over steps. ${parts.join(' ')}`;
  }
}

function describeRun(run: Run): string {
  const { validation } = run;
  const last = validation?.losses[validation.losses.length - 1];
  const watched =
    last === undefined
      ? ''
      : ` Validation loss: from ${significant(validation?.losses[0] ?? NaN)} to ${significant(last)}.`;
  return `${describeTraining(run)}${watched}`;
}

function describeTraining({ curve, stepCount, report }: Run): string {
  const { losses } = curve;
  const from = `from ${significant(losses[0])} to`;
  if (report?.divergence) return `${from} where it diverged, at step ${count(report.divergence.step)}.`;
  return `${from} ${significant(report?.finalLoss ?? losses[losses.length - 1])} in ${count(stepCount)} steps.`;
}

/** The page's colours, read where the canvas needs them. */
interface Look {
  readonly colours: Readonly<Record<Path | 'ink' | 'muted' | 'line' | 'card', string>>;
  readonly font: string;
}

function readLook(element: HTMLElement): Look {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const colours = {
    cpu: colour('cpu'),
    gpu: colour('gpu'),
    ink: colour('ink'),
    muted: colour('muted'),
    line: colour('line'),
    card: colour('card'),
  };
  return { colours, font: `12px ${colour('words')}` };
}

interface Size {
  readonly width: number;
  readonly height: number;
  readonly steps: number;
}

function lossOptions(
  look: Look,
  size: Size & { scale: LossScale; linear: uPlot.Range.Function },
): uPlot.Options {
  const { colours } = look;
  const isLog = size.scale === 'log';
  return {
    ...frame(look, size),
    scales: {
      x: { time: false, range: [0, size.steps] },
      y: isLog ? { distr: 3, range: logRange } : { range: size.linear },
    },
    series: [
      {},
      { label: 'GPU', stroke: colours.gpu, width: 2.5, points: { show: showAlone }, spanGaps: true },
      {
        label: 'CPU',
        stroke: colours.cpu,
        width: 2,
        dash: [6, 6],
        points: { show: showAlone },
        spanGaps: true,
      },
      {
        label: 'GPU, kernel by kernel',
        stroke: colours.gpu,
        width: 1,
        points: { size: RING_SIZE, stroke: colours.gpu, fill: colours.card, width: 1.5, filter: ringPlaces },
        spanGaps: true,
      },
      validationSeries('GPU, validation', colours.gpu),
      validationSeries('CPU, validation', colours.cpu),
    ],
    axes: [
      stepAxis(look, size),
      {
        ...axis(look),
        size: AXIS_WIDTH,
        values: (_, splits) =>
          splits.map((value) => (isLog ? logTick(value) : tickOf(value, splits[1] - splits[0]))),
        ...(isLog ? logAxis : {}),
      },
    ],
  };
}

/** Its looks are rarer than the steps of the losses: the steps between have no point. */
function validationSeries(label: string, stroke: string): uPlot.Series {
  return { label, stroke, width: 2, dash: VALIDATION_DOTS, points: { show: false }, spanGaps: true };
}

/** Its own splits; and an increment for any range, without which a range of many decades would get no labels. */
const logAxis: Partial<uPlot.Axis> = {
  splits: logSplits,
  filter: (_, splits) => splits,
  incrs: (_, __, least, most) => [most - least],
};

function differenceOptions(look: Look, size: Size): uPlot.Options {
  const { colours } = look;
  return {
    ...frame(look, size),
    scales: { x: { time: false, range: [0, size.steps] }, y: { range: (_, __, most) => [0, most || 1] } },
    series: [
      {},
      { stroke: colours.muted, fill: colours.line, width: 1, points: { show: false } },
      { stroke: colours.ink, width: 1, dash: [4, 4], points: { show: false } },
    ],
    axes: [
      { ...axis(look), size: 8, values: () => [], ticks: { show: false }, grid: { show: false } },
      {
        ...axis(look),
        size: AXIS_WIDTH,
        splits: (_, __, ___, most) => [0, most],
        values: (plot, splits) => (plot.data[0].length === 0 ? [] : splits.map((value) => tick(value, 2))),
      },
    ],
  };
}

function frame(
  { colours }: Look,
  { width, height }: Size,
): Pick<uPlot.Options, 'width' | 'height' | 'legend' | 'cursor' | 'padding'> {
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false, points: { fill: colours.card } },
    padding: [8, 28, 0, 0],
  };
}

function axis({ colours, font }: Look): uPlot.Axis {
  return {
    stroke: colours.muted,
    font,
    gap: 8,
    grid: { stroke: colours.line, width: 1 },
    ticks: { show: false },
  };
}

function stepAxis(look: Look, { width }: Size): uPlot.Axis {
  const space = width < 480 ? 96 : 120;
  return {
    ...axis(look),
    size: 28,
    space,
    label: 'step',
    labelFont: look.font,
    labelSize: 18,
    labelGap: 0,
    grid: { show: false },
    // Steps are whole; a short run has few of them.
    incrs: [1, 2, 5]
      .flatMap((digit) => [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7].map((ten) => digit * ten))
      .toSorted((a, b) => a - b),
    values: (_, splits) => splits.map((step) => count(step)),
  };
}

/** Where the rings of a curve are: evenly, and not on top of its ends. */
function ringPlaces(plot: uPlot, seriesIndex: number): number[] {
  const values = plot.data[seriesIndex];
  const stride = Math.max(
    1,
    Math.round((RING_EVERY_PX * values.length * devicePixelRatio) / plot.bbox.width),
  );
  const places: number[] = [];
  for (let i = Math.floor(stride / 2); i < values.length; i += stride) if (values[i] !== null) places.push(i);
  return places;
}

/** A single point has no line to be seen by. */
function showAlone(plot: uPlot): boolean {
  return plot.data[0].length === 1;
}

customElements.define('loss-chart', LossChart);
