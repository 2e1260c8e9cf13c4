import { css, html, LitElement, nothing, svg } from 'lit';
import type { LossFan } from '../index.ts';
import type { SweepCurve, SweepReport } from '../worker/sweep-report.ts';
import { lossAt } from './fan-geometry.ts';
import './field-term.ts';
import { count, countOf } from './format.ts';
import { NO_VALUE } from './measures-sentences.ts';
import { orSpoken } from './measures-table.ts';
import type { Path } from './run.ts';
import { baseStyles } from './styles.ts';
import { lossText, networkName, rankedName } from './sweep-sentences.ts';

/** The strokes of a fan, in the picture and in its legend: told apart by dashes and width, not by colour alone. */
export const fanStrokes = css`
  path {
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linejoin: round;
    stroke-linecap: round;
  }
  .grid {
    stroke: var(--line);
    stroke-width: 1;
  }
  .band {
    fill: currentColor;
    fill-opacity: 0.2;
    stroke: none;
  }
  .constant,
  .at {
    color: var(--muted);
    stroke-width: 1;
  }
  .best,
  .chosen {
    color: var(--ink);
    stroke-linecap: butt;
  }
  .best {
    stroke-dasharray: 7 4;
  }
  .chosen {
    stroke-dasharray: 2 3;
  }
`;

/** The legend of a fan, with what each of its curves is at one of its points. */
class FanLegend extends LitElement {
  static override properties = {
    fan: { attribute: false },
    best: { attribute: false },
    chosen: { attribute: false },
    constantLoss: { attribute: false },
    rankedBy: {},
    path: {},
    place: { attribute: false },
  };

  static override styles = [
    baseStyles,
    fanStrokes,
    css`
      p {
        min-height: 16px;
        margin-top: 8px;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 276px), 1fr));
        gap: 4px 24px;
        margin: 4px 0 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 20px;
        max-width: 324px;
      }
      svg {
        flex: none;
        width: 28px;
        height: 12px;
      }
      li .number {
        margin-left: auto;
        white-space: nowrap;
      }
    `,
  ];

  declare fan: LossFan;
  declare best: SweepCurve | undefined;
  declare chosen: SweepCurve | undefined;
  declare constantLoss: number;
  declare rankedBy: SweepReport['rankedBy'];
  declare path: Path;
  /** Of the point that is read, in the fan; −1 where it has none. */
  declare place: number;

  override render() {
    const { fan, place } = this;
    if (place < 0) return html`<p></p>`;
    const networks = countOf(fan.networkCounts[place], 'network');
    return html`<p class="muted small number">At step ${count(fan.steps[place])}, ${networks}</p>
      <ul class="small">
        ${this.#renderNetworks(fan.steps[place])} ${this.#renderQuartiles()} ${this.#renderConstant()}
      </ul>`;
  }

  #renderNetworks(step: number) {
    const { best, chosen } = this;
    const isChosen = chosen !== undefined && chosen.place === best?.place;
    const words = isChosen ? 'best and chosen' : 'best';
    return [
      best && renderEntry(line('best'), this.#renderBestName(best, words), lossText(bestLossAt(best, step))),
      chosen && !isChosen
        ? renderEntry(line('chosen'), `chosen, ${networkName(chosen.place)}`, lossText(lossAt(chosen, step)))
        : nothing,
    ];
  }

  #renderBestName({ place }: SweepCurve, words: string) {
    const name = networkName(place);
    const meaning =
      place === undefined
        ? 'The least training loss at each step, of whichever network has it there: until one is over, none is ranked.'
        : `The network that is ranked first, by its ${rankedName(this.rankedBy)}; what is drawn is its training loss.`;
    return html`<span><field-term meaning=${meaning}>${words}</field-term>, ${name}</span>`;
  }

  #renderQuartiles() {
    const { fan, path, place } = this;
    const [lower, median, upper] = [fan.lower, fan.median, fan.upper].map((losses) =>
      lossText(losses[place]),
    );
    const term = html`<field-term
      meaning="Of these networks, a quarter has a smaller loss than the lower one, a quarter a larger loss than the upper one. One that ended early counts on with its last loss."
      >quartiles</field-term
    >`;
    return [
      renderEntry(line(path), 'median', median),
      renderEntry(svg`<path class="band ${path}" d="M0 0H28V12H0Z" />`, term, `${lower} – ${upper}`),
    ];
  }

  #renderConstant() {
    if (!Number.isFinite(this.constantLoss)) return nothing;
    const term = html`<field-term
      meaning="The smallest loss that always the same answer can reach. A network that ends no better fails."
      >constant answer</field-term
    >`;
    return renderEntry(line('constant'), term, lossText(this.constantLoss));
  }
}

/** One that ended early counts on with its last loss. */
function bestLossAt(best: SweepCurve, step: number): number | undefined {
  const last = best.losses.length - 1;
  return step > best.steps[last] ? best.losses[last] : lossAt(best, step);
}

function line(name: string) {
  return svg`<path class=${name} d="M0 6H28" />`;
}

function renderEntry(mark: unknown, name: unknown, value: string | undefined) {
  return html`<li>
    <svg viewBox="0 0 28 12" aria-hidden="true">${mark}</svg><span>${name}</span
    ><span class="number">${orSpoken(value ?? NO_VALUE)}</span>
  </li>`;
}

customElements.define('fan-legend', FanLegend);
