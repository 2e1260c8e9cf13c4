// The derivative of a layer's activation by itself: what the gradient kernels multiply by, for a trace to show
//
// Formula:  dg/dŷ[row, unit] = f′(ŷ[row, unit])
// Reads:    preActivations ŷ and activations g = f(ŷ), both [rowCount, unitCount]
// Writes:   derivatives dg/dŷ [rowCount, unitCount]
// Dispatch: an invocation per entry of the derivatives: x = unit, y = row
// Twin: src/core/matrix.ts (timesDerivative)

struct Params {
  rowCount: u32,
  unitCount: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> preActivations: array<f32>;
@group(0) @binding(2) var<storage, read> activations: array<f32>;
@group(0) @binding(3) var<storage, read_write> derivatives: array<f32>;

override activation: u32;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let unit = id.x;
  let row = id.y;
  if (unit >= params.unitCount || row >= params.rowCount) { return; }

  let index = row * params.unitCount + unit;
  derivatives[index] = activationDerivative(activation, preActivations[index], activations[index]);
}
