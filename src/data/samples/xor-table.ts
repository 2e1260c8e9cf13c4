import type { Sample } from './sample.ts';

const csv = `input1,input2,output
0,0,0
0,1,1
1,0,1
1,1,0
`;

/** The smallest table that no network without a hidden layer learns. */
export const xorTable: Sample = {
  id: 'xor',
  name: 'XOR',
  description: 'The truth table of XOR: 1 where exactly one of the two inputs is 1.',
  source: 'M. Minsky and S. Papert (1969), Perceptrons, MIT Press, show why it takes a hidden layer.',
  licence: 'None needed: a truth table is a fact.',
  targets: ['output'],
  task: 'classification',
  // Eight units, because with four every tenth seed or so ends in a local minimum.
  suggested: {
    hidden: [8],
    activation: 'tanh',
    bias: true,
    init: 'pytorch',
    loss: 'bce',
    optimizer: 'adam',
    learningRate: 0.05,
    steps: 300,
    scaling: 'none',
    validation: 0,
    test: 0,
    seed: 1,
  },
  load: () => Promise.resolve(csv),
};
