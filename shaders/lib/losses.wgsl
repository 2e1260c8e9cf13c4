// Losses of one output and their derivatives dE/df, before the division of the mean.
// `kind` is one of the LOSS_… constants, which the host writes before this file. `row` is what a softmax knows of the
// whole row of logits: the largest, the logarithm of Σ exp(logit − largest), and the sum of the targets. The first two
// stay apart: as one number, the second is lost beside a large first.
// Twin: src/core/losses.ts

fn mse(prediction: f32, targetValue: f32) -> f32 {
  let difference = prediction - targetValue;
  return difference * difference;
}

fn mseDerivative(prediction: f32, targetValue: f32) -> f32 {
  return 2.0 * (prediction - targetValue);
}

fn mae(prediction: f32, targetValue: f32) -> f32 {
  return abs(prediction - targetValue);
}

fn maeDerivative(prediction: f32, targetValue: f32) -> f32 {
  return signOf(prediction - targetValue);
}

fn huber(prediction: f32, targetValue: f32) -> f32 {
  let distance = abs(prediction - targetValue);
  return select(distance - 0.5, 0.5 * distance * distance, distance < 1.0);
}

fn huberDerivative(prediction: f32, targetValue: f32) -> f32 {
  let difference = prediction - targetValue;
  return select(signOf(difference), difference, abs(difference) < 1.0);
}

// WGSL's sign may turn NaN into a number, which hides that a run has diverged.
fn signOf(x: f32) -> f32 {
  return select(select(x, -1.0, x < 0.0), 1.0, x > 0.0);
}

// −t log p − (1 − t) log(1 − p) for p = sigmoid(logit): no logarithm ever sees a 0.
fn bce(logit: f32, targetValue: f32) -> f32 {
  return relu(logit) - logit * targetValue + logarithmOfOnePlus(exponential(-abs(logit)));
}

// p − t as (1 − t) · p − t · (1 − p), where nothing cancels near p = t.
fn bceDerivative(logit: f32, targetValue: f32) -> f32 {
  let e = exponential(-abs(logit));
  let likely = 1.0 / (1.0 + e);
  let unlikely = e * likely;
  let p = select(likely, unlikely, logit < 0.0);
  let rest = select(unlikely, likely, logit < 0.0);
  return (1.0 - targetValue) * p - targetValue * rest;
}

// −t log p for p = softmax(logits)
fn crossEntropy(logit: f32, targetValue: f32, row: vec3f) -> f32 {
  return select(targetValue * ((row.x - logit) + row.y), 0.0, targetValue == 0.0);
}

// T · p − t, T the sum of the targets. At the class that is meant T · (p − 1) is all of it: there p is not near 0.
fn crossEntropyDerivative(logit: f32, targetValue: f32, row: vec3f) -> f32 {
  let logarithm = (logit - row.x) - row.y;
  if (targetValue > 0.5 * row.z) {
    return row.z * exponentialMinusOne(logarithm) + (row.z - targetValue);
  }
  return row.z * exponential(logarithm) - targetValue;
}

// log(1 + z) for any z ≥ 0; above 1 WGSL's own logarithm is within 3 ulp.
fn logarithmOfSum(z: f32) -> f32 {
  return select(logarithmOfOnePlus(min(z, 1.0)), log(1.0 + z), z > 1.0);
}

fn lossValue(kind: u32, output: f32, targetValue: f32, row: vec3f) -> f32 {
  switch kind {
    case LOSS_MSE: { return mse(output, targetValue); }
    case LOSS_MAE: { return mae(output, targetValue); }
    case LOSS_HUBER: { return huber(output, targetValue); }
    case LOSS_BCE: { return bce(output, targetValue); }
    case LOSS_CROSS_ENTROPY: { return crossEntropy(output, targetValue, row); }
    default: { return 0.0; }
  }
}

fn lossDerivative(kind: u32, output: f32, targetValue: f32, row: vec3f) -> f32 {
  switch kind {
    case LOSS_MSE: { return mseDerivative(output, targetValue); }
    case LOSS_MAE: { return maeDerivative(output, targetValue); }
    case LOSS_HUBER: { return huberDerivative(output, targetValue); }
    case LOSS_BCE: { return bceDerivative(output, targetValue); }
    case LOSS_CROSS_ENTROPY: { return crossEntropyDerivative(output, targetValue, row); }
    default: { return 0.0; }
  }
}

// The same for four rows at once.
struct FourRows {
  largest: vec4f,
  logSum: vec4f,
  targetSum: vec4f,
}

fn lossValues(kind: u32, outputs: vec4f, targetValues: vec4f, rows: FourRows) -> vec4f {
  return vec4f(
    lossValue(kind, outputs.x, targetValues.x, rowOf(rows, 0u)),
    lossValue(kind, outputs.y, targetValues.y, rowOf(rows, 1u)),
    lossValue(kind, outputs.z, targetValues.z, rowOf(rows, 2u)),
    lossValue(kind, outputs.w, targetValues.w, rowOf(rows, 3u)),
  );
}

fn lossDerivatives(kind: u32, outputs: vec4f, targetValues: vec4f, rows: FourRows) -> vec4f {
  return vec4f(
    lossDerivative(kind, outputs.x, targetValues.x, rowOf(rows, 0u)),
    lossDerivative(kind, outputs.y, targetValues.y, rowOf(rows, 1u)),
    lossDerivative(kind, outputs.z, targetValues.z, rowOf(rows, 2u)),
    lossDerivative(kind, outputs.w, targetValues.w, rowOf(rows, 3u)),
  );
}

fn rowOf(rows: FourRows, i: u32) -> vec3f {
  return vec3f(rows.largest[i], rows.logSum[i], rows.targetSum[i]);
}
