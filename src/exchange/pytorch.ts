import type { Model } from './model.ts';
import template from './python/pytorch-network.py?raw';
import { composeScript } from './python-script.ts';

/**
 * A model as one Python script for PyTorch, in pure ASCII: it predicts the rows of a CSV file, and trains on from the
 * step of the snapshot with the losses handgrad would have, in one process or under `torchrun`. It holds the names of
 * columns and categories, and what was fitted to the table, but none of its rows.
 */
export function writePytorch(model: Model): string {
  return composeScript(template, model, ['pytorch']);
}
