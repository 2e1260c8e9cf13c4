import type { Model } from './model.ts';
import template from './python/numpy-network.py?raw';
import { composeScript } from './python-script.ts';

/**
 * A model as one Python script for NumPy, in pure ASCII, every derivative written out as in the notebook: it predicts the
 * rows of a CSV file, and trains on from the step of the snapshot with the losses handgrad would have. It holds what
 * `writePytorch` holds.
 */
export function writeNumpy(model: Model): string {
  return composeScript(template, model, ['numpy']);
}
