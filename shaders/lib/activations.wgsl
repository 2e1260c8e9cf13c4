// Activations y = f(x) and their derivatives f′(x), entry by entry.
// `kind` is one of the ACTIVATION_… constants, which the host writes before this file in the order of the
// twin's table. Every function is finite for |x| up to 1e4: WGSL promises nothing for infinities.
// Twin: src/core/activations.ts

fn sigmoid(x: f32) -> f32 {
  // exp(88.8) overflows float32; at −87 the sigmoid is 1.6e-38.
  return 1.0 / (1.0 + exp(-max(x, -87.0)));
}

// WGSL's own tanh may be off by 1e-5, and is NaN at ±100 on SwiftShader.
fn hyperbolicTangent(x: f32) -> f32 {
  let magnitude = abs(x);
  if (magnitude < 0.25) {
    // Taylor series to x⁹: the next term is below 9e-9 of x here, where 1 − e would cancel.
    let s = x * x;
    return x * (1.0 + s * (-1.0 / 3.0 + s * (2.0 / 15.0 + s * (-17.0 / 315.0 + s * (62.0 / 2835.0)))));
  }
  let e = exp(-2.0 * min(magnitude, 10.0));
  return sign(x) * (1.0 - e) / (1.0 + e);
}

fn activationValue(kind: u32, x: f32) -> f32 {
  switch kind {
    case ACTIVATION_SIGMOID: { return sigmoid(x); }
    case ACTIVATION_TANH: { return hyperbolicTangent(x); }
    case ACTIVATION_RELU: { return max(x, 0.0); }
    case ACTIVATION_LINEAR: { return x; }
    default: { return x; }
  }
}

// y is the already computed f(x).
fn activationDerivative(kind: u32, x: f32, y: f32) -> f32 {
  switch kind {
    case ACTIVATION_SIGMOID: { return y * (1.0 - y); }
    case ACTIVATION_TANH: { return 1.0 - y * y; }
    case ACTIVATION_RELU: { return select(0.0, 1.0, x > 0.0); }
    case ACTIVATION_LINEAR: { return 1.0; }
    default: { return 1.0; }
  }
}
