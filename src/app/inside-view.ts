import { html } from 'lit';
import { PageElement } from './page-element.ts';
import './spread-picture.ts';
import { baseStyles, columnStyles } from './styles.ts';

/** What happens inside the network while it learns. */
class InsideView extends PageElement {
  static override styles = [baseStyles, columnStyles];

  override render() {
    return html`<main></main>`;
  }
}

customElements.define('inside-view', InsideView);
