import type { Backend, TrainingData, TrainingJob } from './core/job.ts';
import type { RunResult } from './run-result.ts';
import type { SessionOptions } from './session-start.ts';
import { TrainingSession } from './training-session.ts';

/**
 * One call from job to result.
 *
 * @throws InputError, RefusalError as `TrainingSession.open`
 */
export async function trainOnce(
  backend: Backend['name'],
  job: TrainingJob,
  data: TrainingData,
  options: SessionOptions = {},
): Promise<RunResult> {
  const session = await TrainingSession.open(backend, job, data, options);
  try {
    await session.train();
    return await session.result();
  } finally {
    session.dispose();
  }
}
