import type { TrainingJob } from './job.ts';

/** The notebook's job: a 2-3-1 sigmoid network without biases, mean squared error, SGD, 10,000 steps, seed 1. */
export const notebookJob: TrainingJob = {
  layers: [
    { units: 3, activation: 'sigmoid', bias: false },
    { units: 1, activation: 'sigmoid', bias: false },
  ],
  loss: 'mse',
  optimizer: 'sgd',
  steps: 10_000,
  networks: [{ seed: 1, learningRate: 0.05 }],
};

/**
 * What the notebook recorded, by hand in NumPy and again in PyTorch, both in float64. The two agree in every
 * digit they print; the full digits were computed with NumPy 1.24 and PyTorch 1.13.
 */
export const notebookRecord = {
  /** The losses of steps 0, 1000, …, 9000. */
  losses: [
    0.19601555791031813, 0.16516615998114814, 0.15935654252859754, 0.15503507597463456, 0.15110674698528412,
    0.14653511578246037, 0.13922724776035642, 0.12348442109590109, 0.09350530346956158, 0.06205274405839981,
  ],
  /** Where it starts, in the layout of `layOutNetwork`: `numpy.random.seed(1)`, then two times `numpy.random.rand`. */
  initialParameters: [
    0.417022004702574, 0.7203244934421581, 0.00011437481734488664, 0.30233257263183977, 0.14675589081711304,
    0.0923385947687978, 0.1862602113776709, 0.34556072704304774, 0.39676747423066994,
  ],
  /** Final parameters in the layout of `layOutNetwork`: hidden weights [2, 3], output weights [3, 1]. */
  parameters: [
    1.667070723588733, 2.4345452479477574, -1.5066765298463225, 1.6665917444124214, 2.2916615784237573,
    -1.5068119583386894, 0.7057066291641987, 2.047362873918532, -4.128675226816269,
  ],
  /** Predictions of the four rows after training. */
  predictions: [0.3345220156632255, 0.8460534172088171, 0.8490219930324805, 0.9253584051347653],
  /** dE/dv and dE/dw of the first step, which the notebook prints if it trains for one step alone; as `parameters`. */
  gradients: [
    -0.003604761287269052, -0.006232770510853292, -0.008338062150851939, -0.003719278081084599,
    -0.006795089545390237, -0.008492712341024583, -0.04273650722889615, -0.04533166833928519,
    -0.02985442328816512,
  ],
  /** Wall time of the 10,000 steps on the notebook's machine, in seconds. */
  seconds: { numpy: 2.1, pytorch: 10.3 },
} as const;
