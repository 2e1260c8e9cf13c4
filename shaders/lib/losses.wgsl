// Losses of one output and their derivatives dE/df, before the division by rows × outputs.
// `kind` is one of the LOSS_… constants, which the host writes before this file.
// Twin: src/core/losses.ts

fn mse(prediction: f32, targetValue: f32) -> f32 {
  let difference = prediction - targetValue;
  return difference * difference;
}

fn mseDerivative(prediction: f32, targetValue: f32) -> f32 {
  return 2.0 * (prediction - targetValue);
}

fn lossValue(kind: u32, prediction: f32, targetValue: f32) -> f32 {
  switch kind {
    case LOSS_MSE: { return mse(prediction, targetValue); }
    default: { return 0.0; }
  }
}

fn lossDerivative(kind: u32, prediction: f32, targetValue: f32) -> f32 {
  switch kind {
    case LOSS_MSE: { return mseDerivative(prediction, targetValue); }
    default: { return 0.0; }
  }
}

// The same for four at once.
fn lossValues(kind: u32, predictions: vec4f, targetValues: vec4f) -> vec4f {
  return vec4f(
    lossValue(kind, predictions.x, targetValues.x),
    lossValue(kind, predictions.y, targetValues.y),
    lossValue(kind, predictions.z, targetValues.z),
    lossValue(kind, predictions.w, targetValues.w),
  );
}

fn lossDerivatives(kind: u32, predictions: vec4f, targetValues: vec4f) -> vec4f {
  return vec4f(
    lossDerivative(kind, predictions.x, targetValues.x),
    lossDerivative(kind, predictions.y, targetValues.y),
    lossDerivative(kind, predictions.z, targetValues.z),
    lossDerivative(kind, predictions.w, targetValues.w),
  );
}
