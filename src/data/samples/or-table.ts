import type { Sample } from './sample.ts';

/** As the table stands in the notebook: a blank line, then `observation` as the index. */
const csv = `
observation,input1,input2,output
1,0,0,0
2,0,1,1
3,1,0,1
4,1,1,1
`;

/** The notebook's table, with the notebook's settings. */
export const orTable: Sample & { readonly csv: string } = {
  id: 'or',
  name: 'OR',
  description: 'The truth table of OR: 1 where at least one of the two inputs is 1.',
  source:
    'The notebook handgrad grew from, inspired by ' +
    'https://pub.towardsai.net/building-neural-networks-from-scratch-with-python-code-and-math-in-detail-i-536fae5d7bbf',
  licence: 'None needed: a truth table is a fact.',
  targets: ['output'],
  suggested: {
    hidden: [3],
    activation: 'sigmoid',
    outputActivation: 'sigmoid',
    bias: false,
    init: 'numpy-uniform',
    loss: 'mse',
    optimizer: 'sgd',
    learningRate: 0.05,
    steps: 10_000,
    scaling: 'none',
    validation: 0,
    test: 0,
    seed: 1,
  },
  csv,
  load: () => Promise.resolve(csv),
};
