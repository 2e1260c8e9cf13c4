/** `Params` of kernels that loop over the steps themselves. The scale is that of a full batch and of an epoch's last one. */
export const manySteps = {
  firstStep: 'u32',
  stepCount: 'u32',
  rowCount: 'u32',
  parameterCount: 'u32',
  scale: 'f32',
  lastScale: 'f32',
  batchSize: 'u32',
  batchCount: 'u32',
  lastBatchSize: 'u32',
  seed: 'u32',
  halfBits: 'u32',
} as const;

/** What is told to kernels that can train several networks beside what one network is told. */
export const manyNetworks = {
  ...manySteps,
  networkCount: 'u32',
  distinctRates: 'u32',
  lossStride: 'u32',
  lastStep: 'u32',
} as const;

/** What such kernels are made of, whatever else they need. */
export const manyStepsLibraries = ['activations', 'losses', 'optimizers', 'random'] as const;
