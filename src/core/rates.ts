import { integerPower } from './integer-power.ts';
import type { NetworkSettings, TrainingJob } from './job.ts';
import { optimizers, type Optimizer, type Rates } from './optimizers.ts';
import { scheduleFactor } from './schedules.ts';

/** Whether any step has other rates than the first. */
export function ratesVary({ optimizer, schedule }: TrainingJob): boolean {
  const { correctsBias }: Optimizer = optimizers[optimizer];
  const isConstant = !schedule || (schedule.kind === 'constant' && !schedule.warmupSteps);
  return correctsBias === true || !isConstant;
}

/** What a network's optimizer is set to: its own settings, the optimizer's defaults for the rest. */
export function ratesOf(job: TrainingJob, network: NetworkSettings = job.networks[0]): Rates {
  const { defaults }: Optimizer = optimizers[job.optimizer];
  const { learningRate, momentum, beta1, beta2, epsilon, weightDecay } = { ...defaults, ...network };
  return {
    learningRate,
    momentum,
    firstRate: 1 - beta1,
    secondRate: 1 - beta2,
    epsilon,
    weightDecay,
    l1: network.l1 ?? 0,
    firstCorrection: 1,
    secondCorrection: 1,
  };
}

/** The learning rate of step t (0, 1, …): the network's own times what the schedule says. */
export function learningRateAt({ networks, schedule, steps }: TrainingJob, t: number): number {
  return networks[0].learningRate * scheduleFactor(schedule, t, steps);
}

/** Brings what depends on the step up to step t (0, 1, …). */
export function moveRates(rates: Rates, job: TrainingJob, t: number): void {
  rates.learningRate = learningRateAt(job, t);
  correctRates(rates, job, t);
}

/** Brings the corrections of what the optimizer remembers up to step t. */
export function correctRates(rates: Rates, { optimizer }: TrainingJob, t: number): void {
  if (!('correctsBias' in optimizers[optimizer])) return;
  rates.firstCorrection = 1 / (1 - integerPower(1 - rates.firstRate, t + 1));
  rates.secondCorrection = 1 / Math.sqrt(1 - integerPower(1 - rates.secondRate, t + 1));
}
