// One layer, forward: matmul.wgsl in blocks of 16 × 16, with an eighth of its loads
//
// Formula:  ŷ[row, unit] = Σₖ input[row, k] · weights[k, unit] + biases[unit];  g[row, unit] = f(ŷ[row, unit])
// Reads:    input [rowCount, inputCount]; of parameters, weights [inputCount, unitCount] and biases [unitCount]
// Writes:   preActivations ŷ and activations g, both [rowCount, unitCount]
// Dispatch: an invocation per block of 16 rows × 16 units, counted along the units and then down the rows:
//           in a grid a narrow layer would leave most invocations idle
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
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  // Above 524,280 blocks the workgroups go on in the second dimension.
  let position = id.x + id.y * grid.x * 8u;
  let blocksAcross = (params.unitCount + BLOCK - 1u) / BLOCK;
  let firstUnit = BLOCK * (position % blocksAcross);
  let firstRow = BLOCK * (position / blocksAcross);
  if (firstRow >= params.rowCount) { return; }

  let rowsA = fourFrom(firstRow, params.rowCount) * params.inputCount;
  let rowsB = fourFrom(firstRow + 4u, params.rowCount) * params.inputCount;
  let rowsC = fourFrom(firstRow + 8u, params.rowCount) * params.inputCount;
  let rowsD = fourFrom(firstRow + 12u, params.rowCount) * params.inputCount;
  let columnsA = fourFrom(firstUnit, params.unitCount);
  let columnsB = fourFrom(firstUnit + 4u, params.unitCount);
  let columnsC = fourFrom(firstUnit + 8u, params.unitCount);
  let columnsD = fourFrom(firstUnit + 12u, params.unitCount);

  let start = BlockRow(biases(columnsA), biases(columnsB), biases(columnsC), biases(columnsD));
  var row0 = start; var row1 = start; var row2 = start; var row3 = start;
  var row4 = start; var row5 = start; var row6 = start; var row7 = start;
  var row8 = start; var row9 = start; var row10 = start; var row11 = start;
  var row12 = start; var row13 = start; var row14 = start; var row15 = start;
  for (var first = 0u; first < params.inputCount; first += 4u) {
    let terms = termsFrom(first, params.inputCount);
    let b = FourRows(
      weights(terms, columnsA),
      weights(terms, columnsB),
      weights(terms, columnsC),
      weights(terms, columnsD),
    );
    row0 += product(inputs(rowsA.x, terms), b);
    row1 += product(inputs(rowsA.y, terms), b);
    row2 += product(inputs(rowsA.z, terms), b);
    row3 += product(inputs(rowsA.w, terms), b);
    row4 += product(inputs(rowsB.x, terms), b);
    row5 += product(inputs(rowsB.y, terms), b);
    row6 += product(inputs(rowsB.z, terms), b);
    row7 += product(inputs(rowsB.w, terms), b);
    row8 += product(inputs(rowsC.x, terms), b);
    row9 += product(inputs(rowsC.y, terms), b);
    row10 += product(inputs(rowsC.z, terms), b);
    row11 += product(inputs(rowsC.w, terms), b);
    row12 += product(inputs(rowsD.x, terms), b);
    row13 += product(inputs(rowsD.y, terms), b);
    row14 += product(inputs(rowsD.z, terms), b);
    row15 += product(inputs(rowsD.w, terms), b);
  }

  let block = array<BlockRow, BLOCK>(
    row0, row1, row2, row3, row4, row5, row6, row7,
    row8, row9, row10, row11, row12, row13, row14, row15,
  );
  for (var r = 0u; r < min(BLOCK, params.rowCount - firstRow); r++) {
    for (var u = 0u; u < min(BLOCK, params.unitCount - firstUnit); u++) {
      let sum = block[r][u / 4u][u % 4u];
      let index = (firstRow + r) * params.unitCount + firstUnit + u;
      preActivations[index] = sum;
      activations[index] = activationValue(activation, sum);
    }
  }
}
