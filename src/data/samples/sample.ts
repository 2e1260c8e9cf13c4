import type { ActivationName } from '../../core/activations.ts';

export type SampleId = 'or' | 'xor' | 'spirals' | 'circles' | 'iris' | 'diabetes' | 'digits';

/** A table that comes with handgrad. */
export interface Sample {
  readonly id: SampleId;
  readonly name: string;
  /** One sentence: what is predicted from what. */
  readonly description: string;
  /** Where the table comes from, and what was changed in it. */
  readonly source: string;
  /** On what terms it may be passed on. */
  readonly licence: string;
  /** The names of the columns to predict. */
  readonly targets: readonly string[];
  /** What the targets are; absent where any reading of the table will do. */
  readonly task?: 'regression' | 'classification';
  /** Settings that train well within seconds. */
  readonly suggested: SampleSettings;
  /** The text as `readTable` takes it; a large table is fetched by the first call, from where the page comes from. */
  load(): Promise<string>;
}

/** Settings to begin with. */
export interface SampleSettings {
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** Of the hidden layers. */
  readonly activation: ActivationName;
  /** Of the output layer; absent where the loss decides it. */
  readonly outputActivation?: ActivationName;
  /** Whether every layer has biases. */
  readonly bias: boolean;
  readonly init:
    'numpy-uniform' | 'xavier-uniform' | 'xavier-normal' | 'he-uniform' | 'he-normal' | 'pytorch';
  readonly loss: string;
  readonly optimizer: string;
  readonly learningRate: number;
  /** Rows of a batch; absent for all training rows in every step. */
  readonly batchSize?: number;
  /** Optimizer updates. */
  readonly steps: number;
  /** Of the inputs, and of the targets of a regression; fitted on the training rows. */
  readonly scaling: 'none' | 'standard' | 'min-max';
  /** What becomes of rows with empty cells; absent where there are none. */
  readonly missing?: 'drop' | 'mean';
  /** Share of the rows, 0 … 1. */
  readonly validation: number;
  /** Share of the rows, 0 … 1. */
  readonly test: number;
  /** Draws the split, the batches and the initial parameters. */
  readonly seed: number;
}
