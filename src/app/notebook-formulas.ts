import { html, type TemplateResult } from 'lit';
import { notebookFormulas } from '../index.ts';
import { renderMath } from './mathml.ts';

type FormulaName = keyof typeof notebookFormulas;

/** Formulas of the notebook's story on lines of their own. None is wider than a phone. */
export function showFormulas(...names: readonly FormulaName[]): TemplateResult {
  return html`<div class="math">${names.map((name) => renderMath(notebookFormulas[name], 'block'))}</div>`;
}

/** One within a table or a line of text. */
export function showInline(name: FormulaName): TemplateResult {
  return renderMath(notebookFormulas[name]);
}
