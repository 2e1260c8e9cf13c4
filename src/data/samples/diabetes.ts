import type { Sample } from './sample.ts';

/**
 * The regression sample: 442 people. Sex is coded 1 and 2, which its authors do not explain; bp is the mean
 * blood pressure, tc, ldl, hdl, tch, ltg and glu are blood serum measurements.
 */
export const diabetes: Sample = {
  id: 'diabetes',
  name: 'Diabetes',
  description:
    "How far a person's diabetes progresses within a year, from age, sex, body mass index, blood pressure and six " +
    'blood serum measurements.',
  source:
    'B. Efron, T. Hastie, I. Johnstone and R. Tibshirani (2004), Least angle regression, Annals of Statistics 32, ' +
    '407–499; https://www4.stat.ncsu.edu/~boos/var.select/diabetes.html, in the copy of scikit-learn 1.9.1.',
  licence:
    'Its authors state none; the copy is distributed by the scikit-learn developers under the BSD 3-Clause licence.',
  targets: ['progression'],
  task: 'regression',
  // Few units and few steps, because so few and so noisy rows are soon learnt by heart: see test/data/golden/diabetes_mlp.py.
  suggested: {
    hidden: [8],
    activation: 'relu',
    outputActivation: 'linear',
    bias: true,
    init: 'pytorch',
    loss: 'mse',
    optimizer: 'adam',
    learningRate: 0.005,
    steps: 150,
    scaling: 'standard',
    validation: 0.2,
    test: 0.2,
    seed: 1,
  },
  load: async () => (await import('./diabetes.csv?raw')).default,
};
