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

fn rowPlaces(rows: vec4u) -> vec4u {
  return rows * params.inputCount;
}

fn columnPlaces(columns: vec4u) -> vec4u {
  return columns;
}

// input[row, four k]
fn entriesOfA(row: u32, terms: Terms) -> vec4f {
  let i = row + terms.k;
  return select(vec4f(), vec4f(input[i.x], input[i.y], input[i.z], input[i.w]), terms.exist);
}

// weights[four k, four units]
fn entriesOfB(terms: Terms, units: vec4u) -> mat4x4f {
  let row = params.weightsOffset + terms.k * params.unitCount;
  return mat4x4f(
    parametersAt(row.x + units),
    parametersAt(row.y + units),
    parametersAt(row.z + units),
    parametersAt(row.w + units),
  );
}

fn sumsColumns() -> bool {
  return false;
}

fn parametersAt(i: vec4u) -> vec4f {
  return vec4f(parameters[i.x], parameters[i.y], parameters[i.z], parameters[i.w]);
}

fn biasesFrom(unit: u32) -> vec4f {
  if (!hasBias) { return vec4f(); }
  return parametersAt(params.biasOffset + fourFrom(unit, params.unitCount));
}

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let unit = BLOCK * id.x;
  let row = 2u * BLOCK * id.y;
  let start = BlockRow(
    biasesFrom(unit),
    biasesFrom(unit + 4u),
    biasesFrom(unit + 8u),
    biasesFrom(unit + 12u),
  );
  let rows = QuadRows(row, params.rowCount, lane);
  let block = quadBlockOf(rows, Extent(unit, params.unitCount), params.inputCount, start);
  // Only now: until here every invocation loads for the others of its quad.
  if (unit >= params.unitCount) { return; }

  for (var r = 0u; r < min(2u * BLOCK, params.rowCount - row); r++) {
    for (var u = 0u; u < min(BLOCK, params.unitCount - unit); u++) {
      let sum = block.rows[r][u / 4u][u % 4u];
      let index = (row + r) * params.unitCount + unit + u;
      preActivations[index] = sum;
      activations[index] = activationValue(activation, sum);
    }
  }
}
