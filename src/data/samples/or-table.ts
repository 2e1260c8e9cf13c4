import type { Sample } from './sample.ts';

/** The notebook's table, its text as it stands there: a blank line, then `observation` as the index. */
export const orTable: Sample = {
  name: 'OR',
  description: 'The truth table of OR: 1 where at least one of the two inputs is 1.',
  source:
    'The notebook handgrad grew from, inspired by ' +
    'https://pub.towardsai.net/building-neural-networks-from-scratch-with-python-code-and-math-in-detail-i-536fae5d7bbf',
  csv: `
observation,input1,input2,output
1,0,0,0
2,0,1,1
3,1,0,1
4,1,1,1
`,
};
