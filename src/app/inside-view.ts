import { html } from 'lit';
import './network-editor.ts';
import { PageElement } from './page-element.ts';
import './row-answers.ts';
import './run-card.ts';
import './time-slider.ts';
import { baseStyles, columnStyles } from './styles.ts';

/** What happens inside the network while it learns. */
class InsideView extends PageElement {
  static override styles = [baseStyles, columnStyles];

  override render() {
    return html`<main>
      <div class="column"></div>
      <div class="column">
        <run-card .page=${this.page}></run-card>
        <time-slider .page=${this.page}></time-slider>
      </div>
    </main>`;
  }
}

customElements.define('inside-view', InsideView);
