import { css, html } from 'lit';
import { PageElement } from './page-element.ts';
import { paths, type Path } from './run.ts';
import { baseStyles, controlStyles } from './styles.ts';

/** The path, CPU or GPU: a radio group. */
class PathSwitch extends PageElement {
  static override properties = { ...PageElement.properties, isLocked: { type: Boolean } };

  static override styles = [
    baseStyles,
    controlStyles,
    css`
      .switch label {
        min-width: 64px;
        min-height: 38px;
      }
      .switch label:has(:checked) {
        font-weight: 600;
      }
      .switch label:has([value='gpu']:checked) {
        box-shadow:
          0 0 0 1px var(--line),
          inset 0 -2px var(--gpu);
      }
      .switch label:has([value='cpu']:checked) {
        box-shadow:
          0 0 0 1px var(--line),
          inset 0 -2px var(--cpu);
      }
      @media (max-width: 719px) {
        .switch label {
          padding: 0 10px;
          min-width: 56px;
          min-height: 42px;
        }
      }
    `,
  ];

  declare isLocked: boolean;

  override render() {
    return html`<fieldset class="switch" ?disabled=${this.isLocked}>
      <legend class="screen-reader">Path</legend>
      ${paths.map((path) => this.#renderPath(path))}
    </fieldset>`;
  }

  #renderPath(path: Path) {
    const { state } = this.page;
    const isMissing = path === 'gpu' && state.gpu?.kind !== 'hardware' && state.gpu?.kind !== 'software';
    return html`<label>
      <input
        type="radio"
        name="path"
        value=${path}
        .checked=${state.path === path}
        ?disabled=${isMissing}
        @change=${() => state.update({ path })}
      />${state.label(path)}
    </label>`;
  }
}

customElements.define('path-switch', PathSwitch);
