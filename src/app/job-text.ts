import { losses, type DatasetOptions, type JobSettings, type Loss, type TrainingJob } from '../index.ts';
import type { SettingsText } from './setting-fields.ts';
import { textOf } from './settings.ts';

/** What the fields would say for a job: the way back from `jobOf`. */
export function textOfJob(job: TrainingJob, options: DatasetOptions): SettingsText {
  return textOf(settingsOf(job), options);
}

function settingsOf({ layers, networks, ...shared }: TrainingJob): JobSettings {
  const hidden = layers.slice(0, -1);
  const output = layers[layers.length - 1];
  const names = hidden.map(({ activation }) => activation);
  const isUniform = names.every((name) => name === names[0]);
  const { link }: Loss = losses[shared.loss];
  const [{ initializer = 'numpy-uniform', ...network }] = networks;
  return {
    ...shared,
    ...network,
    hidden: hidden.map(({ units }) => units),
    activations: isUniform ? names.slice(0, 1) : names,
    // A loss on logits brings its own.
    ...(link === undefined && { outputActivation: output.activation }),
    bias: output.bias,
    initializer,
  };
}
