// What one step adds to a parameter, and how it is added.
// `kind` is one of the OPTIMIZER_… constants, which the host writes before this file. `state` is what an optimizer
// remembers of a parameter; each returns the change first, and the state after it.
// Twin: src/core/optimizers.ts

// What is the same for every parameter in one step.
struct Rates {
  learningRate: f32,
  firstCorrection: f32,
  secondCorrection: f32,
  momentum: f32,
  firstRate: f32,
  secondRate: f32,
  epsilon: f32,
  weightDecay: f32,
  l1: f32,
}

// From the uniform `rates`: its first two entries hold for the run, the others for a step each. A step's learning rate
// is that of the run times what the schedule says.
fn ratesFrom(settings: vec4f, penalties: vec4f, step: vec4f) -> Rates {
  return Rates(
    penalties.z * step.x,
    step.y,
    step.z,
    settings.x,
    settings.y,
    settings.z,
    settings.w,
    penalties.x,
    penalties.y,
  );
}

fn sgd(gradient: f32, state: vec2f, rates: Rates) -> vec3f {
  return vec3f(-rates.learningRate * gradient, state);
}

fn momentum(gradient: f32, state: vec2f, rates: Rates) -> vec3f {
  let sum = rates.momentum * state.x + gradient;
  return vec3f(-rates.learningRate * sum, sum, 0.0);
}

fn nesterov(gradient: f32, state: vec2f, rates: Rates) -> vec3f {
  let sum = rates.momentum * state.x + gradient;
  return vec3f(-rates.learningRate * (gradient + rates.momentum * sum), sum, 0.0);
}

fn rmsprop(gradient: f32, state: vec2f, rates: Rates) -> vec3f {
  let squares = state.y + rates.secondRate * (gradient * gradient - state.y);
  let sum = rates.momentum * state.x + gradient / (sqrt(squares) + rates.epsilon);
  return vec3f(-rates.learningRate * sum, sum, squares);
}

fn adam(gradient: f32, state: vec2f, rates: Rates) -> vec3f {
  let mean = state.x + rates.firstRate * (gradient - state.x);
  let squares = state.y + rates.secondRate * (gradient * gradient - state.y);
  let root = sqrt(squares) * rates.secondCorrection + rates.epsilon;
  return vec3f(-rates.learningRate * rates.firstCorrection * mean / root, mean, squares);
}

// Its weight decay is apart: decoupledDecay.
fn adamw(gradient: f32, state: vec2f, rates: Rates) -> vec3f {
  return adam(gradient, state, rates);
}

fn optimizerChange(kind: u32, gradient: f32, state: vec2f, rates: Rates) -> vec3f {
  switch kind {
    case OPTIMIZER_SGD: { return sgd(gradient, state, rates); }
    case OPTIMIZER_MOMENTUM: { return momentum(gradient, state, rates); }
    case OPTIMIZER_NESTEROV: { return nesterov(gradient, state, rates); }
    case OPTIMIZER_RMSPROP: { return rmsprop(gradient, state, rates); }
    case OPTIMIZER_ADAM: { return adam(gradient, state, rates); }
    case OPTIMIZER_ADAMW: { return adamw(gradient, state, rates); }
    default: { return vec3f(); }
  }
}

// What weight decay and L1 add to a gradient.
fn penaltyGradient(kind: u32, parameter: f32, rates: Rates) -> f32 {
  let decay = select(rates.weightDecay * parameter, 0.0, kind == OPTIMIZER_ADAMW);
  return decay + rates.l1 * sign(parameter);
}

// What decoupled weight decay adds to a parameter.
fn decoupledDecay(kind: u32, parameter: f32, rates: Rates) -> f32 {
  return select(0.0, -rates.learningRate * rates.weightDecay * parameter, kind == OPTIMIZER_ADAMW);
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

// A parameter as the optimizer sees it: the pair, and what it remembers of it.
struct Parameter {
  pair: vec2f,
  remembered: vec2f,
}

// The parameter behind a step.
fn followed(kind: u32, penalizes: bool, parameter: Parameter, sum: f32, rates: Rates) -> Parameter {
  let value = parameter.pair.x;
  var gradient = sum;
  if (penalizes) { gradient += penaltyGradient(kind, value, rates); }
  let after = optimizerChange(kind, gradient, parameter.remembered, rates);
  var change = after.x;
  if (penalizes) { change += decoupledDecay(kind, value, rates); }
  return Parameter(addCompensated(parameter.pair, change), after.yz);
}
