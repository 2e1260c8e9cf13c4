// Figures that the notebook's text speaks of, computed from what is recorded.

import { activations, notebookJob, notebookRecord, orTable } from '../index.ts';

const [hidden] = notebookJob.layers;
const outputWeights = notebookRecord.parameters.slice(-hidden.units);
/** Rows of the table. */
const rowCount = orTable.csv.trim().split('\n').length - 1;
/** Without biases every hidden unit is asked about 0 there. */
const originPreActivation = outputWeights.reduce(
  (sum, weight) => sum + weight * activations.sigmoid.value(0),
  0,
);

/** What the notebook's trained network says of (0, 0). */
export const recordedOrigin = {
  preActivation: originPreActivation,
  output: activations.sigmoid.value(originPreActivation),
};

/** By what f − f₀ is multiplied in dE/df. */
export const errorFactor = {
  /** 2/N: E is the mean over the rows. */
  ofMean: 2 / rowCount,
  /** As the tutorial has it, which is that of half the sum. */
  ofTutorial: 1,
};

/** How many times as long the tutorial's step is as the notebook's. */
export const tutorialStepRatio = errorFactor.ofTutorial / errorFactor.ofMean;

/** With this rate the notebook's loop takes the tutorial's steps. */
export const tutorialRate = tutorialStepRatio * notebookJob.networks[0].learningRate;

/** The lowest share that the loss has fallen to by the last line of the log. */
export const lossShare = notebookRecord.losses[notebookRecord.losses.length - 1] / notebookRecord.losses[0];
