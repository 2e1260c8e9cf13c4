// The notebook's "phase 2": hidden-gradient.wgsl in blocks of 16 × 16, with an eighth of its loads
//
// Formula:  dE/dŷ[row, unit] = dE/dg · dg/dŷ, where dE/dg[row, unit] = Σₖ dE/dy[row, k] · w[unit, k]
// Reads:    nextGradient dE/dy [rowCount, nextUnitCount]; of parameters, the next layer's weights w
//           [unitCount, nextUnitCount]; preActivations ŷ and activations g [rowCount, unitCount]
// Writes:   gradient dE/dŷ [rowCount, unitCount]
// Dispatch: an invocation per block of 16 rows × 16 units, counted along the units and then down the rows:
//           in a grid a narrow layer would leave most invocations idle
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
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  // Above 524,280 blocks the workgroups go on in the second dimension.
  let position = id.x + id.y * grid.x * 8u;
  let blocksAcross = (params.unitCount + BLOCK - 1u) / BLOCK;
  let firstUnit = BLOCK * (position % blocksAcross);
  let firstRow = BLOCK * (position / blocksAcross);
  if (firstRow >= params.rowCount) { return; }

  let rowsA = fourFrom(firstRow, params.rowCount) * params.nextUnitCount;
  let rowsB = fourFrom(firstRow + 4u, params.rowCount) * params.nextUnitCount;
  let rowsC = fourFrom(firstRow + 8u, params.rowCount) * params.nextUnitCount;
  let rowsD = fourFrom(firstRow + 12u, params.rowCount) * params.nextUnitCount;
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
    row0 += product(nextGradients(rowsA.x, terms), b);
    row1 += product(nextGradients(rowsA.y, terms), b);
    row2 += product(nextGradients(rowsA.z, terms), b);
    row3 += product(nextGradients(rowsA.w, terms), b);
    row4 += product(nextGradients(rowsB.x, terms), b);
    row5 += product(nextGradients(rowsB.y, terms), b);
    row6 += product(nextGradients(rowsB.z, terms), b);
    row7 += product(nextGradients(rowsB.w, terms), b);
    row8 += product(nextGradients(rowsC.x, terms), b);
    row9 += product(nextGradients(rowsC.y, terms), b);
    row10 += product(nextGradients(rowsC.z, terms), b);
    row11 += product(nextGradients(rowsC.w, terms), b);
    row12 += product(nextGradients(rowsD.x, terms), b);
    row13 += product(nextGradients(rowsD.y, terms), b);
    row14 += product(nextGradients(rowsD.z, terms), b);
    row15 += product(nextGradients(rowsD.w, terms), b);
  }

  let block = array<BlockRow, BLOCK>(
    row0, row1, row2, row3, row4, row5, row6, row7,
    row8, row9, row10, row11, row12, row13, row14, row15,
  );
  for (var r = 0u; r < min(BLOCK, params.rowCount - firstRow); r++) {
    for (var u = 0u; u < min(BLOCK, params.unitCount - firstUnit); u++) {
      let sum = block[r][u / 4u][u % 4u];
      let index = (firstRow + r) * params.unitCount + firstUnit + u;
      gradient[index] = sum * activationDerivative(activation, preActivations[index], activations[index]);
    }
  }
}
