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
