import type { Model } from './model.ts';
import activations from './python/numpy-activations.py?raw';
import ensemble from './python/numpy-ensemble.py?raw';
import network from './python/numpy-network.py?raw';
import { composeScript } from './python-script.ts';

/**
 * A model as one Python script for NumPy, in pure ASCII, every derivative written out as in the notebook: it predicts the
 * rows of a CSV file, and trains on from the step of the snapshot with the losses handgrad would have. It holds what
 * `writePytorch` holds. An ensemble predicts, and is not trained on.
 */
export function writeNumpy(model: Model): string {
  return composeScript({ activations, network, ensemble }, model, ['numpy']);
}
