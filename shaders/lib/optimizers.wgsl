// What one step adds to a parameter, and how it is added.
// `kind` is one of the OPTIMIZER_… constants, which the host writes before this file.
// Twin: src/core/optimizers.ts

fn sgd(gradient: f32, learningRate: f32) -> f32 {
  return -learningRate * gradient;
}

fn optimizerChange(kind: u32, gradient: f32, learningRate: f32) -> f32 {
  switch kind {
    case OPTIMIZER_SGD: { return sgd(gradient, learningRate); }
    default: { return 0.0; }
  }
}

// A parameter is a pair (value, low): what rounding takes from the value is kept in the low part, so that
// thousands of small changes are not lost. Over the notebook's 10,000 steps this brings the largest error of a
// weight from 2.5e-6 to 1.6e-7. Two-sum (Knuth, TAOCP 4.2.2): sum + error is exactly value + y.
fn addCompensated(parameter: vec2f, change: f32) -> vec2f {
  let value = parameter.x;
  let y = change + parameter.y;
  let sum = value + y;
  let part = sum - value;
  let error = (value - (sum - part)) + (y - part);
  return vec2f(sum, error);
}
