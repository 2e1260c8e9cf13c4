// One layer, forward: activations = f(input · weights + biases)
//
// Formula:  ŷ[row, unit] = Σₖ input[row, k] · weights[k, unit] + biases[unit];  g[row, unit] = f(ŷ[row, unit])
// Reads:    input [rowCount, inputCount]; of parameters, weights [inputCount, unitCount] and biases [unitCount]
// Writes:   preActivations ŷ and activations g, both [rowCount, unitCount]
// Dispatch: an invocation per entry of the output: x = unit, y = row
// Twin: src/core/matrix.ts (multiply, addRow, activate)

struct Params {
  rowCount: u32,
  inputCount: u32,
  unitCount: u32,
  weightsOffset: u32,
  biasOffset: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read> input: array<f32>;
@group(0) @binding(3) var<storage, read_write> preActivations: array<f32>;
@group(0) @binding(4) var<storage, read_write> activations: array<f32>;

override activation: u32;
override hasBias: bool;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let unit = id.x;
  let row = id.y;
  if (unit >= params.unitCount || row >= params.rowCount) { return; }

  var sum = 0.0;
  for (var k = 0u; k < params.inputCount; k++) {
    let weight = parameters[params.weightsOffset + k * params.unitCount + unit];
    sum += input[row * params.inputCount + k] * weight;
  }
  if (hasBias) { sum += parameters[params.biasOffset + unit]; }

  let index = row * params.unitCount + unit;
  preActivations[index] = sum;
  activations[index] = activationValue(activation, sum);
}
