// The notebook's "phase 2": the gradient of a hidden layer's pre-activations, from the layer after it
//
// Formula:  dE/dŷ[row, unit] = dE/dg · dg/dŷ, where dE/dg[row, unit] = Σₖ dE/dy[row, k] · w[unit, k]
// Reads:    nextGradient dE/dy [rowCount, nextUnitCount]; of parameters, the next layer's weights w
//           [unitCount, nextUnitCount]; preActivations ŷ and activations g [rowCount, unitCount]
// Writes:   gradient dE/dŷ [rowCount, unitCount]
// Dispatch: an invocation per entry of the gradient: x = unit, y = row
// Twin: src/cpu/backprop.ts (#hiddenGradient)

struct Params {
  rowCount: u32,
  unitCount: u32,
  nextUnitCount: u32,
  nextWeightsOffset: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read> nextGradient: array<f32>;
@group(0) @binding(3) var<storage, read> preActivations: array<f32>;
@group(0) @binding(4) var<storage, read> activations: array<f32>;
@group(0) @binding(5) var<storage, read_write> gradient: array<f32>;

override activation: u32;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let unit = id.x;
  let row = id.y;
  if (unit >= params.unitCount || row >= params.rowCount) { return; }

  var sum = 0.0;
  for (var k = 0u; k < params.nextUnitCount; k++) {
    let weight = parameters[params.nextWeightsOffset + unit * params.nextUnitCount + k];
    sum += nextGradient[row * params.nextUnitCount + k] * weight;
  }

  let index = row * params.unitCount + unit;
  gradient[index] = sum * activationDerivative(activation, preActivations[index], activations[index]);
}
