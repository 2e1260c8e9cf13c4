// Activations y = f(x) and their derivatives f′(x), entry by entry.
// `kind` is one of the ACTIVATION_… constants, which the host writes before this file in the order of the
// twin's table. Every function is finite for |x| up to 1e4: WGSL promises nothing for infinities.
// Twin: src/core/activations.ts

fn sigmoid(x: f32) -> f32 {
  return 1.0 / (1.0 + exponential(-x));
}

// WGSL's own tanh may be off by 1e-5, and is NaN at ±100 on SwiftShader.
fn hyperbolicTangent(x: f32) -> f32 {
  let magnitude = abs(x);
  if (magnitude < 0.25) {
    // Taylor series to x⁹: the next term is below 9e-9 of the sum here, where 1 − e would cancel.
    let s = x * x;
    return x * (1.0 + s * (-1.0 / 3.0 + s * (2.0 / 15.0 + s * (-17.0 / 315.0 + s * (62.0 / 2835.0)))));
  }
  let e = exponential(-2.0 * magnitude);
  return sign(x) * (1.0 - e) / (1.0 + e);
}

// eˣ within 1.5 ulp. WGSL's own exp may be off by 3 + 2|x| ulp, and adapters are, mostly to one side: summed
// over a layer and thousands of steps, that would drown what compensated parameters save. x = n·ln 2 + r, with
// ln 2 in two parts so that r is exact; a polynomial for eʳ (Moshier, Cephes expf); 2ⁿ by its exponent bits.
fn exponential(x: f32) -> f32 {
  // Beyond ±87 float32 overflows, or loses digits near 0. Not clamp(), which turns NaN into a number and hides
  // that a run has diverged (and costs a fifth more on SwiftShader).
  let clamped = select(select(x, 87.0, x > 87.0), -87.0, x < -87.0);
  let n = round(clamped * 1.44269504);
  let r = (clamped - n * 0.693359375) + n * 2.12194440e-4;
  var sum = 1.9875691500e-4;
  sum = sum * r + 1.3981999507e-3;
  sum = sum * r + 8.3334519073e-3;
  sum = sum * r + 4.1665795894e-2;
  sum = sum * r + 1.6666665459e-1;
  sum = sum * r + 5.0000001201e-1;
  let power = bitcast<f32>((i32(n) + 127) << 23u);
  return (sum * r * r + r + 1.0) * power;
}

fn activationValue(kind: u32, x: f32) -> f32 {
  switch kind {
    case ACTIVATION_SIGMOID: { return sigmoid(x); }
    case ACTIVATION_TANH: { return hyperbolicTangent(x); }
    // Not max(x, 0.0), which would turn NaN into 0 and hide that a run has diverged.
    case ACTIVATION_RELU: { return select(x, 0.0, x < 0.0); }
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
