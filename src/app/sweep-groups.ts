import { css, html, LitElement, nothing, svg } from 'lit';
import type { SweepGroup } from '../index.ts';
import type { SweepReport } from '../worker/sweep-report.ts';
import './field-term.ts';
import { count, significant } from './format.ts';
import { NO_VALUE } from './measures-sentences.ts';
import { orSpoken } from './measures-table.ts';
import { stripAxis, type StripAxis } from './strip-geometry.ts';
import { baseStyles, tableStyles } from './styles.ts';
import {
  failSentence,
  groupFails,
  rankedName,
  shownValue,
  valueOf,
  type SweptLabel,
} from './sweep-sentences.ts';

const SHOWN_GROUPS = 50;
/** Of a strip; its length is stretched to its column. */
const LENGTH = 1000;
const HEIGHT = 20;

/** What each combination of a sweep comes to over its seeds. */
class SweepGroups extends LitElement {
  static override properties = {
    groups: { attribute: false },
    groupCount: { attribute: false },
    axes: { attribute: false },
    constantLoss: { attribute: false },
    best: { attribute: false },
    rankedBy: {},
  };

  static override styles = [
    baseStyles,
    tableStyles,
    css`
      /* What only screen readers get is cut off with the rest. */
      .scroll {
        position: relative;
      }
      p {
        max-width: 92ch;
      }
      .sentence {
        min-height: 20px;
        margin-bottom: 12px;
      }
      .rest {
        margin-top: 8px;
      }
      th.words:not(:first-child),
      td.words:not(:first-child) {
        padding-left: 16px;
      }
      th.strip,
      td.strip {
        width: 50%;
        min-width: 180px;
        padding-left: 24px;
      }
      .ends {
        display: flex;
        justify-content: space-between;
        gap: 12px;
      }
      .strip svg {
        display: block;
        width: 100%;
        height: ${HEIGHT}px;
        overflow: visible;
      }
      path {
        fill: none;
        stroke: var(--ink);
        stroke-width: 2;
        vector-effect: non-scaling-stroke;
      }
      .axis {
        stroke: var(--line);
        stroke-width: 1;
      }
      .quartiles {
        stroke: color-mix(in srgb, var(--ink) 24%, var(--card));
        stroke-width: 10;
      }
      .constant {
        stroke: var(--muted);
        stroke-width: 1;
        stroke-dasharray: 2 2;
      }
      .dot {
        stroke-width: 5;
        stroke-linecap: round;
      }
      .first {
        stroke-width: 10;
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        margin: 8px 0 0;
        padding: 0;
        list-style: none;
      }
      li svg {
        width: 20px;
        height: 12px;
        margin-right: 6px;
        vertical-align: -2px;
      }
      tbody th {
        position: sticky;
        left: 0;
        z-index: 1;
        background: var(--card);
      }
      @media (max-width: 719px) {
        .networks {
          display: none;
        }
      }
    `,
  ];

  /** The first of them. */
  declare groups: readonly SweepGroup[];
  /** How many there are. */
  declare groupCount: number;
  declare axes: readonly SweptLabel[];
  /** Of the best constant answer. */
  declare constantLoss: number;
  /** The place of the best network of all. */
  declare best: number | undefined;
  declare rankedBy: SweepReport['rankedBy'];

  override render() {
    const { groups, groupCount } = this;
    const shown = groups.slice(0, SHOWN_GROUPS);
    const axes = this.axes.filter(({ name }) => name !== 'seed');
    const bestLosses = shown.flatMap(({ bestLoss }) => (bestLoss === undefined ? [] : [bestLoss]));
    const axis = stripAxis(shown, [this.#marked, ...bestLosses]);
    return html`
      <p class="sentence">${failSentence(groups, axes, groupCount)}</p>
      <div class="scroll" tabindex="0" role="region" aria-label="Results over seeds">
        <table>
          <thead>
            <tr>
              ${axes.map(({ label }) => html`<th scope="col" class="words">${label}</th>`)}
              <th scope="col" class="networks">networks</th>
              <th scope="col">
                <field-term
                  meaning="Diverged, or ended with a training loss no better than always the same answer."
                  >fails</field-term
                >
              </th>
              <th scope="col">
                <field-term
                  meaning="Of the ${this.#lossName}: half of the networks that did not diverge end below it."
                  >median</field-term
                >
              </th>
              <th scope="col" class="strip">${renderAxis(axis, this.#lossName)}</th>
            </tr>
          </thead>
          <tbody>
            ${shown.map((group) => this.#renderGroup(group, axes, axis))}
          </tbody>
        </table>
      </div>
      ${axis ? this.#renderLegend(shown) : nothing}
      ${
        groupCount > shown.length
          ? html`<p class="rest muted small">
              The first ${count(shown.length)} of ${count(groupCount)} combinations.
            </p>`
          : nothing
      }
    `;
  }

  get #lossName(): string {
    return rankedName(this.rankedBy);
  }

  /** The loss of the best constant answer where the strips are of the same rows; NaN elsewhere. */
  get #marked(): number {
    return this.rankedBy === 'finalLoss' ? this.constantLoss : NaN;
  }

