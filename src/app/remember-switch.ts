import { css, html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { PageElement } from './page-element.ts';
import type { PageState } from './page-state.ts';
import { baseStyles, controlStyles } from './styles.ts';

/** Whether the page is kept on the device: off until a person says so. */
class RememberSwitch extends PageElement {
  static override styles = [
    baseStyles,
    controlStyles,
    css`
      :host {
        margin-top: 12px;
        padding-top: 8px;
        border-top: 1px solid var(--line);
      }
      .line {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .line p {
        flex: 1;
      }
      label {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 36px;
        font-weight: 500;
        cursor: pointer;
      }
      input {
        appearance: none;
        position: relative;
        flex: none;
        width: 36px;
        height: 20px;
        margin: 0;
        border: 1px solid var(--outline);
        border-radius: 10px;
        background: var(--well);
        cursor: inherit;
      }
      input::before {
        content: '';
        position: absolute;
        top: 2px;
        left: 2px;
        width: 14px;
        height: 14px;
        border-radius: 7px;
        background: var(--muted);
      }
      input:checked {
        border-color: var(--ink);
        background: var(--ink);
      }
      input:checked::before {
        left: 18px;
        background: var(--paper);
      }
      @media (pointer: coarse), (max-width: 719px) {
        label {
          min-height: 40px;
        }
      }
      @media (forced-colors: active) {
        input {
          appearance: auto;
        }
        input::before {
          display: none;
        }
      }
    `,
  ];

  override render() {
    const { state, keeping } = this.page;
    if (!state.table) return nothing;
    const isOn = state.keeping === 'on';
    return html`
      <label>
        <input
          type="checkbox"
          role="switch"
          aria-describedby="what"
          .checked=${live(isOn)}
          @change=${() => void (isOn ? keeping.forget() : keeping.remember())}
        />Remember on this device
      </label>
      <div class="line">
        <p id="what" class="muted small">${describe(state)}</p>
        ${
          state.keeping === 'off'
            ? nothing
            : html`<button type="button" @click=${() => void keeping.forget()}>Forget everything</button>`
        }
      </div>
    `;
  }
}

function describe({ keeping, table }: PageState): string {
  if (keeping === 'on') {
    return 'Kept in this browser, on this device: the table, its settings, the runs and where they stand.';
  }
  if (keeping === 'other') {
    return 'Another table is kept on this device; open the page without a link to see it. Switching this on replaces it.';
  }
  const what = table?.sample ? 'the runs' : 'the table and its runs';
  return `Off: a reload loses ${what}. The settings stay in the address.`;
}

customElements.define('remember-switch', RememberSwitch);
