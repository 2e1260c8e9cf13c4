import { LitElement } from 'lit';
import type { BenchControl } from './bench-control.ts';
import type { FieldControl } from './field-control.ts';
import type { FilmControl } from './film-control.ts';
import type { InsideControl } from './inside-control.ts';
import type { LinkControl } from './link-control.ts';
import type { KeepingControl } from './keeping-control.ts';
import type { ModelControl } from './model-control.ts';
import type { NotebookControl } from './notebook-control.ts';
import type { PageState, Topic } from './page-state.ts';
import type { SweepControl } from './sweep-control.ts';
import type { TableControl } from './table-control.ts';
import type { TrainingControl } from './training-control.ts';
import type { WalkControl } from './walk-control.ts';

/** What every component of the page gets: the state to show, and the controls that change it. */
export interface Page {
  readonly state: PageState;
  readonly training: TrainingControl;
  readonly tables: TableControl;
  readonly models: ModelControl;
  readonly keeping: KeepingControl;
  readonly bench: BenchControl;
  readonly link: LinkControl;
  readonly sweeps: SweepControl;
  readonly inside: InsideControl;
  readonly walks: WalkControl;
  readonly film: FilmControl;
  readonly fields: FieldControl;
  readonly notebook: NotebookControl;
}

/** A component that renders the page's state again whenever that changes. */
export abstract class PageElement extends LitElement {
  static override properties = { page: { attribute: false } };

  declare page: Page;
  #unsubscribe: (() => void) | undefined;

  override willUpdate(): void {
    this.#unsubscribe ??= this.page.state.subscribe((topic) => this.onStateChange(topic));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  /** Components that show progress override this; the others need not render ten times a second. */
  protected onStateChange(topic: Topic): void {
    if (topic === 'change') this.requestUpdate();
  }
}
