import { html } from 'lit';
import { PageElement } from './page-element.ts';
import { baseStyles, columnStyles } from './styles.ts';

/** One step of the run by hand: every matrix of it, in the order it is computed. */
class WalkView extends PageElement {
  static override styles = [baseStyles, columnStyles];

  override render() {
    return html`<main></main>`;
  }
}

customElements.define('walk-view', WalkView);
