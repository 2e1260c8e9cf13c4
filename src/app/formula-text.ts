import type { Formula, Identifier } from '../index.ts';

const joins = {
  '+': ' + ',
  '−': ' − ',
  times: ' ',
  '×': ' × ',
  '·': ' · ',
  '∘': ' ∘ ',
  '=': ' = ',
  '<': ' < ',
  '>': ' > ',
  '≥': ' ≥ ',
} as const;

const fences = { '()': ['(', ')'], '||': ['|', '|'], '‖‖': ['‖', '‖'] } as const;

/** A formula as one line of text: `1 / (1 + e^(−0.4003))`. */
export function formulaText(formula: Formula): string {
  switch (formula.kind) {
    case 'identifier':
      return identifierText(formula);
    case 'number':
      return formula.text;
    case 'operation':
      return formula.terms.map((term, i) => besideText(term, i > 0)).join(joins[formula.operator]);
    case 'negative':
      return `−${formulaText(formula.of)}`;
    case 'fraction':
      return `${wholeText(formula.numerator)} / ${wholeText(formula.denominator)}`;
    case 'power':
      return formula.exponent.kind === 'number' && formula.exponent.value === 2
        ? `${wholeText(formula.base)}²`
        : `${wholeText(formula.base)}^${wholeText(formula.exponent)}`;
    case 'root':
      return `√${wholeText(formula.of)}`;
    case 'call':
      return `${formula.name}(${formula.of.map(formulaText).join(', ')})`;
    case 'sum':
      return `Σ ${formulaText(formula.of)}`;
    case 'fenced': {
      const [left, right] = fences[formula.fence];
      return `${left}${formulaText(formula.of)}${right}`;
    }
    case 'transpose':
      return `${formulaText(formula.of)}ᵀ`;
    case 'partial':
      return `∂${formulaText(formula.of)}/∂${formulaText(formula.by)}`;
    case 'cases':
      return formula.cases
        .map(({ value, condition }) =>
          condition ? `${formulaText(value)} if ${formulaText(condition)}` : `else ${formulaText(value)}`,
        )
        .join(', ');
    case 'ellipsis':
      return '…';
  }
}

/** A quotient within a product is one factor of it: what divides it must not divide the rest. */
function besideText(term: Formula, isLater: boolean): string {
  const text = formulaText(term);
  return term.kind === 'fraction' && isLater ? `(${text})` : text;
}

/** In brackets, unless nothing can come between its parts. */
function wholeText(formula: Formula): string {
  const text = formulaText(formula);
  const { kind } = formula;
  const isWhole =
    kind === 'identifier' || kind === 'call' || kind === 'fenced' || kind === 'root' || kind === 'ellipsis';
  return isWhole || (kind === 'number' && !text.startsWith('−')) ? text : `(${text})`;
}

const subscripts: Readonly<Record<string, string>> = Object.fromEntries(
  [...'0123456789'].map((digit, i) => [digit, '₀₁₂₃₄₅₆₇₈₉'[i]]),
);
const superscripts: Readonly<Record<string, string>> = Object.fromEntries(
  [...'0123456789()'].map((sign, i) => [sign, '⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾'[i]]),
);

/** `ŷ₁₁`, `W⁽²⁾`, `f₀,₁₁` */
function identifierText({ name, hat, prime, sub = '', sup = '' }: Identifier): string {
  const letter = hat ? `${name}\u0302`.normalize('NFC') : name;
  const above = [...sup].map((sign) => superscripts[sign] ?? sign).join('');
  const below = [...sub].map((sign) => subscripts[sign] ?? sign).join('');
  return `${letter}${above}${below}${prime ? '′' : ''}`;
}
