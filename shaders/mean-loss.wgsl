// The loss of a step, kept on the device; the step counter moves on
//
// Formula:  losses[step] = scale · Σ rowLosses, where scale = 1 / (rows · outputs); then step += 1
// Reads:    rowLosses [rowCount]
// Writes:   losses [steps]; step [1]
// Dispatch: one workgroup; each invocation sums every 64th row, then a tree of sums, always in this order
// Twin: src/core/matrix.ts (meanLoss)

struct Params {
  rowCount: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> rowLosses: array<f32>;
@group(0) @binding(2) var<storage, read_write> losses: array<f32>;
@group(0) @binding(3) var<storage, read_write> step: array<u32>;

var<workgroup> partialSums: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var row = lane; row < params.rowCount; row += 64u) { sum += rowLosses[row]; }
  partialSums[lane] = sum;

  for (var width = 32u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (lane < width) { partialSums[lane] += partialSums[lane + width]; }
  }

  if (lane == 0u) {
    losses[step[0]] = params.scale * partialSums[0];
    step[0] += 1u;
  }
}
