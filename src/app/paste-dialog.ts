import { css, html } from 'lit';
import { PageElement } from './page-element.ts';
import { baseStyles, controlStyles, dialogStyles } from './styles.ts';

/** Takes a table as text. What is wrong with it is said here; the table on the page stays. */
export class PasteDialog extends PageElement {
  static override properties = {
    ...PageElement.properties,
    isReading: { state: true },
    problem: { state: true },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    dialogStyles,
    css`
      dialog {
        width: min(560px, calc(100vw - 24px));
      }
      textarea {
        display: block;
        height: 220px;
        padding: 8px 12px;
        font: 13px/20px var(--code);
        resize: vertical;
      }
    `,
  ];

  declare private isReading: boolean;
  declare private problem: string | undefined;

  show(): void {
    this.problem = undefined;
    this.#dialog?.showModal();
  }

  override render() {
    return html`
      <dialog aria-labelledby="title" @close=${() => (this.problem = undefined)}>
        <h2 id="title">Paste a table</h2>
        <label for="text" class="muted">
          CSV, or cells copied from a spreadsheet. The last column is the target; Columns corrects that.
        </label>
        <textarea
          id="text"
          spellcheck="false"
          autocomplete="off"
          aria-invalid=${this.problem ? 'true' : 'false'}
          aria-describedby="problem"
        ></textarea>
        <p id="problem" class="fails" role="alert">${this.problem ?? ''}</p>
        <div class="buttons">
          <button type="button" @click=${() => this.#dialog?.close()}>Cancel</button>
          <button type="button" class="primary" ?disabled=${this.isReading} @click=${this.#use}>
            Use this table
          </button>
        </div>
      </dialog>
    `;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  async #use(): Promise<void> {
    const textarea = this.renderRoot.querySelector('textarea');
    if (!textarea) return;
    this.isReading = true;
    this.problem = await this.page.tables.openText(textarea.value);
    this.isReading = false;
    if (this.problem === undefined) {
      textarea.value = '';
      this.#dialog?.close();
    } else {
      textarea.focus();
    }
  }
}

customElements.define('paste-dialog', PasteDialog);
