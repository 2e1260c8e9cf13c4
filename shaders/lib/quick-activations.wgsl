// Activations for pictures, four at once: as exact as a picture wants them, and quicker than those that train.
// Twin: src/core/activations.ts

// tanh(x) within 4e-7 of itself, without a branch: x · p(x²) / q(x²) on ±7.905, where tanh is 1 less 2.7e-7, and
// that value beyond, with the coefficients of Eigen's float tanh. Half as long on SwiftShader as the one in
// activations.wgsl, both branches of which are taken where four points stand together.
fn quickHyperbolicTangent(x: vec4f) -> vec4f {
  // The shift lets NaN wrap around, so that min() never touches it: see exponential().
  let shift = vec4u(0x807fffffu);
  let magnitude = min((bitcast<vec4u>(x) & vec4u(0x7fffffffu)) + shift, vec4u(0x40fcf84fu) + shift) - shift;
  let bounded = bitcast<vec4f>(magnitude | (bitcast<vec4u>(x) & vec4u(0x80000000u)));
  let s = bounded * bounded;
  var p = 5.12229709e-8 + s * (-8.60467152e-11 + s * (2.00018790e-13 + s * -2.76076847e-16));
  p = 4.89352455891786e-3 + s * (6.37261928875436e-4 + s * (1.48572235717979e-5 + s * p));
  let q = 4.89352518554385e-3 + s * (2.268434632439e-3 + s * (1.18534705686654e-4 + s * 1.19825839466702e-6));
  return bounded * p / q;
}
