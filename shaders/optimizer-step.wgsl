// One update of every parameter
//
// Formula:  parameter += change(dE/dparameter), for SGD −learningRate · dE/dparameter
// Reads:    gradients [parameterCount]; clipFactor [1]; step [2]: the step behind this one, and the first step of rates
// Writes:   parameters [parameterCount]; state [1 … 3, parameterCount]: the low parts, which make compensated parameters
//           of them, then what the optimizer remembers
// Dispatch: an invocation per parameter
// Twin: src/core/matrix.ts (update)

struct Params {
  parameterCount: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> rates: array<vec4f, 4096>;
@group(0) @binding(2) var<storage, read> gradients: array<f32>;
@group(0) @binding(3) var<storage, read> clipFactor: array<f32>;
@group(0) @binding(4) var<storage, read> step: array<u32>;
@group(0) @binding(5) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(6) var<storage, read_write> state: array<f32>;

override optimizer: u32;
// How much of the state the optimizer remembers itself.
override stateCount: u32;
override clips: bool;
override penalizes: bool;
// Whether a step has rates of its own.
override ratesVary: bool;
// Whether what rounding takes from a parameter is kept: without it, a compensated addition is a plain one.
override compensates: bool;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  // Above 4,194,240 parameters the workgroups go on in the second dimension.
  let i = id.x + id.y * grid.x * 64u;
  let n = params.parameterCount;
  if (i >= n) { return; }

  // mean-loss.wgsl has counted this step already.
  let rate = ratesFrom(rates[0], rates[1], rates[2u + select(0u, step[0] - 1u - step[1], ratesVary)]);
  var gradient = gradients[i];
  if (clips) { gradient *= clipFactor[0]; }
  var remembered = vec2f();
  if (stateCount > 0u) { remembered.x = state[n + i]; }
  if (stateCount > 1u) { remembered.y = state[2u * n + i]; }

  let before = Parameter(vec2f(parameters[i], state[i]), remembered);
  let after = followed(optimizer, penalizes, before, gradient, rate);
  parameters[i] = after.pair.x;
  state[i] = select(0.0, after.pair.y, compensates);
  if (stateCount > 0u) { state[n + i] = after.remembered.x; }
  if (stateCount > 1u) { state[2u * n + i] = after.remembered.y; }
}
