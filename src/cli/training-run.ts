import { errorLine, type Recovery, type RunResult, type TrainingSession } from '../index.ts';
import { lossDiverged, requireSoundResult } from './divergence.ts';
import { Interrupted } from './interruption.ts';
import { notice } from './output.ts';
import { ProgressBar } from './progress-bar.ts';
import { count } from './wording.ts';

/** How often a running job is looked at, in milliseconds. */
const LOOK_EVERY_MS = 100;

/** How to go along with a run. */
export interface Watching {
  /** Steps from one log line to the next. */
  readonly logEvery: number;
  /** Takes the log lines as they come; left out where nobody reads them. */
  readonly printLines?: (text: string) => Promise<void>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Trains a session to its end, with its log lines and a progress bar.
 *
 * @throws HandgradError if the training diverges, Interrupted if the signal is aborted
 */
export async function runToEnd(session: TrainingSession, watching: Watching): Promise<RunResult> {
  const { job, backend } = session;
  const stop = new AbortController();
  const bar = new ProgressBar(`training (${backend})`, 'steps', job.steps);
  const log = new LogFollower(session, watching, bar);
  let failure: unknown;
  // One look at a time: the next begins where the last one ended.
  let looking: Promise<void> = Promise.resolve();
  const look = () => {
    looking = looking.then(async () => {
      if (failure !== undefined) return;
      try {
        await log.follow();
        bar.update(session.stepCount);
      } catch (error) {
        failure = error;
        stop.abort();
      }
    });
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  try {
    await session.train(job.steps, AbortSignal.any([stop.signal, watching.signal]));
  } finally {
    clearInterval(timer);
    await looking;
    bar.stop();
  }
  if (failure !== undefined) throw failure;
  await log.follow();
  if (session.stepCount < job.steps && !session.validation?.stoppedEarly) {
    throw new Interrupted(`Stopped after ${count(session.stepCount)} of ${count(job.steps)} steps.`);
  }
  const result = await session.result();
  requireSoundResult(result, job);
  return result;
}

/** Says on stderr that a lost device was replaced. */
export function noticeRecovery({ lostAtStep, resumedFromStep }: Recovery): void {
  notice(
    `The GPU device was lost at step ${count(lostAtStep)}; the run goes on from step ${count(resumedFromStep)} ` +
      'on a new one.',
  );
}

/** Reads the losses that are new, checks them, and prints the log lines among them. */
class LogFollower {
  #nextStep: number;

  constructor(
    private readonly session: TrainingSession,
    private readonly watching: Watching,
    private readonly bar: ProgressBar,
  ) {
    // A run that goes on from a file has said the others.
    this.#nextStep = session.stepCount;
  }

  async follow(): Promise<void> {
    const { logEvery, printLines } = this.watching;
    if (this.session.stepCount === this.#nextStep) return;
    const from = this.#nextStep;
    const losses = await this.session.losses(from);
    this.#nextStep += losses.length;
    const diverged = losses.findIndex((loss) => !Number.isFinite(loss));
    const end = diverged < 0 ? losses.length : diverged;
    const lines: string[] = [];
    for (let i = (logEvery - (from % logEvery)) % logEvery; i < end; i += logEvery) {
      lines.push(errorLine(from + i, losses[i]));
    }
    if (printLines && lines.length > 0) await this.bar.above(() => printLines(lines.join('\n')));
    if (diverged >= 0) {
      const { job, data } = this.session;
      throw lossDiverged({ step: from + diverged, loss: losses[diverged] }, job, data);
    }
  }
}
