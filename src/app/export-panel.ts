import { css, html, nothing } from 'lit';
import type { ExportOffer, ModelSource } from '../worker/client.ts';
import { byteSize } from './format.ts';
import { PageElement } from './page-element.ts';
import { sentenceOf } from './sentences.ts';
import { baseStyles, controlStyles } from './styles.ts';

/** A trained network as files: what each is, how large, and what of the table it gives away. */
class ExportPanel extends PageElement {
  static override properties = {
    ...PageElement.properties,
    source: { attribute: false },
    version: { attribute: false },
    offers: { state: true },
    problem: { state: true },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    css`
      ul {
        margin: 12px 0 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 88px auto;
        align-items: center;
        gap: 4px 16px;
        padding: 12px 0;
        border-top: 1px solid var(--line);
      }
      h3 {
        font-weight: 600;
      }
      .size {
        text-align: right;
        white-space: nowrap;
      }
      .reveals {
        margin-top: 2px;
      }
      @media (max-width: 719px) {
        li {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        .what {
          grid-column: 1 / -1;
        }
        .size {
          text-align: left;
        }
      }
    `,
  ];

  declare source: ModelSource;
  /** Changes where the network does. */
  declare version: unknown;
  declare private offers: readonly ExportOffer[] | undefined;
  declare private problem: string | undefined;
  #version: unknown;

  override willUpdate(): void {
    super.willUpdate();
    if (this.version === this.#version) return;
    this.#version = this.version;
    void this.#load();
  }

  override render() {
    if (this.problem !== undefined) return html`<p class="fails">${this.problem}</p>`;
    const { offers } = this;
    if (!offers) return html`<p class="muted">Writing …</p>`;
    return html`
      <p class="muted">
        No file holds a row of the table. What else of it a file gives away stands beside it.
      </p>
      <ul>
        ${offers.map((offer) => this.#renderOffer(offer))}
      </ul>
    `;
  }

  #renderOffer(offer: ExportOffer) {
    const { format, label, purpose, fileName, revealed, byteCount, problem } = offer;
    return html`<li data-format=${format}>
      <div class="what">
        <h3>${label}</h3>
        <p>${purpose}</p>
        <p class="muted small reveals">${problem ?? revealed}</p>
      </div>
      <span class="muted number size">${byteCount === undefined ? '' : byteSize(byteCount)}</span>
      ${
        problem === undefined
          ? html`<button
              type="button"
              aria-label="Download ${label}"
              title=${fileName}
              @click=${() => void this.page.models.save(this.source, format, fileName)}
            >
              Download
            </button>`
          : nothing
      }
    </li>`;
  }

  async #load(): Promise<void> {
    const { version } = this;
    try {
      const offers = await this.page.models.offers(this.source);
      if (version !== this.version) return;
      this.offers = offers;
      this.problem = undefined;
    } catch (error) {
      this.problem = sentenceOf(error);
    }
  }
}

customElements.define('export-panel', ExportPanel);
