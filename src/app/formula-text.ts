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
      return operationText(formula);
    case 'negative':
      return `−${formulaText(formula.of)}`;
    case 'fraction':
      return `${numeratorText(formula.numerator)} / ${wholeText(formula.denominator)}`;
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

function operationText({ operator, terms }: Extract<Formula, { kind: 'operation' }>): string {
  return terms
    .map((term) => (isDivided(term, operator) ? `(${formulaText(term)})` : formulaText(term)))
    .reduce((text, next) => {
      // Letters may stand side by side; a number before a bracket wants a sign.
      const isNumeric = operator === 'times' && /\d$/.test(text) && next.startsWith('(');
      return text + joins[isNumeric ? '×' : operator] + next;
    });
}

/** As a factor: what divides it must not divide the rest. */
function isDivided({ kind }: Formula, operator: keyof typeof joins): boolean {
  return kind === 'fraction' && ['times', '×', '·', '∘'].includes(operator);
}

/** A product is divided as a whole without brackets, too. */
function numeratorText(formula: Formula): string {
  const isProduct =
    formula.kind === 'operation' && (formula.operator === 'times' || formula.operator === '×');
  return isProduct ? formulaText(formula) : wholeText(formula);
}

/** In brackets, unless nothing can come between its parts. */
function wholeText(formula: Formula): string {
  const text = formulaText(formula);
  const { kind } = formula;
  const isWhole =
    kind === 'identifier' || kind === 'call' || kind === 'fenced' || kind === 'root' || kind === 'ellipsis';
  return isWhole || (kind === 'number' && !text.startsWith('−')) ? text : `(${text})`;
}

const subscripts = { from: '0123456789', to: '₀₁₂₃₄₅₆₇₈₉' };
const superscripts = { from: '0123456789()', to: '⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾' };

function raised(text: string, { from, to }: typeof subscripts): string {
  return text.replace(/./gu, (sign) => to.charAt(from.indexOf(sign)) || sign);
}

/** `ŷ₁₁`, `W⁽²⁾`, `f₀,₁₁` */
function identifierText({ name, hat, prime, sub = '', sup = '' }: Identifier): string {
  const letter = hat ? `${name}\u0302`.normalize('NFC') : name;
  const above = raised(sup, superscripts);
  const below = raised(sub, subscripts);
  return `${letter}${above}${below}${prime ? '′' : ''}`;
}
