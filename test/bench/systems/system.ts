import type { BenchJob } from '../jobs.ts';

/** One way of training that is timed: a library on one device, one strategy, one setting. */
export interface System {
  /**
   * Makes ready to train `job.steps` steps from the job's initial parameters: opens the device and compiles on
   * the first call. Where the system cannot take the job it throws an error that says why.
   */
  open(job: BenchJob): Promise<Run>;
}

/** One run of a job. */
export interface Run {
  /** Trains every step. @returns the loss of each network's last step, before its update, read back to the host */
  train(): Promise<ArrayLike<number>>;
  /** [networkCount, parameterCount] in the layout of `layOutNetwork`, after `train`. */
  parameters(): Promise<Float32Array>;
  /** Frees what this run holds; what is compiled stays for the next. */
  dispose(): void;
}

/** What a file of this folder exports. */
export interface SystemModule {
  /** @param variant what of the library is timed: a device, a strategy, a count; the file says which there are */
  createSystem(variant: string): System;
}
