import { integerPower } from './integer-power.ts';

/** How the learning rate follows the steps. */
export interface Schedule {
  /** How people read it in a menu. */
  readonly label: string;
  /** The factor of step t (0, 1, …) of a run of `steps`. */
  factor(t: number, steps: number, settings: ScheduleSettings): number;
}

/** What a person chooses of a schedule. */
export interface ScheduleSettings {
  readonly kind: ScheduleName;
  /** Of `step`: steps from one change to the next. */
  readonly every?: number;
  /** Of `step` and `exponential`: the factor of each change, 0 … 1. */
  readonly gamma?: number;
  /** Steps over which the learning rate rises to where it belongs, linearly. */
  readonly warmupSteps?: number;
}

export type ScheduleName = 'constant' | 'step' | 'exponential' | 'cosine';

/** Every schedule handgrad knows. They need no WGSL: the host hands the device a learning rate a step. */
export const schedules: Readonly<Record<ScheduleName, Schedule>> = {
  constant: { label: 'constant', factor: () => 1 },
  step: {
    label: 'in steps',
    factor: (t, _steps, { every = 1000, gamma = 0.5 }) => integerPower(gamma, Math.floor(t / every)),
  },
  exponential: { label: 'exponential', factor: (t, _steps, { gamma = 0.999 }) => integerPower(gamma, t) },
  // Loshchilov & Hutter 2017, without restarts.
  cosine: { label: 'cosine', factor: (t, steps) => 0.5 * (1 + Math.cos((Math.PI * t) / steps)) },
};

export const scheduleNames = Object.keys(schedules) as ScheduleName[];

/** The factor of the learning rate at step t, warm-up included: that of its first W steps is (t + 1) / W. */
export function scheduleFactor(settings: ScheduleSettings | undefined, t: number, steps: number): number {
  if (!settings) return 1;
  const { kind, warmupSteps = 0 } = settings;
  const warmup = t < warmupSteps ? (t + 1) / warmupSteps : 1;
  return warmup * schedules[kind].factor(t, steps, settings);
}
