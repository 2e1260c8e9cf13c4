// The notebook's "phase 2": hidden-gradient-blocked.wgsl where four invocations share the rows that they load
//
// Formula:  dE/dŷ[row, unit] = dE/dg · dg/dŷ, where dE/dg[row, unit] = Σₖ dE/dy[row, k] · w[unit, k]
// Reads:    nextGradient dE/dy [rowCount, nextUnitCount]; of parameters, the next layer's weights w
//           [unitCount, nextUnitCount]; preActivations ŷ and activations g [rowCount, unitCount]
// Writes:   gradient dE/dŷ [rowCount, unitCount]
// Dispatch: an invocation per block of 16 rows × 16 units: x = 16 units, y = 16 rows;
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

// dE/dy[row, four k]; the row is given as the index of its first entry.
fn nextGradients(row: u32, terms: Terms) -> vec4f {
  let i = row + terms.k;
  let values = vec4f(nextGradient[i.x], nextGradient[i.y], nextGradient[i.z], nextGradient[i.w]);
  return select(vec4f(), values, terms.exist);
}

// w[four units, four k], a column for each k; the units are given as the indices of their first weights.
fn weights(terms: Terms, units: vec4u) -> mat4x4f {
  let k = terms.k;
  return mat4x4f(weightsAt(k.x + units), weightsAt(k.y + units), weightsAt(k.z + units), weightsAt(k.w + units));
}

fn weightsAt(i: vec4u) -> vec4f {
  return vec4f(parameters[i.x], parameters[i.y], parameters[i.z], parameters[i.w]);
}

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let firstUnit = BLOCK * id.x;
  let firstRow = BLOCK * id.y;

  // Of four rows that the block needs, each invocation of a quad loads one and hands it to the others.
  let ownA = min(firstRow + lane % 4u, params.rowCount - 1u) * params.nextUnitCount;
  let ownB = min(firstRow + 4u + lane % 4u, params.rowCount - 1u) * params.nextUnitCount;
  let ownC = min(firstRow + 8u + lane % 4u, params.rowCount - 1u) * params.nextUnitCount;
  let ownD = min(firstRow + 12u + lane % 4u, params.rowCount - 1u) * params.nextUnitCount;
  let columnsA = params.nextWeightsOffset + fourFrom(firstUnit, params.unitCount) * params.nextUnitCount;
  let columnsB = params.nextWeightsOffset + fourFrom(firstUnit + 4u, params.unitCount) * params.nextUnitCount;
  let columnsC = params.nextWeightsOffset + fourFrom(firstUnit + 8u, params.unitCount) * params.nextUnitCount;
  let columnsD = params.nextWeightsOffset + fourFrom(firstUnit + 12u, params.unitCount) * params.nextUnitCount;

  var row0 = BlockRow(); var row1 = BlockRow(); var row2 = BlockRow(); var row3 = BlockRow();
  var row4 = BlockRow(); var row5 = BlockRow(); var row6 = BlockRow(); var row7 = BlockRow();
  var row8 = BlockRow(); var row9 = BlockRow(); var row10 = BlockRow(); var row11 = BlockRow();
  var row12 = BlockRow(); var row13 = BlockRow(); var row14 = BlockRow(); var row15 = BlockRow();
  for (var first = 0u; first < params.nextUnitCount; first += 4u) {
    let terms = termsFrom(first, params.nextUnitCount);
    let b = FourRows(
      weights(terms, columnsA),
      weights(terms, columnsB),
      weights(terms, columnsC),
      weights(terms, columnsD),
    );
    let aA = nextGradients(ownA, terms);
    row0 += product(quadBroadcast(aA, 0u), b);
    row1 += product(quadBroadcast(aA, 1u), b);
    row2 += product(quadBroadcast(aA, 2u), b);
    row3 += product(quadBroadcast(aA, 3u), b);
    let aB = nextGradients(ownB, terms);
    row4 += product(quadBroadcast(aB, 0u), b);
    row5 += product(quadBroadcast(aB, 1u), b);
    row6 += product(quadBroadcast(aB, 2u), b);
    row7 += product(quadBroadcast(aB, 3u), b);
    let aC = nextGradients(ownC, terms);
    row8 += product(quadBroadcast(aC, 0u), b);
    row9 += product(quadBroadcast(aC, 1u), b);
    row10 += product(quadBroadcast(aC, 2u), b);
    row11 += product(quadBroadcast(aC, 3u), b);
    let aD = nextGradients(ownD, terms);
    row12 += product(quadBroadcast(aD, 0u), b);
    row13 += product(quadBroadcast(aD, 1u), b);
    row14 += product(quadBroadcast(aD, 2u), b);
    row15 += product(quadBroadcast(aD, 3u), b);
  }
  if (firstUnit >= params.unitCount) { return; }

  let block = array<BlockRow, BLOCK>(
    row0, row1, row2, row3, row4, row5, row6, row7, row8, row9, row10, row11, row12, row13, row14, row15
  );
  for (var r = 0u; r < min(BLOCK, params.rowCount - firstRow); r++) {
    for (var u = 0u; u < min(BLOCK, params.unitCount - firstUnit); u++) {
      let sum = block[r][u / 4u][u % 4u];
      let index = (firstRow + r) * params.unitCount + firstUnit + u;
      gradient[index] = sum * activationDerivative(activation, preActivations[index], activations[index]);
    }
  }
}
