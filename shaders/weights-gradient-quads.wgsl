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

// input[four rows, k]
fn inputs(k: u32, terms: Terms) -> vec4f {
  let i = terms.k * params.inputCount + k;
  return select(vec4f(), vec4f(input[i.x], input[i.y], input[i.z], input[i.w]), terms.exist);
}

// dE/dy[four rows, four units], a column for each row
fn fourGradients(terms: Terms, units: vec4u) -> mat4x4f {
  let row = terms.k * params.unitCount;
  return mat4x4f(
    gradientsAt(row.x + units),
    gradientsAt(row.y + units),
    gradientsAt(row.z + units),
    gradientsAt(row.w + units),
  );
}

fn gradientsAt(i: vec4u) -> vec4f {
  return vec4f(gradient[i.x], gradient[i.y], gradient[i.z], gradient[i.w]);
}

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let firstUnit = BLOCK * id.x;
  let firstInput = 2u * BLOCK * id.y;

  // Of four inputs that the block needs, each invocation of a quad loads one and hands it to the others.
  let ownA = min(firstInput + lane % 4u, params.inputCount - 1u);
  let ownB = min(firstInput + 4u + lane % 4u, params.inputCount - 1u);
  let ownC = min(firstInput + 8u + lane % 4u, params.inputCount - 1u);
  let ownD = min(firstInput + 12u + lane % 4u, params.inputCount - 1u);
  let ownE = min(firstInput + 16u + lane % 4u, params.inputCount - 1u);
  let ownF = min(firstInput + 20u + lane % 4u, params.inputCount - 1u);
  let ownG = min(firstInput + 24u + lane % 4u, params.inputCount - 1u);
  let ownH = min(firstInput + 28u + lane % 4u, params.inputCount - 1u);
  let columnsA = fourFrom(firstUnit, params.unitCount);
  let columnsB = fourFrom(firstUnit + 4u, params.unitCount);
  let columnsC = fourFrom(firstUnit + 8u, params.unitCount);
  let columnsD = fourFrom(firstUnit + 12u, params.unitCount);

  var row0 = BlockRow(); var row1 = BlockRow(); var row2 = BlockRow(); var row3 = BlockRow();
  var row4 = BlockRow(); var row5 = BlockRow(); var row6 = BlockRow(); var row7 = BlockRow();
  var row8 = BlockRow(); var row9 = BlockRow(); var row10 = BlockRow(); var row11 = BlockRow();
  var row12 = BlockRow(); var row13 = BlockRow(); var row14 = BlockRow(); var row15 = BlockRow();
  var row16 = BlockRow(); var row17 = BlockRow(); var row18 = BlockRow(); var row19 = BlockRow();
  var row20 = BlockRow(); var row21 = BlockRow(); var row22 = BlockRow(); var row23 = BlockRow();
  var row24 = BlockRow(); var row25 = BlockRow(); var row26 = BlockRow(); var row27 = BlockRow();
  var row28 = BlockRow(); var row29 = BlockRow(); var row30 = BlockRow(); var row31 = BlockRow();
  var biases = BlockRow();
  for (var first = 0u; first < params.rowCount; first += 4u) {
    let terms = termsFrom(first, params.rowCount);
    let b = FourRows(
      fourGradients(terms, columnsA),
      fourGradients(terms, columnsB),
      fourGradients(terms, columnsC),
      fourGradients(terms, columnsD),
    );
    let aA = inputs(ownA, terms);
    row0 += product(quadBroadcast(aA, 0u), b);
    row1 += product(quadBroadcast(aA, 1u), b);
    row2 += product(quadBroadcast(aA, 2u), b);
    row3 += product(quadBroadcast(aA, 3u), b);
    let aB = inputs(ownB, terms);
    row4 += product(quadBroadcast(aB, 0u), b);
    row5 += product(quadBroadcast(aB, 1u), b);
    row6 += product(quadBroadcast(aB, 2u), b);
    row7 += product(quadBroadcast(aB, 3u), b);
    let aC = inputs(ownC, terms);
    row8 += product(quadBroadcast(aC, 0u), b);
    row9 += product(quadBroadcast(aC, 1u), b);
    row10 += product(quadBroadcast(aC, 2u), b);
    row11 += product(quadBroadcast(aC, 3u), b);
    let aD = inputs(ownD, terms);
    row12 += product(quadBroadcast(aD, 0u), b);
    row13 += product(quadBroadcast(aD, 1u), b);
    row14 += product(quadBroadcast(aD, 2u), b);
    row15 += product(quadBroadcast(aD, 3u), b);
    let aE = inputs(ownE, terms);
    row16 += product(quadBroadcast(aE, 0u), b);
    row17 += product(quadBroadcast(aE, 1u), b);
    row18 += product(quadBroadcast(aE, 2u), b);
    row19 += product(quadBroadcast(aE, 3u), b);
    let aF = inputs(ownF, terms);
    row20 += product(quadBroadcast(aF, 0u), b);
    row21 += product(quadBroadcast(aF, 1u), b);
    row22 += product(quadBroadcast(aF, 2u), b);
    row23 += product(quadBroadcast(aF, 3u), b);
    let aG = inputs(ownG, terms);
    row24 += product(quadBroadcast(aG, 0u), b);
    row25 += product(quadBroadcast(aG, 1u), b);
    row26 += product(quadBroadcast(aG, 2u), b);
    row27 += product(quadBroadcast(aG, 3u), b);
    let aH = inputs(ownH, terms);
    row28 += product(quadBroadcast(aH, 0u), b);
    row29 += product(quadBroadcast(aH, 1u), b);
    row30 += product(quadBroadcast(aH, 2u), b);
    row31 += product(quadBroadcast(aH, 3u), b);
    if (hasBias) { biases += product(select(vec4f(), vec4f(1.0), terms.exist), b); }
  }
  if (firstUnit >= params.unitCount) { return; }

  let block = array<BlockRow, 2u * BLOCK>(
    row0, row1, row2, row3, row4, row5, row6, row7,
    row8, row9, row10, row11, row12, row13, row14, row15,
    row16, row17, row18, row19, row20, row21, row22, row23,
    row24, row25, row26, row27, row28, row29, row30, row31,
  );
  for (var u = 0u; u < min(BLOCK, params.unitCount - firstUnit); u++) {
    let unit = firstUnit + u;
    for (var r = 0u; r < min(2u * BLOCK, params.inputCount - firstInput); r++) {
      gradients[params.weightsOffset + (firstInput + r) * params.unitCount + unit] = block[r][u / 4u][u % 4u];
    }
    // Every block of inputs arrives at the same biases; the first one keeps them.
    if (hasBias && firstInput == 0u) { gradients[params.biasOffset + unit] = biases[u / 4u][u % 4u]; }
  }
}
