import { css, html, mathml, nothing, type MathMLTemplateResult, type TemplateResult } from 'lit';
import type { Formula, Identifier } from '../index.ts';
import { formulaText } from './formula-text.ts';

/** How formulas stand on the page. */
export const mathStyles = css`
  math {
    font-size: 16px;
    line-height: normal;
  }
  math[display='block'] {
    text-align: left;
    width: fit-content;
  }
  .equations {
    display: grid;
    gap: 10px;
    overflow-x: auto;
    overflow-y: hidden;
    padding: 6px 0 4px;
  }
  .cases mtd {
    text-align: left;
    padding: 2px 8px 2px 0;
  }
`;

const operators = {
  '+': '+',
  '−': '−',
  times: '\u2062',
  '×': '×',
  '·': '·',
  '∘': '∘',
  '=': '=',
  '<': '<',
  '>': '>',
  '≥': '≥',
} as const;

/** A formula in native MathML, in a line of words or on a line of its own. */
export function renderMath(formula: Formula, display: 'inline' | 'block' = 'inline'): TemplateResult {
  return html`<math display=${display} alttext=${formulaText(formula)}>${row(formula)}</math>`;
}

/** Equations of more characters may be wider than a phone: they scroll. */
const MOST_CHARACTERS = 32;

/** Equations one below the other; where they are long, keys scroll them. */
export function renderEquations(formulas: readonly Formula[], label: string): TemplateResult {
  const isLong = formulas.some((formula) => formulaText(formula).length > MOST_CHARACTERS);
  return html`<div class="equations" tabindex=${isLong ? 0 : nothing} role="group" aria-label=${label}>
    ${formulas.map((formula) => renderMath(formula, 'block'))}
  </div>`;
}

function row(formula: Formula): MathMLTemplateResult {
  return mathml`<mrow>${write(formula)}</mrow>`;
}

function write(formula: Formula): MathMLTemplateResult {
  switch (formula.kind) {
    case 'identifier':
      return writeIdentifier(formula);
    case 'number':
      return mathml`<mn>${formula.text}</mn>`;
    case 'operation':
      return writeOperation(formula);
    case 'negative':
      return mathml`<mo form="prefix">−</mo>${write(formula.of)}`;
    case 'fraction':
      return mathml`<mfrac>${writePart(formula.numerator)}${writePart(formula.denominator)}</mfrac>`;
    case 'power':
      return mathml`<msup>${row(formula.base)}${row(formula.exponent)}</msup>`;
    case 'root':
      return mathml`<msqrt>${write(formula.of)}</msqrt>`;
    case 'call':
      return writeCall(formula);
    case 'sum':
      return mathml`<munder><mo movablelimits="false">∑</mo>${writeIndex(formula.index)}</munder>${write(formula.of)}`;
    case 'fenced':
      return writeFenced(formula);
    case 'transpose':
      return mathml`<msup>${row(formula.of)}<mo>⊤</mo></msup>`;
    case 'partial':
      return mathml`<mfrac><mrow>${curly}${write(formula.of)}</mrow><mrow>${curly}${write(formula.by)}</mrow></mfrac>`;
    case 'cases':
      return writeCases(formula);
    case 'ellipsis':
      return mathml`<mo>…</mo>`;
  }
}

/** A fraction within a fraction keeps its size: it would be too small to read. */
function writePart(part: Formula): MathMLTemplateResult {
  if (!hasFraction(part)) return row(part);
  return mathml`<mstyle displaystyle="true" scriptlevel="0">${write(part)}</mstyle>`;
}

function hasFraction(formula: Formula): boolean {
  if (formula.kind === 'operation') return formula.terms.some(hasFraction);
  if (formula.kind === 'root' || formula.kind === 'fenced') return hasFraction(formula.of);
  return formula.kind === 'fraction';
}

const curly = mathml`<mo lspace="0" rspace="0">∂</mo>`;

function writeOperation({ operator, terms }: Extract<Formula, { kind: 'operation' }>): MathMLTemplateResult {
  const sign =
    operator === 'times'
      ? mathml`<mo lspace="0" rspace="0.17em">${operators.times}</mo>`
      : mathml`<mo>${operators[operator]}</mo>`;
  return mathml`${terms.map((term, i) => mathml`${i > 0 ? sign : nothing}${write(term)}`)}`;
}

function writeCall({ name, of }: Extract<Formula, { kind: 'call' }>): MathMLTemplateResult {
  const values = of.map((value, i) => mathml`${i > 0 ? mathml`<mo>,</mo>` : nothing}${write(value)}`);
  return mathml`<mi>${name}</mi><mrow><mo form="prefix">(</mo>${values}<mo form="postfix">)</mo></mrow>`;
}

function writeFenced({ fence, of }: Extract<Formula, { kind: 'fenced' }>): MathMLTemplateResult {
  const [left, right] = fence;
  return mathml`<mrow><mo form="prefix" fence="true">${left}</mo>${write(of)}<mo form="postfix" fence="true">${right}</mo></mrow>`;
}

function writeCases({ cases }: Extract<Formula, { kind: 'cases' }>): MathMLTemplateResult {
  const lines = cases.map(
    ({ value, condition }) =>
      mathml`<mtr><mtd>${row(value)}</mtd><mtd>${
        condition ? mathml`<mrow><mtext>if </mtext>${write(condition)}</mrow>` : mathml`<mtext>else</mtext>`
      }</mtd></mtr>`,
  );
  return mathml`<mrow><mo form="prefix" fence="true">{</mo><mtable class="cases">${lines}</mtable></mrow>`;
}

function writeIdentifier({ name, hat, prime, sub, sup }: Identifier): MathMLTemplateResult {
  const plain = mathml`<mi>${name}</mi>`;
  const accented = hat ? mathml`<mover accent="true">${plain}<mo stretchy="false">^</mo></mover>` : plain;
  // In its own size, as it stands high already: as a superscript it is a speck.
  const letter = prime ? mathml`<mrow>${accented}<mo lspace="0" rspace="0">′</mo></mrow>` : accented;
  const below = sub === undefined ? undefined : writeIndex(sub);
  const above = sup === undefined ? undefined : mathml`<mtext>${sup}</mtext>`;
  if (below && above) return mathml`<msubsup>${letter}${below}${above}</msubsup>`;
  if (below) return mathml`<msub>${letter}${below}</msub>`;
  return above ? mathml`<msup>${letter}${above}</msup>` : letter;
}

/** `11`, `ik`, `0,12`: numbers upright, letters slanted. */
function writeIndex(index: string): MathMLTemplateResult {
  const parts = index.match(/\d+|\D/g) ?? [];
  return mathml`<mrow>${parts.map((part) =>
    /\d/.test(part)
      ? mathml`<mn>${part}</mn>`
      : part === ','
        ? mathml`<mo separator="true" lspace="0" rspace="0.1em">,</mo>`
        : mathml`<mi>${part}</mi>`,
  )}</mrow>`;
}
