import type { TrainingData } from '../../src/core/job.ts';
import type { LayerSettings } from '../../src/core/network.ts';
import activationsText from '../torch/activations.json?raw';
import classificationText from '../torch/classification.json?raw';
import dropoutText from '../torch/dropout.json?raw';
import optimizersText from '../torch/optimizers.json?raw';
import runsText from '../torch/runs.json?raw';

/** The losses of the golden values; `bce` and `cross-entropy` take logits, so there the output is `linear`. */
export const torchLosses = ['mse', 'mae', 'huber', 'bce', 'cross-entropy'] as const;
export const torchOptimizers = ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adam', 'adamw'] as const;
export const torchSchedules = ['constant', 'step', 'exponential', 'cosine'] as const;

/**
 * What the learning rate is multiplied by at step t = 0, 1, …: γ^⌊t / every⌋ (step), γ^t (exponential),
 * ½ · (1 + cos(π · t / steps)) (cosine), and always min(1, (t + 1) / warmupSteps).
 */
interface TorchSchedule {
  readonly kind: (typeof torchSchedules)[number];
  /** Of `step`, in steps. */
  readonly every?: number;
  /** Of `step` and `exponential`. */
  readonly gamma?: number;
  readonly warmupSteps?: number;
}

/** How PyTorch trained a case; a setting that is not there had PyTorch's default. */
export interface TorchJob {
  readonly layers: readonly LayerSettings[];
  readonly loss: (typeof torchLosses)[number];
  readonly optimizer: (typeof torchOptimizers)[number];
  readonly learningRate: number;
  /** Default 0; always there for `momentum` and `nesterov`. */
  readonly momentum?: number;
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999; RMSprop's is its α, default 0.99. */
  readonly beta2?: number;
  /** Default 1e-8, added to the root. */
  readonly epsilon?: number;
  /** Default 0, of `adamw` 0.01; λ · parameter is added to the gradient, `adamw` takes it off the parameter. */
  readonly weightDecay?: number;
  /** The gradient of norm n, over all parameters, is multiplied by min(1, clipNorm / (n + 1e-6)), before decay. */
  readonly clipNorm?: number;
  /** Default 0; the masks are handgrad’s, drawn by `seed`. */
  readonly dropout?: number;
  /** Of the masks: there where `dropout` is; nothing else is drawn. */
  readonly seed?: number;
  readonly schedule?: TorchSchedule;
  /** Rows, in their order; an epoch's last batch is shorter where it must be. Default: all rows. */
  readonly batchSize?: number;
  readonly shuffle: false;
  readonly steps: number;
}

/** A network that PyTorch trained in float64, made by `test/torch/generate.py`. */
export interface TorchCase {
  readonly name: string;
  readonly job: TorchJob;
  /** Targets are one-hot where the loss is `cross-entropy`. */
  readonly data: TrainingData;
  /** [parameterCount] in the layout of `layOutNetwork`. */
  readonly initialParameters: Float64Array;
  /** [steps]: each of its batch, before the update. */
  readonly losses: Float64Array;
  /** After the last step: [parameterCount] in the layout of `layOutNetwork`. */
  readonly parameters: Float64Array;
}

/** A case as the file holds it. */
interface CaseRecord {
  readonly name: string;
  readonly job: TorchJob;
  readonly data: { readonly inputs: number[][]; readonly targets: number[][] };
  readonly initialParameters: number[];
  readonly losses: number[];
  readonly parameters: number[];
}

/** Every golden case. */
export const torchCases: readonly TorchCase[] = [
  activationsText,
  optimizersText,
  classificationText,
  runsText,
  dropoutText,
].flatMap((text) => (JSON.parse(text) as CaseRecord[]).map(readCase));

function readCase({ name, job, data, initialParameters, losses, parameters }: CaseRecord): TorchCase {
  return {
    name,
    job,
    data: {
      rowCount: data.inputs.length,
      inputs: Float64Array.from(data.inputs.flat()),
      inputCount: data.inputs[0].length,
      targets: Float64Array.from(data.targets.flat()),
      outputCount: data.targets[0].length,
    },
    initialParameters: Float64Array.from(initialParameters),
    losses: Float64Array.from(losses),
    parameters: Float64Array.from(parameters),
  };
}
