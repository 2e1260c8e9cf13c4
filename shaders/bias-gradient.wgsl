// The gradient of a layer's biases
//
// Formula:  dE/dbias[unit] = Σ over rows of dE/dy[row, unit]
// Reads:    gradient dE/dy [rowCount, unitCount]
// Writes:   of gradients, the layer's biases [unitCount]
// Dispatch: an invocation per unit
// Twin: src/core/matrix.ts (sumRows)

struct Params {
  rowCount: u32,
  unitCount: u32,
  biasOffset: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> gradients: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let unit = id.x;
  if (unit >= params.unitCount) { return; }

  var sum = 0.0;
  for (var row = 0u; row < params.rowCount; row++) { sum += gradient[row * params.unitCount + unit]; }
  gradients[params.biasOffset + unit] = sum;
}
