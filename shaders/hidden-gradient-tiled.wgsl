// The notebook's "phase 2": hidden-gradient.wgsl in tiles of 64 × 64 that a workgroup computes together
//
// Formula:  dE/dŷ[row, unit] = dE/dg · dg/dŷ, where dE/dg[row, unit] = Σₖ dE/dy[row, k] · w[unit, k]
// Reads:    nextGradient dE/dy [rowCount, nextUnitCount]; of parameters, the next layer's weights w
//           [unitCount, nextUnitCount]; preActivations ŷ and activations g [rowCount, unitCount]
// Writes:   gradient dE/dŷ [rowCount, unitCount]
// Dispatch: a workgroup per 64 rows × 64 units, an invocation per 4 × 4 of them: x = 4 units, y = 4 rows
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

// How many next units the two tiles hold at a time: [next unit][four rows] and [next unit][four units].
const DEPTH = 16u;
// Of 17 instead of 16: invocations side by side fill a tile across, each a bank of the memory of its own.
var<workgroup> gradientTile: array<array<vec4f, 17>, DEPTH>;
var<workgroup> weightsTile: array<array<vec4f, 17>, DEPTH>;

// dE/dy[four rows, k], 0 behind the edges of the matrix
fn nextGradients(row: u32, k: u32) -> vec4f {
  return vec4f(gradientAt(row, k), gradientAt(row + 1u, k), gradientAt(row + 2u, k), gradientAt(row + 3u, k));
}

fn gradientAt(row: u32, k: u32) -> f32 {
  if (row >= params.rowCount || k >= params.nextUnitCount) { return 0.0; }
  return nextGradient[row * params.nextUnitCount + k];
}

// w[four units, k], 0 behind the edges of the matrix
fn weights(unit: u32, k: u32) -> vec4f {
  return vec4f(weightAt(unit, k), weightAt(unit + 1u, k), weightAt(unit + 2u, k), weightAt(unit + 3u, k));
}

fn weightAt(unit: u32, k: u32) -> f32 {
  if (unit >= params.unitCount || k >= params.nextUnitCount) { return 0.0; }
  return parameters[params.nextWeightsOffset + unit * params.nextUnitCount + k];
}

@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let firstUnit = 4u * id.x;
  let firstRow = 4u * id.y;

  var sums = mat4x4f(); // column i: four units of row firstRow + i
  let firstTileUnit = firstUnit - 4u * local.x;
  for (var first = 0u; first < params.nextUnitCount; first += DEPTH) {
    // Both matrices run along k: invocations side by side load entries side by side.
    gradientTile[local.x][local.y] = nextGradients(firstRow, first + local.x);
    weightsTile[local.x][local.y] = weights(firstTileUnit + 4u * local.y, first + local.x);
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      let a = gradientTile[k][local.y];
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
      let index = row * params.unitCount + unit;
      gradient[index] = sums[i][j] * activationDerivative(activation, preActivations[index], activations[index]);
    }
  }
}
