import {
  entryFormula,
  layerNameOf,
  lengthOf,
  notationOf,
  number,
  optimizers,
  rateLetters,
  sizesOf,
  sourcesOf,
  type EntryTerms,
  type Formula,
  type Optimizer,
  type RateName,
  type TraceAxis,
  type TracedEntry,
  type TracedPlace,
  type TraceRange,
  type TraceSource,
  type TrainingJob,
} from '../index.ts';
import type { WalkMatrix, WalkSheet } from '../worker/client.ts';
import { count, countOf, significant } from './format.ts';
import { formulaText } from './formula-text.ts';

export {};
