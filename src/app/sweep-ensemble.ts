import { css, html, nothing } from 'lit';
import { MAX_MEMBERS } from '../index.ts';
import { PageElement } from './page-element.ts';
import { readWholeNumber } from './setting-readers.ts';
import { baseStyles, controlStyles } from './styles.ts';
import { ensembleSentence } from './sweep-sentences.ts';

/** Networks of an ensemble that are offered at first, where there are so many. */
const USUAL_MEMBERS = 10;

/** The best networks of a sweep together: event `open` with how many of them are to be one model. */
class SweepEnsemble extends PageElement {
  static override properties = { ...PageElement.properties, countText: { state: true } };

  static override styles = [
    baseStyles,
    controlStyles,
    css`
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
        margin-top: 12px;
      }
      label {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      label {
        white-space: nowrap;
      }
      input[type='text'] {
        width: 72px;
      }
      p {
        max-width: 92ch;
      }
    `,
  ];

  /** As a person wrote it; undefined until they do. */
  declare private countText: string | undefined;

  /** How many there are to choose from grows while the sweep runs. */
  protected override onStateChange(): void {
    this.requestUpdate();
  }

  override render() {
    const { state, sweeps } = this.page;
    const { report, phase } = sweeps;
    if (!report) return nothing;
    const { ensembleCount } = report;
    const sentence = html`<p class="muted">${ensembleSentence(ensembleCount, phase === 'running')}</p>`;
    if (ensembleCount < 2) return sentence;
    const most = Math.min(ensembleCount, MAX_MEMBERS);
    const text = this.countText ?? String(Math.min(USUAL_MEMBERS, most));
    const members = readWholeNumber('The number of networks', text, 2, most);
    const fault = members instanceof Error ? members.message : undefined;
    const isFaulty = fault !== undefined;
    return html`${sentence}
      <form @submit=${(event: Event) => this.#open(event, members)}>
        <label
          >The best
          <input
            type="text"
            inputmode="numeric"
            autocomplete="off"
            aria-label="Networks of the ensemble"
            aria-invalid=${isFaulty}
            aria-describedby="count-fault"
            .value=${text}
            @input=${(event: Event) => (this.countText = (event.target as HTMLInputElement).value)}
          />
          together</label
        >
        <button type="submit" aria-disabled=${!state.isIdle || isFaulty}>Open as one model</button>
        <span id="count-fault" class="fails small" role="alert">${fault ?? ''}</span>
      </form>`;
  }

  #open(event: Event, members: number | Error): void {
    event.preventDefault();
    if (members instanceof Error || !this.page.state.isIdle) return;
    this.dispatchEvent(new CustomEvent('open', { detail: members }));
  }
}

customElements.define('sweep-ensemble', SweepEnsemble);
