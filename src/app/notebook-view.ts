import { html } from 'lit';
import { PageElement } from './page-element.ts';
import { baseStyles, columnStyles } from './styles.ts';

/** The notebook that handgrad grew from, to read and to run. */
class NotebookView extends PageElement {
  static override styles = [baseStyles, columnStyles];

  override render() {
    return html`<main></main>`;
  }
}

customElements.define('notebook-view', NotebookView);
