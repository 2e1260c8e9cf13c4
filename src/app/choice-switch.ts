import { css, html, LitElement } from 'lit';
import { shortName } from './measures-sentences.ts';
import { baseStyles, controlStyles } from './styles.ts';

/** More, or longer ones, do not fit a phone side by side. */
const MOST_SIDE_BY_SIDE = 4;
const MOST_CHARACTERS = 32;

/**
 * One of several names: radio buttons that look like one switch, a list where they would be too wide. Says `choose`
 * with the place of the name.
 */
class ChoiceSwitch extends LitElement {
  static override properties = {
    legend: {},
    names: { attribute: false },
    chosen: { attribute: false },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    css`
      .list {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      select {
        width: auto;
        min-width: 0;
        max-width: min(320px, 100%);
      }
    `,
  ];

  /** What is chosen, as it is read out. */
  declare legend: string;
  declare names: readonly string[];
  declare chosen: number;

  override render() {
    const names = this.names.map(shortName);
    const fits = names.length <= MOST_SIDE_BY_SIDE && names.join('').length <= MOST_CHARACTERS;
    return fits ? this.#renderSwitch(names) : this.#renderList(names);
  }

  #renderSwitch(names: readonly string[]) {
    return html`<fieldset class="switch">
      <legend class="screen-reader">${this.legend}</legend>
      ${names.map(
        (name, place) =>
          html`<label>
            <input
              type="radio"
              name="choice"
              .checked=${place === this.chosen}
              @change=${() => this.#choose(place)}
            />${name}
          </label>`,
      )}
    </fieldset>`;
  }

  #renderList(names: readonly string[]) {
    const onChange = (event: Event) => this.#choose((event.target as HTMLSelectElement).selectedIndex);
    return html`<label class="list">
      <span class="muted">${this.legend}</span>
      <select @change=${onChange}>
        ${names.map((name, place) => html`<option .selected=${place === this.chosen}>${name}</option>`)}
      </select>
    </label>`;
  }

  #choose(place: number): void {
    this.dispatchEvent(new CustomEvent('choose', { detail: place }));
  }
}

customElements.define('choice-switch', ChoiceSwitch);
