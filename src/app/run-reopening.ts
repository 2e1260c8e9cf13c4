import type { TrainingClient } from '../worker/client.ts';
import type { HeldRun, Run } from './run.ts';

/** A run that was stopped, as it was before that; what was found out of it then holds no longer. */
export async function reopened(client: TrainingClient, run: Run): Promise<HeldRun> {
  const { id, stepCount } = run;
  if (id === undefined) throw new Error('a run without a trainer cannot go on');
  const { timing } = await client.report(id);
  // One that was kept on the device is timed from here on.
  const resumedFrom = timing.trainMs > 0 ? run.resumedFrom : stepCount;
  return { ...run, id, resumedFrom, isOver: false, measurement: undefined, gradientCheck: undefined };
}
