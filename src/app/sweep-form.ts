import { css, html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import type { SweptName } from '../index.ts';
import { countOf, byteSize } from './format.ts';
import { PageElement } from './page-element.ts';
import type { SettingsField } from './setting-fields.ts';
import { baseStyles, controlStyles, disclosureStyles } from './styles.ts';

/** How a swept setting is shown. */
interface SweptField {
  readonly label: string;
  /** What may be written. */
  readonly example: string;
  /** The setting it is of where nothing is written. */
  readonly usual: SettingsField;
}

const firstFields: Readonly<Partial<Record<SweptName, SweptField>>> = {
  seed: { label: 'Seeds', example: '1..256', usual: 'seed' },
  learningRate: { label: 'Learning rate', example: '0.001..1:log:8', usual: 'learningRate' },
  hidden: { label: 'Hidden layers', example: '3/5/8 or 16,8/32', usual: 'hidden' },
  activations: { label: 'Activation', example: 'tanh/relu', usual: 'activation' },
  optimizer: { label: 'Optimizer', example: 'sgd/adam', usual: 'optimizer' },
  weightDecay: { label: 'Weight decay', example: '0/0.001/0.01', usual: 'weightDecay' },
};
const furtherFields: Readonly<Partial<Record<SweptName, SweptField>>> = {
  momentum: { label: 'Momentum', example: '0..0.9:linear:4', usual: 'momentum' },
  beta1: { label: 'β₁', example: '0.8/0.9', usual: 'beta1' },
  beta2: { label: 'β₂', example: '0.99/0.999', usual: 'beta2' },
  epsilon: { label: 'ε', example: '1e-8/1e-6', usual: 'epsilon' },
  l1: { label: 'L1', example: '0/0.0001', usual: 'l1' },
  initializer: { label: 'Initial weights', example: 'pytorch/he-normal', usual: 'init' },
};

/** What varies from network to network, and what that comes to. */
class SweepForm extends PageElement {
  static override styles = [
    baseStyles,
    controlStyles,
    disclosureStyles,
    css`
      /* In sight beside the results; one that is taller than the window scrolls to its end first. */
      @media (min-width: 960px) {
        :host {
          position: sticky;
          top: min(20px, calc(100vh - 20px - var(--height, 0px)));
        }
      }
      .fields {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 12px;
      }
      label {
        display: grid;
        gap: 4px;
        font-weight: 500;
      }
      .wide {
        grid-column: 1 / -1;
      }
      input {
        font-family: var(--code);
        font-size: 13px;
      }
      details {
        margin-top: 8px;
      }
      summary {
        min-height: 40px;
        font-weight: 500;
      }
      .sheet {
        min-height: 60px;
        margin-top: 12px;
        padding-top: 12px;
        border-top: 1px solid var(--line);
      }
      .intro {
        margin-bottom: 12px;
      }
      @media (pointer: coarse), (max-width: 719px) {
        /* Smaller, and a phone zooms in. */
        input {
          font-size: 16px;
        }
      }
    `,
  ];

  readonly #resizes = new ResizeObserver(() => this.style.setProperty('--height', `${this.offsetHeight}px`));

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resizes.disconnect();
  }

  override render() {
    const { sweeps } = this.page;
    return html`
      <section class="card" aria-labelledby="varies">
        <div class="heading"><h2 id="varies">What varies</h2></div>
        <p class="muted small intro">
          Several values with / between them, or from..to:log:count. What is empty stays as on the Train page.
        </p>
        <div class="fields">${Object.entries(firstFields).map((entry) => this.#renderField(...entry))}</div>
        <details>
          <summary>More settings</summary>
          <div class="fields">
            ${Object.entries(furtherFields).map((entry) => this.#renderField(...entry))}
            <label class="wide">
              <span>Draw at random</span>
              <input
                type="text"
                inputmode="numeric"
                autocomplete="off"
                placeholder="every combination"
                aria-describedby="draw-tip"
                .value=${live(sweeps.drawText)}
                @input=${(event: Event) => sweeps.writeDraw(valueOf(event))}
              />
              <span class="muted small" id="draw-tip">
                So many networks, each value drawn from its range: 0.001..1:log then needs no count.
              </span>
            </label>
          </div>
        </details>
        <div class="sheet" aria-live="polite">${this.#renderSheet()}</div>
      </section>
    `;
  }

  #renderField(name: string, { label, example, usual }: SweptField) {
    const { sweeps, state } = this.page;
    const text = state.settingsText[usual];
    return html`<label>
      <span>${label}</span>
      <input
        type="text"
        autocomplete="off"
        spellcheck="false"
        title="Such as ${example}"
        placeholder=${text === '' ? example : text}
        .value=${live(sweeps.texts[name as SweptName] ?? '')}
        @input=${(event: Event) => sweeps.write(name as SweptName, valueOf(event))}
      />
    </label>`;
  }

  #renderSheet() {
    const { sheet, problem } = this.page.sweeps;
    if (problem !== undefined) return html`<p class="fails">${problem}</p>`;
    if (!sheet) return nothing;
    const { networkCount, populationCount, bytes } = sheet;
    const populations = populationCount > 1 ? ` in ${countOf(populationCount, 'shape')}` : '';
    return html`<p class="number"><strong>${countOf(networkCount, 'network')}</strong>${populations}</p>
      <p class="muted small number">Their losses and parameters take ${byteSize(bytes)} of memory.</p>`;
  }
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement).value;
}

customElements.define('sweep-form', SweepForm);
