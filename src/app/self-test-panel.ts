import { css, html, nothing } from 'lit';
import { selfTestFindings, type Finding, type SelfTest } from '../index.ts';
import './field-term.ts';
import './verdict-mark.ts';
import { duration, significant } from './format.ts';
import { PageElement } from './page-element.ts';
import { baseStyles, controlStyles, tableStyles } from './styles.ts';

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
            ${selfTestFindings(selfTest).map(renderFinding)}
          </tbody>
        </table>
      </div>`;
  }
}

function renderFinding(finding: Finding) {
  const { what, meaning, found, meanUlp, allowed, holds } = finding;
  return html`<tr>
    <th scope="row" class="words">
      <field-term meaning=${meaning}>${what}</field-term>
      <verdict-mark class="below" .holds=${holds}></verdict-mark>
    </th>
    <td>
      ${inUnits(found, finding)}${
        meanUlp === undefined
          ? nothing
          : html`<span class="muted small below">mean ${significant(meanUlp, 2)}</span>`
      }
    </td>
    <td>${allowed === undefined ? '—' : inUnits(allowed, finding)}</td>
  </tr>`;
}

/** Errors of eˣ are in units of the last place. */
function inUnits(value: number, { meanUlp }: Finding): string {
  return meanUlp === undefined ? significant(value) : `${significant(value, 3)} ulp`;
}

customElements.define('self-test-panel', SelfTestPanel);
