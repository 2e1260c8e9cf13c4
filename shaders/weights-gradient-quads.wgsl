// The gradient of a layer's weights and biases: weights-gradient-blocked.wgsl, 32 × 16, loads shared by four
//
// Formula:  dE/dw[k, unit] = Σ over rows of input[row, k] · dE/dy[row, unit];
//           dE/dbias[unit] = Σ over rows of dE/dy[row, unit]: of a weight whose input is always 1
// Reads:    input [rowCount, inputCount]; gradient dE/dy [rowCount, unitCount]
// Writes:   of gradients, the layer's weights [inputCount, unitCount] and biases [unitCount]
// Dispatch: an invocation per block of 32 inputs × 16 units: x = 16 units, y = 32 inputs;
//           all of a workgroup need the same inputs
// Twin: src/core/matrix.ts (multiplyTransposedA, sumRows)

enable subgroups;

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

fn rowPlaces(k: vec4u) -> vec4u {
  return k;
}

fn columnPlaces(columns: vec4u) -> vec4u {
  return columns;
}

// input[four rows, k]: the sum is over rows
fn entriesOfA(k: u32, terms: Terms) -> vec4f {
  let i = terms.k * params.inputCount + k;
  return select(vec4f(), vec4f(input[i.x], input[i.y], input[i.z], input[i.w]), terms.exist);
}

// dE/dy[four rows, four units]
fn entriesOfB(terms: Terms, units: vec4u) -> mat4x4f {
  let row = terms.k * params.unitCount;
  return mat4x4f(
    gradientsAt(row.x + units),
    gradientsAt(row.y + units),
    gradientsAt(row.z + units),
    gradientsAt(row.w + units),
  );
}

// They are the gradients of the biases.
fn sumsColumns() -> bool {
  return hasBias;
}

fn gradientsAt(i: vec4u) -> vec4f {
  return vec4f(gradient[i.x], gradient[i.y], gradient[i.z], gradient[i.w]);
}

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let unit = BLOCK * id.x;
  let k = 2u * BLOCK * id.y;
  let rows = QuadRows(k, params.inputCount, lane);
  let block = quadBlockOf(rows, Extent(unit, params.unitCount), params.rowCount, BlockRow());
  // Only now: until here every invocation loads for the others of its quad.
  if (unit >= params.unitCount) { return; }

  for (var u = 0u; u < min(BLOCK, params.unitCount - unit); u++) {
    for (var r = 0u; r < min(2u * BLOCK, params.inputCount - k); r++) {
      let at = params.weightsOffset + (k + r) * params.unitCount + unit + u;
      gradients[at] = block.rows[r][u / 4u][u % 4u];
    }
    // Every block of inputs arrives at the same biases; the first one keeps them.
    if (hasBias && k == 0u) { gradients[params.biasOffset + unit + u] = block.columnSums[u / 4u][u % 4u]; }
  }
}
