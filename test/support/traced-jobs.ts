import { notebookJob } from '../../src/core/notebook.ts';
import { droppingJob, orData, variedJob, type NamedJob } from './jobs.ts';

/** Steps of each: the learning rates that schedules give to the first of them differ. */
const STEPS = 40;

/**
 * Ten random jobs whose steps are traced: minibatches of every order, dropout, clipped gradients, weight decay, several
 * layers, and cross-entropy are among them.
 */
export const randomTracedJobs: readonly NamedJob[] = [
  ...[1, 5, 7, 8, 13].map((seed) => variedJob(seed, STEPS)),
  ...[6, 10].map((seed) => clipped(variedJob(seed, STEPS))),
  ...[0, 2, 7].map((seed) => droppingJob(seed, STEPS)),
];

/** With the notebook's own. */
export const tracedJobs: readonly NamedJob[] = [
  { name: 'the notebook', job: notebookJob, data: orData },
  ...randomTracedJobs,
];

/** Gradients that are longer than this at the parameters a job starts from. */
function clipped({ name, job, data }: NamedJob): NamedJob {
  const clipNorm = 0.005;
  return { name: `${name}, clipped at ${clipNorm}`, job: { ...job, clipNorm }, data };
}
