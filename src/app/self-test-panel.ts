import { css, html, nothing } from 'lit';
import { describePlan, EXPONENTIAL_ULP, type SelfTest, type StrategyTest } from '../index.ts';
import './field-term.ts';
import './verdict-mark.ts';
import { duration, significant } from './format.ts';
import { PageElement } from './page-element.ts';
import { baseStyles, controlStyles, tableStyles } from './styles.ts';

/** A line of the self-test: what was looked at, what was found, what is allowed. */
interface Line {
  readonly what: string;
  readonly meaning: string;
  readonly found: string;
  readonly mean?: string;
  readonly allowed: string;
  /** Undefined where nothing is asked of it. */
  readonly holds: boolean | undefined;
}

/** What the adapter's results are worth: its arithmetic, and every strategy against float64. */
class SelfTestPanel extends PageElement {
  static override styles = [
    baseStyles,
    controlStyles,
    tableStyles,
    css`
      section {
        display: grid;
        gap: 8px;
        justify-items: start;
      }
      table {
        width: auto;
        min-width: min(640px, 100%);
      }
      .muted {
        max-width: 92ch;
      }
      .below {
        display: block;
      }
      tbody td {
        vertical-align: top;
      }
      @media (max-width: 719px) {
        th.words {
          white-space: normal;
        }
      }
    `,
  ];

  override render() {
    const { state, training } = this.page;
    const { selfTest, gpu, clockMs } = state;
    const isTesting = state.activity === 'testing';
    const canTest = state.isIdle && gpu !== undefined && gpu.kind !== 'none';
    return html`<section aria-labelledby="title">
      <h3 id="title">Self-test of ${state.label('gpu')}</h3>
      ${
        selfTest === undefined
          ? html`<p class="muted">
              Whether this adapter’s arithmetic is what handgrad counts on. It runs by itself after the first
              Compare.
            </p>`
          : 'problem' in selfTest
            ? html`<p>The self-test did not finish: ${selfTest.problem}</p>`
            : this.#renderResult(selfTest)
      }
      <button type="button" ?disabled=${!canTest} @click=${() => training.selfTest()}>
        ${isTesting ? 'Testing …' : 'Self-test'}
      </button>
      ${
        selfTest && !('problem' in selfTest)
          ? html`<p class="muted small">Took ${duration(selfTest.testMs, clockMs)}, compiling included.</p>`
          : nothing
      }
    </section>`;
  }

  #renderResult(selfTest: SelfTest) {
    return html`<p><verdict-mark .holds=${selfTest.holds}></verdict-mark></p>
      <div class="scroll" tabindex="0" role="region" aria-label="Self-test">
        <table>
          <thead>
            <tr>
              <th scope="col" class="words">tested</th>
              <th scope="col">found</th>
              <th scope="col">allowed</th>
            </tr>
          </thead>
          <tbody>
            ${linesOf(selfTest).map(
              ({ what, meaning, found, mean, allowed, holds }) =>
                html`<tr>
                  <th scope="row" class="words">
                    <field-term meaning=${meaning}>${what}</field-term>
                    <verdict-mark class="below" .holds=${holds}></verdict-mark>
                  </th>
                  <td>${found}${mean ? html`<span class="muted small below">${mean}</span>` : nothing}</td>
                  <td>${allowed}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
  }
}

function linesOf({ compensation, exponential, builtInExponential, strategies }: SelfTest): Line[] {
  const ulp = ({ largestUlp, meanUlp }: SelfTest['exponential']) => ({
    found: `${significant(largestUlp, 3)} ulp`,
    mean: `mean ${significant(meanUlp, 2)}`,
  });
  return [
    {
      what: 'compensation survives the compiler',
      meaning:
        'Small changes of a parameter are kept in a second float32; a compiler that reorders sums would lose them.',
      found: significant(compensation.error),
      allowed: significant(compensation.allowed),
      holds: compensation.survives,
    },
    {
      what: 'eˣ, handgrad’s own',
      meaning: 'Largest and mean error over −20 … 20, in units of the last place of float32.',
      ...ulp(exponential),
      allowed: `${significant(EXPONENTIAL_ULP, 2)} ulp`,
      holds: exponential.largestUlp <= EXPONENTIAL_ULP,
    },
    {
      what: 'eˣ, built into WGSL',
      meaning: 'For comparison only: handgrad does not use it.',
      ...ulp(builtInExponential),
      allowed: '—',
      holds: undefined,
    },
    ...strategies.map(strategyLine),
  ];
}

/** Of loss and parameters, the one that comes nearer to what is allowed. */
function strategyLine({ plan, verdict }: StrategyTest): Line {
  const { loss, allowedLoss, parameter, allowedParameter, holds } = verdict;
  const isLossWorse = loss / allowedLoss >= parameter / allowedParameter;
  const [found, allowed] = isLossWorse ? [loss, allowedLoss] : [parameter, allowedParameter];
  return {
    what: `${describePlan(plan)}: agrees with float64`,
    meaning: `A small network trained this way, against float64: its ${isLossWorse ? 'loss, relative' : 'parameters, absolute'}.`,
    found: significant(found),
    allowed: significant(allowed),
    holds,
  };
}

customElements.define('self-test-panel', SelfTestPanel);
