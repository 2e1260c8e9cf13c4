// What this adapter's arithmetic is worth: how exact eˣ is, and whether compensated parameters stay compensated
//
// Formula:  exponentials[i] = exponential(x[i]); builtInExponentials[i] = exp(x[i]);
//           compensated = 1 + change + change + …, additionCount times, in the pair (value, low part)
// Reads:    x [count]
// Writes:   exponentials and builtInExponentials [count]; compensated [2]
// Dispatch: an invocation per x; the first one also adds up
// Twin: src/gpu/self-test.ts (float64, on the host)

struct Params {
  count: u32,
  additionCount: u32,
  change: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> exponentials: array<f32>;
@group(0) @binding(3) var<storage, read_write> builtInExponentials: array<f32>;
@group(0) @binding(4) var<storage, read_write> compensated: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= params.count) { return; }
  exponentials[i] = exponential(x[i]);
  builtInExponentials[i] = exp(x[i]);

  if (i == 0u) {
    var parameter = vec2f(1.0, 0.0);
    for (var n = 0u; n < params.additionCount; n++) { parameter = addCompensated(parameter, params.change); }
    compensated[0] = parameter.x;
    compensated[1] = parameter.y;
  }
}
