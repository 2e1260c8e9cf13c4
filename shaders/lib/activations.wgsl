// Activations y = f(x) and their derivatives f′(x, y), entry by entry, each a function of its name (tanh is
// hyperbolicTangent: WGSL has a tanh of its own).
// `kind` is one of the ACTIVATION_… constants, which the host writes before this file in the order of the
// twin's table. Every function is finite for |x| up to 1e4: WGSL promises nothing for infinities.
// Twin: src/core/activations.ts

fn sigmoid(x: f32) -> f32 {
  return 1.0 / (1.0 + exponential(-x));
}

fn sigmoidDerivative(x: f32, y: f32) -> f32 {
  return y * (1.0 - y);
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

fn hyperbolicTangentDerivative(x: f32, y: f32) -> f32 {
  return 1.0 - y * y;
}

// Not max(x, 0.0), which would turn NaN into 0 and hide that a run has diverged.
fn relu(x: f32) -> f32 {
  return select(x, 0.0, x < 0.0);
}

fn reluDerivative(x: f32, y: f32) -> f32 {
  return select(0.0, 1.0, x > 0.0);
}

fn leakyRelu(x: f32) -> f32 {
  return select(x, 0.01 * x, x < 0.0);
}

fn leakyReluDerivative(x: f32, y: f32) -> f32 {
  return select(0.01, 1.0, x > 0.0);
}

fn elu(x: f32) -> f32 {
  return select(exponentialMinusOne(x), x, x > 0.0);
}

fn eluDerivative(x: f32, y: f32) -> f32 {
  return select(exponential(x), 1.0, x > 0.0);
}

fn silu(x: f32) -> f32 {
  return x * sigmoid(x);
}

fn siluDerivative(x: f32, y: f32) -> f32 {
  return sigmoid(x) + x * sigmoidSlope(x);
}

// 0.5 · (1 + tanh(u)) is sigmoid(2u), where nothing cancels.
fn gelu(x: f32) -> f32 {
  return x * sigmoid(geluInner(x));
}

fn geluDerivative(x: f32, y: f32) -> f32 {
  let slope = 1.59576912 * (1.0 + 0.134145 * x * x);
  return sigmoid(geluInner(x)) + x * slope * sigmoidSlope(geluInner(x));
}

// 2u = 2 · √(2/π) · (x + 0.044715 x³)
fn geluInner(x: f32) -> f32 {
  return 1.59576912 * x * (1.0 + 0.044715 * x * x);
}

// log(1 + eˣ) as max(x, 0) + log(1 + e^−|x|), and like PyTorch x itself above 20.
fn softplus(x: f32) -> f32 {
  return select(relu(x) + logarithmOfOnePlus(exponential(-abs(x))), x, x > 20.0);
}

fn softplusDerivative(x: f32, y: f32) -> f32 {
  return select(sigmoid(x), 1.0, x > 20.0);
}

fn linear(x: f32) -> f32 {
  return x;
}

fn linearDerivative(x: f32, y: f32) -> f32 {
  return 1.0;
}

// eˣ within 1.5 ulp. WGSL's own exp may be off by 3 + 2|x| ulp, and adapters are, mostly to one side: summed
// over a layer and thousands of steps, that would drown what compensated parameters save. x = n·ln 2 + r, with
// ln 2 in two parts so that r is exact; a polynomial for eʳ (minimax, within 0.06 half-ulps on ±ln 2 / 2); 2ⁿ
// by its exponent bits. It is most of a small network's step, so its borders are held in integers: on
// SwiftShader two comparisons of floats and i32(n) made a whole step a quarter slower, and min() or clamp() of
// floats may turn NaN into a number, which hides that a run has diverged.
fn exponential(x: f32) -> f32 {
  // Below −87 float32 loses digits. The bits of negative floats grow with |x|; the shift lets NaN wrap around,
  // so that min() never touches it.
  let bounded = bitcast<f32>(min(bitcast<u32>(x) + 0x7fffffu, 0xc2ae0000u + 0x7fffffu) - 0x7fffffu);
  // The sum holds the nearest whole number in its lowest bits.
  let whole = bitcast<i32>(bounded * 1.44269504 + 12582912.0) - 0x4b400000;
  let n = f32(whole);
  let r = (bounded - n * 0.693359375) + n * 2.12194440e-4;
  // In pairs rather than one after the other: half as long a chain of sums that wait for each other.
  let square = r * r;
  let sum = (4.9999993e-1 + 1.6666520e-1 * r) + square * ((4.1668391e-2 + 8.3687452e-3 * r) + square * 1.3814540e-3);
  // Above 2¹²⁷ the power stays there.
  let power = bitcast<f32>(min(bitcast<u32>(whole + 127), 254u) << 23u);
  return (sum * square + r + 1.0) * power;
}

// eˣ − 1 for x ≤ 0: near 0, where the difference cancels, its Taylor series to x⁸ (the next term is below 1.4e-8 of
// the sum).
fn exponentialMinusOne(x: f32) -> f32 {
  if (x > -0.5) {
    var sum = 1.0 / 5040.0 + x / 40320.0;
    sum = 1.0 / 120.0 + x * (1.0 / 720.0 + x * sum);
    sum = 1.0 / 6.0 + x * (1.0 / 24.0 + x * sum);
    return x + x * x * (0.5 + x * sum);
  }
  return exponential(x) - 1.0;
}

// log(1 + z) for 0 ≤ z ≤ 1 as 2 · artanh(s) with s = z / (2 + z) ≤ 1/3; its series to s¹⁵ leaves 1e-9 of it.
// WGSL's own log may be off by 4.8e-7, however small the result.
fn logarithmOfOnePlus(z: f32) -> f32 {
  let s = z / (2.0 + z);
  let q = s * s;
  var sum = 1.0 / 13.0 + q / 15.0;
  sum = 1.0 / 9.0 + q * (1.0 / 11.0 + q * sum);
  sum = 1.0 / 5.0 + q * (1.0 / 7.0 + q * sum);
  return 2.0 * (s + s * q * (1.0 / 3.0 + q * sum));
}

// The derivative of sigmoid from x: y · (1 − y) would cancel near y = 1.
fn sigmoidSlope(x: f32) -> f32 {
  let e = exponential(-abs(x));
  let sum = 1.0 + e;
  return e / (sum * sum);
}

fn activationValue(kind: u32, x: f32) -> f32 {
  switch kind {
    case ACTIVATION_SIGMOID: { return sigmoid(x); }
    case ACTIVATION_TANH: { return hyperbolicTangent(x); }
    case ACTIVATION_RELU: { return relu(x); }
    case ACTIVATION_LEAKY_RELU: { return leakyRelu(x); }
    case ACTIVATION_ELU: { return elu(x); }
    case ACTIVATION_SILU: { return silu(x); }
    case ACTIVATION_GELU: { return gelu(x); }
    case ACTIVATION_SOFTPLUS: { return softplus(x); }
    case ACTIVATION_LINEAR: { return linear(x); }
    default: { return x; }
  }
}

// y is the already computed f(x).
fn activationDerivative(kind: u32, x: f32, y: f32) -> f32 {
  switch kind {
    case ACTIVATION_SIGMOID: { return sigmoidDerivative(x, y); }
    case ACTIVATION_TANH: { return hyperbolicTangentDerivative(x, y); }
    case ACTIVATION_RELU: { return reluDerivative(x, y); }
    case ACTIVATION_LEAKY_RELU: { return leakyReluDerivative(x, y); }
    case ACTIVATION_ELU: { return eluDerivative(x, y); }
    case ACTIVATION_SILU: { return siluDerivative(x, y); }
    case ACTIVATION_GELU: { return geluDerivative(x, y); }
    case ACTIVATION_SOFTPLUS: { return softplusDerivative(x, y); }
    case ACTIVATION_LINEAR: { return linearDerivative(x, y); }
    default: { return 1.0; }
  }
}

// The same for four at once.
fn activationValues(kind: u32, x: vec4f) -> vec4f {
  return vec4f(
    activationValue(kind, x.x),
    activationValue(kind, x.y),
    activationValue(kind, x.z),
    activationValue(kind, x.w),
  );
}

fn activationDerivatives(kind: u32, x: vec4f, y: vec4f) -> vec4f {
  return vec4f(
    activationDerivative(kind, x.x, y.x),
    activationDerivative(kind, x.y, y.y),
    activationDerivative(kind, x.z, y.z),
    activationDerivative(kind, x.w, y.w),
  );
}
