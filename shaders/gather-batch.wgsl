// The rows of a step's batch, one behind the other
//
// Formula:  batch[i, column] = table[row(epoch, first + i), column], where row() is file order or a permutation
// Reads:    inputs [rowCount, inputCount]; targets [rowCount, outputCount]; step [2], of which the first is this step
// Writes:   batchInputs [batchRowCount, inputCount]; batchTargets [batchRowCount, outputCount]
// Dispatch: an invocation per entry of a batch: x = column, inputs and then targets; y = row of the batch
// Twin: src/core/batches.ts (rowsOfStep)

struct Params {
  rowCount: u32,
  inputCount: u32,
  outputCount: u32,
  batchSize: u32,
  batchCount: u32,
  batchRowCount: u32,
  seed: u32,
  halfBits: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> inputs: array<f32>;
@group(0) @binding(2) var<storage, read> targets: array<f32>;
@group(0) @binding(3) var<storage, read> step: array<u32>;
@group(0) @binding(4) var<storage, read_write> batchInputs: array<f32>;
@group(0) @binding(5) var<storage, read_write> batchTargets: array<f32>;

override shuffles: bool;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  let i = id.y;
  if (column >= params.inputCount + params.outputCount || i >= params.batchRowCount) { return; }

  var row = step[0] % params.batchCount * params.batchSize + i;
  if (shuffles) {
    let key = epochKey(params.seed, step[0] / params.batchCount);
    row = rowAt(key, row, params.rowCount, params.halfBits);
  }
  if (column < params.inputCount) {
    batchInputs[i * params.inputCount + column] = inputs[row * params.inputCount + column];
  } else {
    let k = column - params.inputCount;
    batchTargets[i * params.outputCount + k] = targets[row * params.outputCount + k];
  }
}