  #holdsBest({ best }: SweepGroup): boolean {
    return best !== undefined && best === this.best;
  }

  #renderGroup(group: SweepGroup, axes: readonly SweptLabel[], axis: StripAxis | undefined) {
    const { networkCount, overCount, failedCount, median } = group;
    const networks =
      overCount === networkCount ? count(networkCount) : `${count(overCount)} of ${count(networkCount)}`;
    const fails = groupFails(group);
    return html`<tr>
      ${axes.map(({ name }, i) => {
        const { text, title = nothing } = shownValue(valueOf(group.values, name) ?? NO_VALUE);
        return i === 0
          ? html`<th scope="row" class="words" title=${title}>${orSpoken(text)}</th>`
          : html`<td class="words" title=${title}>${orSpoken(text)}</td>`;
      })}
      <td class="networks">${networks}</td>
      <td class=${failedCount > 0 ? '' : 'muted'}>
        ${fails === '…' ? html`<span aria-hidden="true">…</span><span class="screen-reader">not over</span>` : fails}
      </td>
      <td>${orSpoken(median === undefined ? NO_VALUE : significant(median))}</td>
      <td class="strip">${axis ? this.#renderStrip(group, axis) : nothing}</td>
    </tr>`;
  }

  /** The quartiles as a box, the median a tick in it, the best network a dot. */
  #renderStrip(group: SweepGroup, { shareOf }: StripAxis) {
    const { lower, median, upper, bestLoss } = group;
    const x = (loss: number) => Math.round(LENGTH * shareOf(loss));
    const label =
      lower === undefined || upper === undefined
        ? `no ${this.#lossName}`
        : `quartiles ${significant(lower)} and ${significant(upper)}` +
          (bestLoss === undefined ? '' : `, best ${significant(bestLoss)}`);
    return html`<svg
      viewBox="0 0 ${LENGTH} ${HEIGHT}"
      preserveAspectRatio="none"
      role="img"
      aria-label=${label}
    >
      <path class="axis" d="M0 10H${LENGTH}" />
      ${
        lower === undefined || upper === undefined || median === undefined
          ? nothing
          : svg`<path class="quartiles" d="M${x(lower)} 10H${Math.max(x(upper), x(lower) + 3)}" />
            <path d="M${x(median)} 3V17" />`
      }
      ${Number.isFinite(this.#marked) ? svg`<path class="constant" d="M${x(this.#marked)} 0V20" />` : nothing}
      ${
        bestLoss === undefined
          ? nothing
          : svg`<path class="dot ${this.#holdsBest(group) ? 'first' : ''}" d="M${x(bestLoss)} 10h0" />`
      }
    </svg>`;
  }

  #renderLegend(shown: readonly SweepGroup[]) {
    const hasBest = shown.some((group) => this.#holdsBest(group));
    const entries = [
      { name: 'quartiles', marks: svg`<path class="quartiles" d="M2 6H18" />` },
      { name: 'median', marks: svg`<path d="M10 0V12" />` },
      { name: 'best', marks: svg`<path class="dot" d="M10 6h0" />` },
      ...(hasBest
        ? [{ name: 'best of all networks', marks: svg`<path class="dot first" d="M10 6h0" />` }]
        : []),
      ...(Number.isFinite(this.#marked)
        ? [{ name: 'constant answer', marks: svg`<path class="constant" d="M10 0V12" />` }]
        : []),
    ];
    return html`<ul class="small muted">
      ${entries.map(
        ({ name, marks }) => html`<li><svg viewBox="0 0 20 12" aria-hidden="true">${marks}</svg>${name}</li>`,
      )}
    </ul>`;
  }
}

function renderAxis(axis: StripAxis | undefined, lossName: string) {
  if (!axis) return lossName;
  return html`<span class="ends">
    <span>${significant(axis.least, 2)}</span>
    <span>${lossName}${axis.isLog ? ', log' : ''}</span>
    <span>${significant(axis.most, 2)}</span>
  </span>`;
}

customElements.define('sweep-groups', SweepGroups);
