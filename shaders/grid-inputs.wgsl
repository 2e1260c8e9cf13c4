// Points of a grid over one or two inputs of a network as rows of inputs, the others held
//
// Formula:  inputs[i, k] = at[k] + isAcross[k] · across[column] + isDown[k] · down[row],
//           point = firstPoint + i, column = point mod columnCount, row = ⌊point / columnCount⌋
// Reads:    axes: at, isAcross and isDown [inputCount] each, then down [rowCount], then across [columnCount]; at is 0
//           for the inputs that run, isAcross and isDown are 1 for them and 0 for all others
// Writes:   inputs [pointCount, inputCount]
// Dispatch: an invocation per entry of the output: x = input, y = point
// Twin: src/core/grid.ts (gridInputs)

struct Params {
  firstPoint: u32,
  pointCount: u32,
  inputCount: u32,
  columnCount: u32,
  rowCount: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> axes: array<f32>;
@group(0) @binding(2) var<storage, read_write> inputs: array<f32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let k = id.x;
  let i = id.y;
  if (k >= params.inputCount || i >= params.pointCount) { return; }

  let point = params.firstPoint + i;
  let lines = 3u * params.inputCount;
  let y = axes[lines + point / params.columnCount];
  let x = axes[lines + params.rowCount + point % params.columnCount];
  let isAcross = axes[params.inputCount + k];
  let isDown = axes[2u * params.inputCount + k];
  inputs[i * params.inputCount + k] = axes[k] + isAcross * x + isDown * y;
}
