// The notebook's "phase 1": the loss, and the gradient with respect to the output layer's pre-activations
//
// Formula:  dE/dy[row, k] = dE/df · df/dy, where dE/df = scale · loss′(f, f₀) and scale = 1 / (rows · outputs);
//           of cross-entropy, whose classes belong together, 1 / rows
// Reads:    targets f₀, preActivations y and activations f, all [rowCount, outputCount]
// Writes:   gradient dE/dy [rowCount, outputCount]; rowLosses [rowCount], each a sum over its outputs
// Dispatch: an invocation per row
// Twin: src/cpu/backprop.ts (#outputGradient)

struct Params {
  rowCount: u32,
  outputCount: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> targets: array<f32>;
@group(0) @binding(2) var<storage, read> preActivations: array<f32>;
@group(0) @binding(3) var<storage, read> activations: array<f32>;
@group(0) @binding(4) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(5) var<storage, read_write> rowLosses: array<f32>;

override loss: u32;
override activation: u32;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rowCount) { return; }

  var rowLoss = 0.0;
  let statistics = rowStatistics(row * params.outputCount);
  for (var k = 0u; k < params.outputCount; k++) {
    let index = row * params.outputCount + k;
    let f = activations[index];
    rowLoss += lossValue(loss, f, targets[index], statistics);
    let lossGradient = params.scale * lossDerivative(loss, f, targets[index], statistics);
    gradient[index] = lossGradient * activationDerivative(activation, preActivations[index], f);
  }
  rowLosses[row] = rowLoss;
}

// What a softmax knows of a row of logits: see lib/losses.wgsl.
fn rowStatistics(first: u32) -> vec3f {
  if (loss != LOSS_CROSS_ENTROPY) { return vec3f(); }
  var at = first;
  // Not max(): a NaN must reach the sum, which shows that a run has diverged.
  for (var i = first + 1u; i < first + params.outputCount; i++) {
    if (!(activations[i] <= activations[at])) { at = i; }
  }
  var rest = 0.0;
  var targetSum = 0.0;
  for (var i = first; i < first + params.outputCount; i++) {
    if (i != at) { rest += exponential(activations[i] - activations[at]); }
    targetSum += targets[i];
  }
  return vec3f(activations[at], logarithmOfSum(rest), targetSum);
}
