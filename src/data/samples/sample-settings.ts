import type { JobSettings } from '../../core/job-settings.ts';
import type { Sample } from './sample.ts';

/** What a sample suggests, as the settings of a job. */
export function settingsOfSample({ suggested }: Sample): JobSettings {
  const { activation, init, outputActivation, batchSize } = suggested;
  const { hidden, bias, loss, optimizer, learningRate, steps, seed } = suggested;
  return {
    hidden,
    activations: [activation],
    ...(outputActivation && { outputActivation }),
    bias,
    initializer: init,
    loss: loss as JobSettings['loss'],
    optimizer: optimizer as JobSettings['optimizer'],
    learningRate,
    ...(batchSize !== undefined && { batchSize }),
    steps,
    seed,
  };
}
