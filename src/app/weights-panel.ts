import { css, html, nothing } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { activations, nameParameters, type Layer } from '../index.ts';
import './copy-button.ts';
import { count, countOf, withDecimals } from './format.ts';
import { PageElement } from './page-element.ts';
import type { Run } from './run.ts';
import { runLabel } from './sentences.ts';
import { baseStyles, tableStyles } from './styles.ts';

/** As many as the notebook prints. */
const DECIMALS = 8;
/** Of a large layer, this much is shown; Copy has all of it. */
const MOST_UNITS = 12;
const MOST_INPUTS = 12;
const MOST_LAYERS = 4;

/** Initial and final parameters of every run, layer by layer. */
class WeightsPanel extends PageElement {
  static override styles = [
    baseStyles,
    tableStyles,
    css`
      section {
        margin-bottom: 24px;
      }
      h3 {
        margin-bottom: 8px;
      }
      h4 {
        margin: 0 0 4px;
        font-size: 12px;
        font-weight: 500;
        color: var(--muted);
      }
      .pair {
        display: flex;
        flex-wrap: wrap;
        gap: 16px 40px;
        margin-bottom: 16px;
      }
      .pair > div {
        max-width: 100%;
      }
      table {
        width: auto;
      }
      .note {
        margin: 4px 0 12px;
      }
    `,
  ];

  override render() {
    const runs = this.page.state.shownRuns.filter(({ report }) => report);
    if (runs.length === 0) return html`<p class="muted">Weights appear here when the run pauses or ends.</p>`;
    return runs.map((run) => guard([run.report], () => this.#renderRun(run)));
  }

  #renderRun(run: Run) {
    const { report } = run;
    if (!report) return nothing;
    const { network, initialParameters, parameters } = report;
    const { layers } = network;
    const label = runLabel(this.page.state, run);
    return html`<section>
      <h3 class=${run.path}>${label}</h3>
      ${layers.slice(0, MOST_LAYERS).map(
        (layer, index) => html`
          <h4>${describeLayer(layer, index, layers.length)}</h4>
          <div class="pair">
            ${renderParameters(layer, initialParameters, { when: 'initial', of: `${label}, layer ${index + 1}` })}
            ${
              parameters.every(Number.isFinite)
                ? renderParameters(layer, parameters, { when: 'final', of: `${label}, layer ${index + 1}` })
                : html`<p class="muted">Final: no numbers, the run diverged.</p>`
            }
          </div>
          ${noteOn(layer)}
        `,
      )}
      ${
        layers.length > MOST_LAYERS
          ? html`<p class="muted small note">
              ${countOf(layers.length - MOST_LAYERS, 'more layer')} not shown; Copy has all.
            </p>`
          : nothing
      }
      <copy-button
        what="parameters"
        .text=${() => asJson(run)}
        aria-label="Copy parameters of ${label}"
      ></copy-button>
    </section>`;
  }
}

function describeLayer({ units, inputCount, activation }: Layer, index: number, layerCount: number): string {
  const name =
    index === layerCount - 1
      ? 'Output layer'
      : layerCount === 2
        ? 'Hidden layer'
        : `Hidden layer ${index + 1}`;
  return `${name}: ${countOf(inputCount, 'input')} → ${countOf(units, 'unit')}, ${activations[activation].label}`;
}

function noteOn({ units, inputCount }: Layer) {
  if (units <= MOST_UNITS && inputCount <= MOST_INPUTS) return nothing;
  const shownInputs = `${count(Math.min(inputCount, MOST_INPUTS))} of ${countOf(inputCount, 'input')}`;
  const shownUnits = `${count(Math.min(units, MOST_UNITS))} of ${countOf(units, 'unit')}`;
  return html`<p class="muted small note">Shown: ${shownInputs}, ${shownUnits}. Copy has all.</p>`;
}

/** Weights [inputs, units] as a table, the biases below them. */
function renderParameters(
  layer: Layer,
  parameters: Float64Array,
  { when, of }: { when: 'initial' | 'final'; of: string },
) {
  const { inputCount, units, weightsOffset, biasOffset } = layer;
  const rows = Array.from({ length: Math.min(inputCount, MOST_INPUTS) }, (_, input) => ({
    name: `input ${input + 1}`,
    offset: weightsOffset + input * units,
  }));
  if (biasOffset !== undefined) rows.push({ name: 'bias', offset: biasOffset });
  const columns = Array.from({ length: Math.min(units, MOST_UNITS) }, (_, unit) => unit);
  return html`<div>
    <div class="scroll" tabindex="0" role="region" aria-label="${when} weights: ${of}">
      <table data-when=${when}>
        <thead>
          <tr>
            <th scope="col" class="words">${when}</th>
            ${columns.map((unit) => html`<th scope="col">unit ${unit + 1}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ name, offset }) =>
              html`<tr>
                <th scope="row" class="words">${name}</th>
                ${columns.map((unit) => html`<td>${withDecimals(parameters[offset + unit], DECIMALS)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </div>`;
}

/** Named and shaped as PyTorch's `state_dict`. */
function asJson({ report }: Run): string {
  if (!report) return '';
  return JSON.stringify(Object.fromEntries(nameParameters(report.network, report.parameters)), null, 1);
}

customElements.define('weights-panel', WeightsPanel);
