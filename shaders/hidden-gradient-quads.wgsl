// The notebook's "phase 2": hidden-gradient-blocked.wgsl, 32 × 16, four invocations sharing rows
//
// Formula:  dE/dŷ[row, unit] = dE/dg · dg/dŷ, where dE/dg[row, unit] = Σₖ dE/dy[row, k] · w[unit, k]
// Reads:    nextGradient dE/dy [rowCount, nextUnitCount]; of parameters, the next layer's weights w
//           [unitCount, nextUnitCount]; preActivations ŷ and activations g [rowCount, unitCount]
// Writes:   gradient dE/dŷ [rowCount, unitCount]
// Dispatch: an invocation per block of 32 rows × 16 units: x = 16 units, y = 32 rows;
//           all of a workgroup need the same rows
// Twin: src/cpu/backprop.ts (#hiddenGradient)

enable subgroups;

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

fn rowPlaces(rows: vec4u) -> vec4u {
  return rows * params.nextUnitCount;
}

fn columnPlaces(units: vec4u) -> vec4u {
  return params.nextWeightsOffset + units * params.nextUnitCount;
}

// dE/dy[row, four k]
fn entriesOfA(row: u32, terms: Terms) -> vec4f {
  let i = row + terms.k;
  let values = vec4f(nextGradient[i.x], nextGradient[i.y], nextGradient[i.z], nextGradient[i.w]);
  return select(vec4f(), values, terms.exist);
}

// w[four units, four k]
fn entriesOfB(terms: Terms, units: vec4u) -> mat4x4f {
  let k = terms.k;
  return mat4x4f(weightsAt(k.x + units), weightsAt(k.y + units), weightsAt(k.z + units), weightsAt(k.w + units));
}

fn sumsColumns() -> bool {
  return false;
}

fn weightsAt(i: vec4u) -> vec4f {
  return vec4f(parameters[i.x], parameters[i.y], parameters[i.z], parameters[i.w]);
}

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let unit = BLOCK * id.x;
  let row = 2u * BLOCK * id.y;
  let rows = QuadRows(row, params.rowCount, lane);
  let block = quadBlockOf(rows, Extent(unit, params.unitCount), params.nextUnitCount, BlockRow());
  // Only now: until here every invocation loads for the others of its quad.
  if (unit >= params.unitCount) { return; }

  for (var r = 0u; r < min(2u * BLOCK, params.rowCount - row); r++) {
    for (var u = 0u; u < min(BLOCK, params.unitCount - unit); u++) {
      let sum = block.rows[r][u / 4u][u % 4u];
      let index = (row + r) * params.unitCount + unit + u;
      gradient[index] = sum * activationDerivative(activation, preActivations[index], activations[index]);
    }
  }
}
