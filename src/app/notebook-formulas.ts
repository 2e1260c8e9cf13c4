// The few formulas of the notebook's story, as native MathML in its letters.

import { html, mathml, type TemplateResult } from 'lit';

type Part = TemplateResult | ReturnType<typeof mathml>;

const hat = mathml`<mover accent="true"><mi>y</mi><mo stretchy="false">^</mo></mover>`;
const id = (name: string): Part => (name === 'ŷ' ? hat : mathml`<mi>${name}</mi>`);
const op = (sign: string): Part => mathml`<mo>${sign}</mo>`;
const num = (digits: string): Part => mathml`<mn>${digits}</mn>`;
const row = (...parts: readonly Part[]): Part => mathml`<mrow>${parts}</mrow>`;
const sub = (name: string, below: string): Part => mathml`<msub>${id(name)}<mn>${below}</mn></msub>`;
const frac = (above: Part, below: Part): Part => mathml`<mfrac>${above}${below}</mfrac>`;
const sup = (base: Part, above: Part): Part => mathml`<msup>${base}${above}</msup>`;
const transposed = (name: string): Part => sup(id(name), mathml`<mi mathvariant="normal">T</mi>`);
const partial = (of: string, by: string): Part => frac(row(op('∂'), id(of)), row(op('∂'), id(by)));
const target = sub('f', '0');
const distance = row(op('('), id('f'), op('−'), target, op(')'));
const sigmoidOf = (name: string): Part =>
  frac(num('1'), row(num('1'), op('+'), sup(id('e'), row(op('−'), id(name)))));

function display(...parts: readonly Part[]): TemplateResult {
  return html`<div class="math"><math display="block">${row(...parts)}</math></div>`;
}

/** Within a line of text. */
function inline(...parts: readonly Part[]): TemplateResult {
  return html`<math>${row(...parts)}</math>`;
}

const cross = op('·');

export const formulas = {
  perceptron: display(
    id('y'),
    op('='),
    sub('x', '1'),
    sub('w', '1'),
    op('+'),
    sub('x', '2'),
    sub('w', '2'),
    op('+'),
    id('b'),
  ),
  hidden: inline(id('ŷ'), op('='), id('x'), cross, id('v')),
  hiddenEntry: display(
    sub('ŷ', '11'),
    op('='),
    sub('x', '11'),
    sub('v', '11'),
    op('+'),
    sub('x', '12'),
    sub('v', '21'),
  ),
  hiddenActivation: inline(id('g'), op('='), sigmoidOf('ŷ')),
  output: inline(id('y'), op('='), id('g'), cross, id('w')),
  outputActivation: inline(id('f'), op('='), sigmoidOf('y')),
  nested: display(
    id('f'),
    op('('),
    id('y'),
    op('('),
    id('g'),
    op('('),
    id('ŷ'),
    op('('),
    id('x'),
    op(')'),
    op(')'),
    op(')'),
    op(')'),
  ),
  error: display(
    id('E'),
    op('='),
    frac(num('1'), id('N')),
    mathml`<mo largeop="true">∑</mo>`,
    sup(distance, num('2')),
  ),
  phaseOne: display(
    partial('E', 'w'),
    op('='),
    partial('E', 'f'),
    cross,
    partial('f', 'y'),
    cross,
    partial('y', 'w'),
  ),
  errorByOutput: display(partial('E', 'f'), op('='), frac(num('2'), id('N')), distance),
  outputByPreActivation: display(
    partial('f', 'y'),
    op('='),
    id('f'),
    op('('),
    num('1'),
    op('−'),
    id('f'),
    op(')'),
  ),
  weightsOfOutput: display(partial('E', 'w'), op('='), transposed('g'), cross, partial('E', 'y')),
  phaseTwo: display(
    partial('E', 'v'),
    op('='),
    partial('E', 'g'),
    cross,
    partial('g', 'ŷ'),
    cross,
    partial('ŷ', 'v'),
  ),
  errorByHidden: display(partial('E', 'g'), op('='), partial('E', 'y'), cross, transposed('w')),
  weightsOfHidden: display(partial('E', 'v'), op('='), transposed('x'), cross, partial('E', 'ŷ')),
  centralDifference: display(
    partial('E', 'v'),
    op('≈'),
    frac(
      row(
        id('E'),
        op('('),
        id('v'),
        op('+'),
        id('h'),
        op(')'),
        op('−'),
        id('E'),
        op('('),
        id('v'),
        op('−'),
        id('h'),
        op(')'),
      ),
      row(num('2'), id('h')),
    ),
  ),
  update: display(
    id('w'),
    op('←'),
    id('w'),
    op('−'),
    id('η'),
    cross,
    partial('E', 'w'),
    mathml`<mspace width="2em" />`,
    id('v'),
    op('←'),
    id('v'),
    op('−'),
    id('η'),
    cross,
    partial('E', 'v'),
  ),
} as const;
