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

fn lossValue(kind: u32, prediction: f32, targetValue: f32) -> f32 {
  switch kind {
    case LOSS_MSE: { return mse(prediction, targetValue); }
    case LOSS_MAE: { return mae(prediction, targetValue); }
    case LOSS_HUBER: { return huber(prediction, targetValue); }
    default: { return 0.0; }
  }
}

fn lossDerivative(kind: u32, prediction: f32, targetValue: f32) -> f32 {
  switch kind {
    case LOSS_MSE: { return mseDerivative(prediction, targetValue); }
    case LOSS_MAE: { return maeDerivative(prediction, targetValue); }
    case LOSS_HUBER: { return huberDerivative(prediction, targetValue); }
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
