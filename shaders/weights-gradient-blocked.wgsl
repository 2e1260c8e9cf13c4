// The gradient of a layer's weights and biases: weights-gradient.wgsl in blocks of 16 × 16
//
// Formula:  dE/dw[k, unit] = Σ over rows of input[row, k] · dE/dy[row, unit];
//           dE/dbias[unit] = Σ over rows of dE/dy[row, unit]: of a weight whose input is always 1
// Reads:    input [rowCount, inputCount]; gradient dE/dy [rowCount, unitCount]
// Writes:   of gradients, the layer's weights [inputCount, unitCount] and biases [unitCount]
// Dispatch: an invocation per block of 16 inputs × 16 units, counted along the units and then down the inputs:
//           in a grid a narrow layer would leave most invocations idle
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
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  // Above 524,280 blocks the workgroups go on in the second dimension.
  let position = id.x + id.y * grid.x * 8u;
  let blocksAcross = (params.unitCount + BLOCK - 1u) / BLOCK;
  let firstUnit = BLOCK * (position % blocksAcross);
  let firstInput = BLOCK * (position / blocksAcross);
  if (firstInput >= params.inputCount) { return; }

  let rowsA = fourFrom(firstInput, params.inputCount);
  let rowsB = fourFrom(firstInput + 4u, params.inputCount);
  let rowsC = fourFrom(firstInput + 8u, params.inputCount);
  let rowsD = fourFrom(firstInput + 12u, params.inputCount);
  let columnsA = fourFrom(firstUnit, params.unitCount);
  let columnsB = fourFrom(firstUnit + 4u, params.unitCount);
  let columnsC = fourFrom(firstUnit + 8u, params.unitCount);
  let columnsD = fourFrom(firstUnit + 12u, params.unitCount);

  var row0 = BlockRow(); var row1 = BlockRow(); var row2 = BlockRow(); var row3 = BlockRow();
  var row4 = BlockRow(); var row5 = BlockRow(); var row6 = BlockRow(); var row7 = BlockRow();
  var row8 = BlockRow(); var row9 = BlockRow(); var row10 = BlockRow(); var row11 = BlockRow();
  var row12 = BlockRow(); var row13 = BlockRow(); var row14 = BlockRow(); var row15 = BlockRow();
  var biases = BlockRow();
  for (var first = 0u; first < params.rowCount; first += 4u) {
    let terms = termsFrom(first, params.rowCount);
    let b = FourRows(
      fourGradients(terms, columnsA),
      fourGradients(terms, columnsB),
      fourGradients(terms, columnsC),
      fourGradients(terms, columnsD),
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
    if (hasBias) { biases += product(select(vec4f(), vec4f(1.0), terms.exist), b); }
  }

  let block = array<BlockRow, BLOCK>(
    row0, row1, row2, row3, row4, row5, row6, row7,
    row8, row9, row10, row11, row12, row13, row14, row15,
  );
  for (var u = 0u; u < min(BLOCK, params.unitCount - firstUnit); u++) {
    let unit = firstUnit + u;
    for (var r = 0u; r < min(BLOCK, params.inputCount - firstInput); r++) {
      gradients[params.weightsOffset + (firstInput + r) * params.unitCount + unit] = block[r][u / 4u][u % 4u];
    }
    // Every block of inputs arrives at the same biases; the first one keeps them.
    if (hasBias && firstInput == 0u) { gradients[params.biasOffset + unit] = biases[u / 4u][u % 4u]; }
  }
}
