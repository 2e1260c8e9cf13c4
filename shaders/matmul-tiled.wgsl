// One layer, forward: matmul.wgsl in tiles of 64 × 64 that a workgroup computes together
//
// Formula:  ŷ[row, unit] = Σₖ input[row, k] · weights[k, unit] + biases[unit];  g[row, unit] = f(ŷ[row, unit])
// Reads:    input [rowCount, inputCount]; of parameters, weights [inputCount, unitCount] and biases [unitCount]
// Writes:   preActivations ŷ and activations g, both [rowCount, unitCount]
// Dispatch: a workgroup per 64 rows × 64 units, an invocation per 4 × 4 of them: x = 4 units, y = 4 rows
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

// How many inputs the two tiles hold at a time: [input][four rows] and [input][four units].
const DEPTH = 16u;
// Of 17 instead of 16: invocations side by side fill a tile across, each a bank of the memory of its own.
var<workgroup> inputTile: array<array<vec4f, 17>, DEPTH>;
var<workgroup> weightsTile: array<array<vec4f, 16>, DEPTH>;

// input[four rows, k], 0 behind the edges of the matrix
fn inputs(row: u32, k: u32) -> vec4f {
  return vec4f(inputAt(row, k), inputAt(row + 1u, k), inputAt(row + 2u, k), inputAt(row + 3u, k));
}

fn inputAt(row: u32, k: u32) -> f32 {
  if (row >= params.rowCount || k >= params.inputCount) { return 0.0; }
  return input[row * params.inputCount + k];
}

// weights[k, four units], 0 behind the edges of the matrix
fn weights(k: u32, unit: u32) -> vec4f {
  return vec4f(weightAt(k, unit), weightAt(k, unit + 1u), weightAt(k, unit + 2u), weightAt(k, unit + 3u));
}

fn weightAt(k: u32, unit: u32) -> f32 {
  if (k >= params.inputCount || unit >= params.unitCount) { return 0.0; }
  return parameters[params.weightsOffset + k * params.unitCount + unit];
}

@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let firstUnit = 4u * id.x;
  let firstRow = 4u * id.y;

  var sums = mat4x4f(); // column i: four units of row firstRow + i
  for (var first = 0u; first < params.inputCount; first += DEPTH) {
    inputTile[local.x][local.y] = inputs(firstRow, first + local.x);
    weightsTile[local.y][local.x] = weights(first + local.y, firstUnit);
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      let a = inputTile[k][local.y];
      let b = weightsTile[k][local.x];
      sums += mat4x4f(b * a.x, b * a.y, b * a.z, b * a.w);
    }
    workgroupBarrier();
  }

  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) {
      let row = firstRow + i;
      let unit = firstUnit + j;
      if (row >= params.rowCount || unit >= params.unitCount) { continue; }
      var sum = sums[i][j];
      if (hasBias) { sum += parameters[params.biasOffset + unit]; }
      let index = row * params.unitCount + unit;
      preActivations[index] = sum;
      activations[index] = activationValue(activation, sum);
    }
  }
}
