// What the small cells of the notebook show, computed by the library on the page; and central differences beside it.

import {
  activations,
  forward,
  layOutNetwork,
  losses,
  matrix,
  meanLoss,
  perceptron,
  type ActivationName,
  type Matrix,
  type Trace,
} from '../index.ts';
import { dataOfStory, jobOfStory, type StoryValues } from './notebook-story.ts';

/** Balances truncation (∝ h²) against rounding (∝ ε/h): about the cube root of ε. */
const DIFFERENCE_STEP = 2 ** -17;

/** y = x₁ w₁ + x₂ w₂ + b, of the four observations and then of the one that is asked about. */
export function perceptronOutputs({ rows, perceptron: unit, asked }: StoryValues): Float64Array {
  const { w1, w2, b } = unit;
  const inputs = [...rows.map(([x1, x2]) => [x1, x2]), [asked.x1, asked.x2]];
  return Float64Array.from(inputs, (x) => perceptron(x, [w1, w2], b));
}

/** f(x) and f′(x) of an activation, and (f(x + h) − f(x − h)) / 2h; undefined where that reaches over a kink. */
export function activationAt(name: ActivationName, x: number) {
  const activation = activations[name];
  const value = activation.value(x);
  return {
    value,
    derivative: activation.derivative(x, value),
    difference: isNearKink(name, x)
      ? undefined
      : slope((moved) => activation.value(moved), x, DIFFERENCE_STEP),
  };
}

/** One output and its target alone: E, dE/df, df/dy of a sigmoid, and dE/dy. */
export function errorOf({ f, f0 }: Pick<StoryValues, 'f' | 'f0'>) {
  const error = losses.mse.value(f, f0);
  const errorByOutput = losses.mse.derivative(f, f0);
  const outputByPreActivation = activations.sigmoid.derivative(NaN, f);
  return {
    error,
    errorByOutput,
    outputByPreActivation,
    errorByPreActivation: errorByOutput * outputByPreActivation,
  };
}

/** What a cell shows: values, and every matrix of the first step with them. */
export interface TracedValues {
  readonly values: StoryValues;
  readonly trace: Trace;
}

/** Derivatives of the first step that a central difference can be held against. */
export type CheckedDerivative = 'dE/df' | 'df/dy' | 'dE/dy' | 'dE/dw' | 'dE/dg' | 'dg/dŷ' | 'dE/dŷ' | 'dE/dv';

/** A derivative of the first step with its central difference, entry by entry. */
export interface CheckedMatrix {
  readonly derivative: Matrix;
  readonly difference: Matrix;
  /** Largest |derivative − difference|. */
  readonly largest: number;
  /** Entries left out of it, because what is moved reaches over a kink, where a difference means nothing. */
  readonly atKink: number;
}

/**
 * Holds a derivative against (E(p + h) − E(p − h)) / 2h, entry by entry, where E goes on forward from what is moved.
 */
export function checkDerivative(name: CheckedDerivative, { values, trace }: TracedValues): CheckedMatrix {
  const [hidden, output] = trace.layers;
  const targets = trace.targets.data;
  const job = jobOfStory(values);
  const [hiddenLayer, outputLayer] = job.layers;
  const loss = (outputs: Float64Array) => meanLoss('mse', outputs, targets, 1);
  const outputNetwork = layOutNetwork(hiddenLayer.units, [outputLayer]);
  const fromHidden = (g: Float64Array, w = output.weights.data) => loss(forward(outputNetwork, w.slice(), g));
  const whole = layOutNetwork(2, job.layers);
  const w = output.weights.data;
  const { data: x } = hidden.input;
  const entrywise = (activation: ActivationName, from: Matrix) =>
    from.data.map((each) => slope((moved) => activations[activation].value(moved), each, DIFFERENCE_STEP));
  const checks: Record<CheckedDerivative, () => readonly [Matrix, Float64Array]> = {
    'dE/df': () => [output.activationsGradient, slopes(loss, output.activations.data)],
    'df/dy': () => [output.derivatives, entrywise(outputLayer.activation, output.preActivations)],
    'dE/dy': () => [
      output.preActivationsGradient,
      slopes((y) => loss(activate(outputLayer.activation, y)), output.preActivations.data),
    ],
    'dE/dw': () => [output.weightsGradient, slopes((moved) => fromHidden(output.input.data, moved), w)],
    'dE/dg': () => [hidden.activationsGradient, slopes((g) => fromHidden(g), hidden.activations.data)],
    'dg/dŷ': () => [hidden.derivatives, entrywise(hiddenLayer.activation, hidden.preActivations)],
    'dE/dŷ': () => [
      hidden.preActivationsGradient,
      slopes((y) => fromHidden(activate(hiddenLayer.activation, y)), hidden.preActivations.data),
    ],
    'dE/dv': () => [
      hidden.weightsGradient,
      slopes((v) => loss(forward(whole, Float64Array.of(...v, ...w), x)), hidden.weights.data),
    ],
  };
  const [derivative, differences] = checks[name]();
  const movesPreActivation = name === 'dg/dŷ' || name === 'dE/dŷ';
  const isAtKink = (i: number) =>
    movesPreActivation && isNearKink(hiddenLayer.activation, hidden.preActivations.data[i]);
  const distances = derivative.data.map((value, i) => (isAtKink(i) ? 0 : Math.abs(value - differences[i])));
  return {
    derivative,
    difference: matrix(derivative.rows, derivative.columns, differences),
    largest: Math.max(...distances),
    atKink: differences.filter((_, i) => isAtKink(i)).length,
  };
}

/** One hidden weight moved by a person's h: E either side, and what the difference comes to. */
export function moveWeight({ values, trace }: TracedValues) {
  const { moved, h, weights } = values;
  const job = jobOfStory(values);
  const { inputs, targets } = dataOfStory(values);
  const network = layOutNetwork(2, job.layers);
  const errorAt = (change: number) => {
    const parameters = weights.map((value, index) => (index === moved ? value + change : value));
    return meanLoss('mse', forward(network, parameters, inputs), targets, 1);
  };
  const [above, below] = [errorAt(h), errorAt(-h)];
  const gradient = trace.layers[0].weightsGradient.data[moved];
  return { above, below, difference: (above - below) / (2 * h), gradient };
}

/** (e(p + h) − e(p − h)) / 2h for every entry of p. */
function slopes(e: (values: Float64Array) => number, p: Float64Array): Float64Array {
  return p.map((value, index) =>
    slope((moved) => e(p.map((each, i) => (i === index ? moved : each))), value, DIFFERENCE_STEP),
  );
}

function slope(e: (value: number) => number, at: number, h: number): number {
  return (e(at + h) - e(at - h)) / (2 * h);
}

/** Whether a difference around x would reach over the kink of an activation. */
function isNearKink(name: ActivationName, x: number): boolean {
  return 'hasKink' in activations[name] && Math.abs(x) <= DIFFERENCE_STEP;
}

function activate(name: ActivationName, x: Float64Array): Float64Array {
  return x.map((value) => activations[name].value(value));
}
