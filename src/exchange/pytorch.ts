import type { Model } from './model.ts';
import activations from './python/pytorch-activations.py?raw';
import ensemble from './python/pytorch-ensemble.py?raw';
import network from './python/pytorch-network.py?raw';
import { composeScript } from './python-script.ts';

/**
 * A model as one Python script for PyTorch, in pure ASCII: it predicts the rows of a CSV file, and trains on from the
 * step of the snapshot with the losses handgrad would have, in one process or under `torchrun`. It holds the names of
 * columns and categories, and what was fitted to the table, but none of its rows. An ensemble predicts, and is not trained on.
 */
export function writePytorch(model: Model): string {
  return composeScript({ activations, network, ensemble }, model, ['pytorch']);
}
