// What a step keeps of a hidden layer: of its activations forward, of their gradient backward
//
// Formula:  result[row, unit] = source[row, unit] · m[row, unit], where m = 0 if bits(seed, step, layer, row, unit) are
//           below p · 2³², and else the factor 1 / (1 − p)
// Reads:    source [rowCount, unitCount]; step [2], of which the first is this step
// Writes:   result [rowCount, unitCount]
// Dispatch: an invocation per entry of the result: x = unit, y = row
// Twin: src/core/dropout.ts (drawMask), src/core/matrix.ts (multiplyEntries)

struct Params {
  rowCount: u32,
  unitCount: u32,
  seed: u32,
  layer: u32,
  threshold: u32,
  factor: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> step: array<u32>;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let unit = id.x;
  let row = id.y;
  if (unit >= params.unitCount || row >= params.rowCount) { return; }

  let key = keyOf(keyOf(params.seed, step[0]), params.layer);
  let bits = keyOf(keyOf(key, row), unit);
  let index = row * params.unitCount + unit;
  // A product, not a choice of 0: a NaN must show even where its unit is dropped.
  result[index] = source[index] * select(params.factor, 0.0, bits < params.threshold);
}
