import { html, type CSSResultGroup, type TemplateResult } from 'lit';
import { mathStyles } from './mathml.ts';
import { notebookStyles } from './notebook-styles.ts';
import { PageElement } from './page-element.ts';
import { bringIntoView } from './scrolling.ts';
import { baseStyles, controlStyles, tableStyles } from './styles.ts';

/** A section of the notebook: a heading to be gone to, text, and its cells. */
export abstract class NotebookSection extends PageElement {
  static override styles: CSSResultGroup = [
    baseStyles,
    controlStyles,
    tableStyles,
    mathStyles,
    notebookStyles,
  ];

  protected abstract readonly heading: string;

  protected abstract renderBody(): TemplateResult;

  override render() {
    return html`<section aria-labelledby="heading">
      <h2 id="heading" tabindex="-1">${this.heading}</h2>
      ${this.renderBody()}
    </section>`;
  }

  /** Brings the section into view, and whoever goes on by keyboard with it. */
  goTo(): void {
    bringIntoView(this);
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
  }
}
