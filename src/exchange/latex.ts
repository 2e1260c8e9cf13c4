import type { Formula, Identifier } from '../core/formula.ts';

const letters: Readonly<Record<string, string>> = {
  β: '\\beta',
  ε: '\\varepsilon',
  η: '\\eta',
  θ: '\\theta',
  λ: '\\lambda',
  μ: '\\mu',
};

/** Functions that LaTeX has by their names. */
const knownFunctions = new Set(['log', 'max', 'min', 'tanh']);

const operators = {
  '+': ' + ',
  '−': ' - ',
  times: ' \\, ',
  '×': ' \\times ',
  '·': ' \\cdot ',
  '∘': ' \\circ ',
  '=': ' = ',
  '<': ' < ',
  '>': ' > ',
  '≥': ' \\geq ',
} as const;

const fences = {
  '()': ['\\left(', '\\right)'],
  '||': ['\\left|', '\\right|'],
  '‖‖': ['\\left\\|', '\\right\\|'],
} as const;

/** A formula as LaTeX writes it in math mode: `\frac{1}{1 + e^{-\hat{y}}}`. */
export function latexOf(formula: Formula): string {
  switch (formula.kind) {
    case 'identifier':
      return writeIdentifier(formula);
    case 'number':
      return writeNumber(formula.text);
    case 'operation':
      return formula.terms.map(latexOf).join(operators[formula.operator]);
    case 'negative':
      return `-${latexOf(formula.of)}`;
    case 'fraction':
      return `\\frac{${latexOf(formula.numerator)}}{${latexOf(formula.denominator)}}`;
    case 'power':
      return `${latexOf(formula.base)}^{${latexOf(formula.exponent)}}`;
    case 'root':
      return `\\sqrt{${latexOf(formula.of)}}`;
    case 'call':
      return `${functionName(formula.name)}\\left(${formula.of.map(latexOf).join(', ')}\\right)`;
    case 'sum':
      return `\\sum_{${escaped(formula.index)}} ${latexOf(formula.of)}`;
    case 'fenced': {
      const [left, right] = fences[formula.fence];
      return `${left}${latexOf(formula.of)}${right}`;
    }
    case 'transpose':
      return `{${latexOf(formula.of)}}^\\top`;
    case 'partial':
      return `\\frac{\\partial ${latexOf(formula.of)}}{\\partial ${latexOf(formula.by)}}`;
    case 'cases': {
      const lines = formula.cases.map(({ value, condition }) =>
        condition
          ? `${latexOf(value)} & \\text{if } ${latexOf(condition)}`
          : `${latexOf(value)} & \\text{else}`,
      );
      return `\\begin{cases} ${lines.join(' \\\\ ')} \\end{cases}`;
    }
    case 'ellipsis':
      return '\\dots';
  }
}

/**
 * Equations one below the other, aligned at their equals signs, as a display of amsmath.
 *
 * @param lines an ellipsis stands for lines left out
 */
export function alignedLatex(lines: readonly Formula[]): string {
  const written = lines.map((line) => {
    if (line.kind === 'ellipsis') return '  & \\;\\,\\vdots';
    if (line.kind !== 'operation' || line.operator !== '=') return `  & ${latexOf(line)}`;
    const [left, ...right] = line.terms.map(latexOf);
    return `  ${left} &= ${right.join(' = ')}`;
  });
  return ['\\begin{align*}', written.join(' \\\\\n'), '\\end{align*}'].join('\n');
}

function writeIdentifier({ name, hat, prime, sub, sup }: Identifier): string {
  const letter = letters[name] ?? (name.length === 1 ? escaped(name) : `\\mathrm{${escaped(name)}}`);
  const accented = hat ? `\\hat{${letter}}` : letter;
  const below = sub === undefined ? '' : `_{${escaped(sub)}}`;
  // A prime is a superscript, too: there is one.
  const above = [sup === undefined ? '' : escaped(sup), prime ? '\\prime' : ''].join('');
  return `${accented}${below}${above === '' ? '' : `^{${above}}`}`;
}

function functionName(name: string): string {
  return knownFunctions.has(name) ? `\\${name}` : `\\operatorname{${escaped(name)}}`;
}

/** `−1.2e−7` → `-1.2 \times 10^{-7}` */
function writeNumber(text: string): string {
  const [mantissa, exponent] = text.replaceAll('−', '-').replaceAll(',', '{,}').split('e');
  return exponent === undefined ? escaped(mantissa, '{}') : `${mantissa} \\times 10^{${exponent}}`;
}

const special: Readonly<Record<string, string>> = {
  '\\': '\\backslash ',
  '{': '\\{',
  '}': '\\}',
  '#': '\\#',
  $: '\\$',
  '%': '\\%',
  '&': '\\&',
  _: '\\_',
  '^': '\\hat{}',
  '~': '\\sim ',
};

function escaped(text: string, kept = ''): string {
  return text.replace(/[\\{}#$%&_^~]/g, (sign) => (kept.includes(sign) ? sign : special[sign]));
}
