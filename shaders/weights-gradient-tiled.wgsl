// The gradient of a layer's weights and biases: weights-gradient.wgsl in tiles of 64 × 64 of a workgroup each
//
// Formula:  dE/dw[k, unit] = Σ over rows of input[row, k] · dE/dy[row, unit];
//           dE/dbias[unit] = Σ over rows of dE/dy[row, unit]: of a weight whose input is always 1
// Reads:    input [rowCount, inputCount]; gradient dE/dy [rowCount, unitCount]
// Writes:   of gradients, the layer's weights [inputCount, unitCount] and biases [unitCount]
// Dispatch: a workgroup per 64 inputs × 64 units, an invocation per 4 × 4 of them: x = 4 units, y = 4 inputs
// Twin: src/core/matrix.ts (multiplyTransposedA, sumRows)

struct Params {
  rowCount: u32,
  inputCount: u32,
  unitCount: u32,
  weightsOffset: u32,
  biasOffset: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read_write> gradients: array<f32>;

override hasBias: bool;

// How many rows the two tiles hold at a time: [row][four inputs] and [row][four units].
const DEPTH = 16u;
var<workgroup> inputTile: array<array<vec4f, 16>, DEPTH>;
var<workgroup> gradientTile: array<array<vec4f, 16>, DEPTH>;

// input[row, four k], 0 behind the edges of the matrix
fn inputs(row: u32, k: u32) -> vec4f {
  return vec4f(inputAt(row, k), inputAt(row, k + 1u), inputAt(row, k + 2u), inputAt(row, k + 3u));
}

fn inputAt(row: u32, k: u32) -> f32 {
  if (row >= params.rowCount || k >= params.inputCount) { return 0.0; }
  return input[row * params.inputCount + k];
}

// dE/dy[row, four units], 0 behind the edges of the matrix
fn fourGradients(row: u32, unit: u32) -> vec4f {
  return vec4f(
    gradientAt(row, unit),
    gradientAt(row, unit + 1u),
    gradientAt(row, unit + 2u),
    gradientAt(row, unit + 3u),
  );
}

fn gradientAt(row: u32, unit: u32) -> f32 {
  if (row >= params.rowCount || unit >= params.unitCount) { return 0.0; }
  return gradient[row * params.unitCount + unit];
}

@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let firstUnit = 4u * id.x;
  let firstInput = 4u * id.y;

  var sums = mat4x4f(); // column i: four units of input firstInput + i
  var biases = vec4f();
  let firstTileInput = firstInput - 4u * local.y;
  for (var first = 0u; first < params.rowCount; first += DEPTH) {
    // Rows of both matrices: invocations side by side load entries side by side.
    inputTile[local.y][local.x] = inputs(first + local.y, firstTileInput + 4u * local.x);
    gradientTile[local.y][local.x] = fourGradients(first + local.y, firstUnit);
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      let a = inputTile[k][local.y];
      let b = gradientTile[k][local.x];
      sums += mat4x4f(b * a.x, b * a.y, b * a.z, b * a.w);
      biases += b;
    }
    workgroupBarrier();
  }

  for (var j = 0u; j < 4u; j++) {
    let unit = firstUnit + j;
    if (unit >= params.unitCount) { continue; }
    for (var i = 0u; i < 4u; i++) {
      let k = firstInput + i;
      if (k < params.inputCount) { gradients[params.weightsOffset + k * params.unitCount + unit] = sums[i][j]; }
    }
    // Every tile of inputs arrives at the same biases; the first one keeps them.
    if (hasBias && firstInput == 0u) { gradients[params.biasOffset + unit] = biases[j]; }
  }
}
