// The notebook's step and loop in plain loops, one number at a time, sharing nothing with what they check.

/** An activation and its derivative. */
export interface Curve {
  readonly value: (x: number) => number;
  readonly derivative: (x: number) => number;
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

export const sigmoid: Curve = {
  value: logistic,
  derivative: (x) => logistic(x) * (1 - logistic(x)),
};

export const tanh: Curve = {
  value: Math.tanh,
  derivative: (x) => 1 / Math.cosh(x) ** 2,
};

/** A network of two inputs and one output: its rows of x₁, x₂, f₀, and its weights. */
export interface SmallNetwork {
  readonly rows: readonly (readonly number[])[];
  /** v [2][hidden units] */
  readonly v: readonly (readonly number[])[];
  /** w [hidden units] */
  readonly w: readonly number[];
  readonly hidden: Curve;
}

/** Every matrix of one step, by the names of the notebook, as rows. */
export function stepByHand({ rows, v, w, hidden }: SmallNetwork) {
  const units = w.map((_, unit) => unit);
  const preActivations = rows.map(([x1, x2]) => units.map((j) => x1 * v[0][j] + x2 * v[1][j]));
  const g = preActivations.map((row) => row.map(hidden.value));
  const y = g.map((row) => units.reduce((sum, j) => sum + row[j] * w[j], 0));
  const f = y.map(sigmoid.value);
  const errorByOutput = f.map((value, i) => (2 * (value - rows[i][2])) / rows.length);
  const slopeOfOutput = y.map(sigmoid.derivative);
  const errorByY = f.map((_, i) => errorByOutput[i] * slopeOfOutput[i]);
  const errorByG = rows.map((_, i) => units.map((j) => errorByY[i] * w[j]));
  const slopeOfHidden = preActivations.map((row) => row.map(hidden.derivative));
  const errorByHidden = rows.map((_, i) => units.map((j) => errorByG[i][j] * slopeOfHidden[i][j]));
  const sumOverRows = (share: (row: number) => number) => rows.reduce((sum, _, row) => sum + share(row), 0);
  return {
    error: sumOverRows((i) => (f[i] - rows[i][2]) ** 2) / rows.length,
    matrices: {
      ŷ: preActivations,
      g,
      y: y.map((value) => [value]),
      f: f.map((value) => [value]),
      'dE/df': errorByOutput.map((value) => [value]),
      'df/dy': slopeOfOutput.map((value) => [value]),
      'dE/dy': errorByY.map((value) => [value]),
      'dE/dw': units.map((j) => [sumOverRows((i) => g[i][j] * errorByY[i])]),
      'dE/dg': errorByG,
      'dg/dŷ': slopeOfHidden,
      'dE/dŷ': errorByHidden,
      'dE/dv': [0, 1].map((k) => units.map((j) => sumOverRows((i) => rows[i][k] * errorByHidden[i][j]))),
    },
  };
}

/** The loop: the error before every step, and where the weights end. */
export function loopByHand(network: SmallNetwork, learningRate: number, steps: number) {
  let { v, w } = network;
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { error, matrices } = stepByHand({ ...network, v, w });
    losses.push(error);
    v = v.map((row, k) => row.map((value, j) => value - learningRate * matrices['dE/dv'][k][j]));
    w = w.map((value, j) => value - learningRate * matrices['dE/dw'][j][0]);
  }
  const predictions = stepByHand({ ...network, v, w }).matrices.f.map(([value]) => value);
  return { losses, v, w, parameters: [...v.flat(), ...w], predictions };
}
