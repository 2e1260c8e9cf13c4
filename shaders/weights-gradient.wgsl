// The gradient of a layer's weights
//
// Formula:  dE/dw[k, unit] = Σ over rows of input[row, k] · dE/dy[row, unit]
// Reads:    input [rowCount, inputCount]; gradient dE/dy [rowCount, unitCount]
// Writes:   of gradients, the layer's weights [inputCount, unitCount]
// Dispatch: an invocation per weight: x = unit, y = k
// Twin: src/core/matrix.ts (multiplyTransposedA)

struct Params {
  rowCount: u32,
  inputCount: u32,
  unitCount: u32,
  weightsOffset: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read_write> gradients: array<f32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let unit = id.x;
  let k = id.y;
  if (unit >= params.unitCount || k >= params.inputCount) { return; }

  var sum = 0.0;
  for (var row = 0u; row < params.rowCount; row++) {
    sum += input[row * params.inputCount + k] * gradient[row * params.unitCount + unit];
  }
  gradients[params.weightsOffset + k * params.unitCount + unit] = sum;
}
