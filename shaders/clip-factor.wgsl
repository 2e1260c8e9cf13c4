// By what all gradients are multiplied so that together they are no longer than allowed
//
// Formula:  clipFactor = min(1, mostNorm / (√Σ gradients² + 1e-6))
// Reads:    gradients [parameterCount]
// Writes:   clipFactor [1]
// Dispatch: one workgroup; each invocation sums every 256th square, then a tree of sums, always in this order
// Twin: src/core/matrix.ts (clip)

struct Params {
  parameterCount: u32,
  mostNorm: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradients: array<f32>;
@group(0) @binding(2) var<storage, read_write> clipFactor: array<f32>;

var<workgroup> partialSums: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var i = lane; i < params.parameterCount; i += 256u) { sum += gradients[i] * gradients[i]; }
  partialSums[lane] = sum;

  for (var width = 128u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (lane < width) { partialSums[lane] += partialSums[lane + width]; }
  }

  if (lane == 0u) {
    let factor = params.mostNorm / (sqrt(partialSums[0]) + 1e-6);
    // Not min(), which may turn NaN into a number.
    clipFactor[0] = select(factor, 1.0, factor > 1.0);
  }
}
