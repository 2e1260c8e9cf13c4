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
  let firstRow = 2u * BLOCK * id.y;

  // Of four rows that the block needs, each invocation of a quad loads one and hands it to the others.
  let ownA = min(firstRow + lane % 4u, params.rowCount - 1u) * params.nextUnitCount;
  let ownB = min(firstRow + 4u + lane % 4u, params.rowCount - 1u) * params.nextUnitCount;
  let ownC = min(firstRow + 8u + lane % 4u, params.rowCount - 1u) * params.nextUnitCount;
  let ownD = min(firstRow + 12u + lane % 4u, params.rowCount - 1u) * params.nextUnitCount;
  let ownE = min(firstRow + 16u + lane % 4u, params.rowCount - 1u) * params.nextUnitCount;
  let ownF = min(firstRow + 20u + lane % 4u, params.rowCount - 1u) * params.nextUnitCount;
  let ownG = min(firstRow + 24u + lane % 4u, params.rowCount - 1u) * params.nextUnitCount;
  let ownH = min(firstRow + 28u + lane % 4u, params.rowCount - 1u) * params.nextUnitCount;
  let columnsA = params.nextWeightsOffset + fourFrom(firstUnit, params.unitCount) * params.nextUnitCount;
  let columnsB = params.nextWeightsOffset + fourFrom(firstUnit + 4u, params.unitCount) * params.nextUnitCount;
  let columnsC = params.nextWeightsOffset + fourFrom(firstUnit + 8u, params.unitCount) * params.nextUnitCount;
  let columnsD = params.nextWeightsOffset + fourFrom(firstUnit + 12u, params.unitCount) * params.nextUnitCount;

  var row0 = BlockRow(); var row1 = BlockRow(); var row2 = BlockRow(); var row3 = BlockRow();
  var row4 = BlockRow(); var row5 = BlockRow(); var row6 = BlockRow(); var row7 = BlockRow();
  var row8 = BlockRow(); var row9 = BlockRow(); var row10 = BlockRow(); var row11 = BlockRow();
  var row12 = BlockRow(); var row13 = BlockRow(); var row14 = BlockRow(); var row15 = BlockRow();
  var row16 = BlockRow(); var row17 = BlockRow(); var row18 = BlockRow(); var row19 = BlockRow();
  var row20 = BlockRow(); var row21 = BlockRow(); var row22 = BlockRow(); var row23 = BlockRow();
  var row24 = BlockRow(); var row25 = BlockRow(); var row26 = BlockRow(); var row27 = BlockRow();
  var row28 = BlockRow(); var row29 = BlockRow(); var row30 = BlockRow(); var row31 = BlockRow();
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
    let aE = nextGradients(ownE, terms);
    row16 += product(quadBroadcast(aE, 0u), b);
    row17 += product(quadBroadcast(aE, 1u), b);
    row18 += product(quadBroadcast(aE, 2u), b);
    row19 += product(quadBroadcast(aE, 3u), b);
    let aF = nextGradients(ownF, terms);
    row20 += product(quadBroadcast(aF, 0u), b);
    row21 += product(quadBroadcast(aF, 1u), b);
    row22 += product(quadBroadcast(aF, 2u), b);
    row23 += product(quadBroadcast(aF, 3u), b);
    let aG = nextGradients(ownG, terms);
    row24 += product(quadBroadcast(aG, 0u), b);
    row25 += product(quadBroadcast(aG, 1u), b);
    row26 += product(quadBroadcast(aG, 2u), b);
    row27 += product(quadBroadcast(aG, 3u), b);
    let aH = nextGradients(ownH, terms);
    row28 += product(quadBroadcast(aH, 0u), b);
    row29 += product(quadBroadcast(aH, 1u), b);
    row30 += product(quadBroadcast(aH, 2u), b);
    row31 += product(quadBroadcast(aH, 3u), b);
  }
  if (firstUnit >= params.unitCount) { return; }

  let block = array<BlockRow, 2u * BLOCK>(
    row0, row1, row2, row3, row4, row5, row6, row7,
    row8, row9, row10, row11, row12, row13, row14, row15,
    row16, row17, row18, row19, row20, row21, row22, row23,
    row24, row25, row26, row27, row28, row29, row30, row31,
  );
  for (var r = 0u; r < min(2u * BLOCK, params.rowCount - firstRow); r++) {
    for (var u = 0u; u < min(BLOCK, params.unitCount - firstUnit); u++) {
      let sum = block[r][u / 4u][u % 4u];
      let index = (firstRow + r) * params.unitCount + firstUnit + u;
      gradient[index] = sum * activationDerivative(activation, preActivations[index], activations[index]);
    }
  }
}
