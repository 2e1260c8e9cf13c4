// Points of a grid over one or two inputs of a network as rows of inputs, the others held
//
// Formula:  inputs[i, k] = across[column] | down[row] | at[k] for k = acrossInput | downInput | any other,
//           point = firstPoint + i, column = point mod columnCount, row = ⌊point / columnCount⌋
// Reads:    axes: at [inputCount], then across [columnCount], then down [rowCount]
// Writes:   inputs [pointCount, inputCount]
// Dispatch: an invocation per entry of the output: x = input, y = point
// Twin: src/core/grid.ts (gridInputs)

struct Params {
  firstPoint: u32,
  pointCount: u32,
  inputCount: u32,
  columnCount: u32,
  acrossInput: u32,
  downInput: u32,
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
  var place = k;
  if (k == params.acrossInput) { place = params.inputCount + point % params.columnCount; }
  if (k == params.downInput) { place = params.inputCount + params.columnCount + point / params.columnCount; }
  inputs[i * params.inputCount + k] = axes[place];
}
