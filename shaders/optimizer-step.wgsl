// One update of every parameter
//
// Formula:  parameter += change(dE/dparameter), for SGD −learningRate · dE/dparameter
// Reads:    gradients [parameterCount]
// Writes:   parameters and lowParts [parameterCount]: together one compensated parameter each
// Dispatch: an invocation per parameter
// Twin: src/core/matrix.ts (update)

struct Params {
  parameterCount: u32,
  learningRate: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradients: array<f32>;
@group(0) @binding(2) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(3) var<storage, read_write> lowParts: array<f32>;

override optimizer: u32;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  // Above 4,194,240 parameters the workgroups go on in the second dimension.
  let i = id.x + id.y * grid.x * 64u;
  if (i >= params.parameterCount) { return; }

  let change = optimizerChange(optimizer, gradients[i], params.learningRate);
  let parameter = addCompensated(vec2f(parameters[i], lowParts[i]), change);
  parameters[i] = parameter.x;
  lowParts[i] = parameter.y;
}
