// One layer, forward: matmul-blocked.wgsl, 32 × 16, where four invocations share the rows they load
//
// Formula:  ŷ[row, unit] = Σₖ input[row, k] · weights[k, unit] + biases[unit];  g[row, unit] = f(ŷ[row, unit])
// Reads:    input [rowCount, inputCount]; of parameters, weights [inputCount, unitCount] and biases [unitCount]
// Writes:   preActivations ŷ and activations g, both [rowCount, unitCount]
// Dispatch: an invocation per block of 32 rows × 16 units: x = 16 units, y = 32 rows;
//           all of a workgroup need the same rows
// Twin: src/core/matrix.ts (multiply, addRow, activate)

enable subgroups;

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

// input[row, four k]; the row is given as the index of its first entry.
fn inputs(row: u32, terms: Terms) -> vec4f {
  let i = row + terms.k;
  return select(vec4f(), vec4f(input[i.x], input[i.y], input[i.z], input[i.w]), terms.exist);
}

// weights[four k, four units], a column for each k
fn weights(terms: Terms, units: vec4u) -> mat4x4f {
  let row = params.weightsOffset + terms.k * params.unitCount;
  return mat4x4f(
    parametersAt(row.x + units),
    parametersAt(row.y + units),
    parametersAt(row.z + units),
    parametersAt(row.w + units),
  );
}

fn biases(units: vec4u) -> vec4f {
  if (!hasBias) { return vec4f(); }
  return parametersAt(params.biasOffset + units);
}

fn parametersAt(i: vec4u) -> vec4f {
  return vec4f(parameters[i.x], parameters[i.y], parameters[i.z], parameters[i.w]);
}

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let firstUnit = BLOCK * id.x;
  let firstRow = 2u * BLOCK * id.y;

  // Of four rows that the block needs, each invocation of a quad loads one and hands it to the others.
  let ownA = min(firstRow + lane % 4u, params.rowCount - 1u) * params.inputCount;
  let ownB = min(firstRow + 4u + lane % 4u, params.rowCount - 1u) * params.inputCount;
  let ownC = min(firstRow + 8u + lane % 4u, params.rowCount - 1u) * params.inputCount;
  let ownD = min(firstRow + 12u + lane % 4u, params.rowCount - 1u) * params.inputCount;
  let ownE = min(firstRow + 16u + lane % 4u, params.rowCount - 1u) * params.inputCount;
  let ownF = min(firstRow + 20u + lane % 4u, params.rowCount - 1u) * params.inputCount;
  let ownG = min(firstRow + 24u + lane % 4u, params.rowCount - 1u) * params.inputCount;
  let ownH = min(firstRow + 28u + lane % 4u, params.rowCount - 1u) * params.inputCount;
  let columnsA = fourFrom(firstUnit, params.unitCount);
  let columnsB = fourFrom(firstUnit + 4u, params.unitCount);
  let columnsC = fourFrom(firstUnit + 8u, params.unitCount);
  let columnsD = fourFrom(firstUnit + 12u, params.unitCount);

  let start = BlockRow(biases(columnsA), biases(columnsB), biases(columnsC), biases(columnsD));
  var row0 = start; var row1 = start; var row2 = start; var row3 = start;
  var row4 = start; var row5 = start; var row6 = start; var row7 = start;
  var row8 = start; var row9 = start; var row10 = start; var row11 = start;
  var row12 = start; var row13 = start; var row14 = start; var row15 = start;
  var row16 = start; var row17 = start; var row18 = start; var row19 = start;
  var row20 = start; var row21 = start; var row22 = start; var row23 = start;
  var row24 = start; var row25 = start; var row26 = start; var row27 = start;
  var row28 = start; var row29 = start; var row30 = start; var row31 = start;
  for (var first = 0u; first < params.inputCount; first += 4u) {
    let terms = termsFrom(first, params.inputCount);
    let b = FourRows(
      weights(terms, columnsA),
      weights(terms, columnsB),
      weights(terms, columnsC),
      weights(terms, columnsD),
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
      preActivations[index] = sum;
      activations[index] = activationValue(activation, sum);
    }
  }
}
