import { afterEach, expect, test } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import type { TrainingJob } from '../../src/core/job.ts';
import type { Plan } from '../../src/core/plan.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { RunReplay, untrained } from '../../src/run-replay.ts';
import { TrainingSession } from '../../src/training-session.ts';
import { loseDevice } from '../support/device.ts';
import { smallJob } from '../support/jobs.ts';

afterEach(() => expect(allocatedBytes()).toBe(0));

const plans: readonly Plan[] = [
  { strategy: 'reference' },
  { strategy: 'layered', matmul: 'simple' },
  { strategy: 'unrolled', lanes: 1, sharing: 'none' },
  { strategy: 'fused', tile: 8 },
];
const { data, job: small } = smallJob(5, 300);
const job: TrainingJob = {
  ...small,
  optimizer: 'adam',
  batchSize: 7,
  schedule: { kind: 'cosine', warmupSteps: 10 },
};
async function parametersOf(session: TrainingSession): Promise<Float64Array> {
  const { parameters, lowParts } = await session.snapshot();
  return parameters.map((value, i) => value + lowParts[i]);
}

const backendOf = ({ strategy }: Plan) => (strategy === 'reference' ? 'cpu' : 'gpu');

test.each(plans)('a run is the same at any of its steps, forwards and backwards: %o', async (plan) => {
  const session = await TrainingSession.open(backendOf(plan), job, data, { plan });
  const seen = new Map<number, Float64Array>();
  for (const step of [0, 1, 40, 41, 150, 299, 300]) {
    await session.train(step - session.stepCount);
    seen.set(step, await parametersOf(session));
  }
  const replay = new RunReplay(session);
  for (const step of [300, 0, 150, 1, 41, 40, 299, 150, 300]) {
    expect(await replay.lookAt(step, (trainer) => trainer.parameters())).toEqual(seen.get(step));
  }
  expect(await parametersOf(session)).toEqual(seen.get(300));
  replay.dispose();
  session.dispose();
});

test.each(plans)('parameters put in the place of others are gone with the next look: %o', async (plan) => {
  const session = await TrainingSession.open(backendOf(plan), job, data, { plan });
  await session.train(100);
  const trained = await parametersOf(session);
  const parameters = trained.map((_, i) => Math.fround(Math.sin(i)));
  const replay = new RunReplay(session);
  expect(await replay.lookAt(100, (trainer) => trainer.parameters(), { parameters })).toEqual(parameters);
  expect(await replay.lookAt(100, (trainer) => trainer.parameters())).toEqual(trained);
  replay.dispose();
  session.dispose();
});

test('a device lost between two looks costs one of them nothing but time', async () => {
  const session = await TrainingSession.open('gpu', job, data, { plan: plans[2] });
  await session.train(60);
  const replay = new RunReplay(session);
  const before = await replay.lookAt(30, (trainer) => trainer.parameters());
  await loseDevice();
  expect(await replay.lookAt(30, (trainer) => trainer.parameters())).toEqual(before);
  replay.dispose();
  session.dispose();
});

test('a look that is given up leaves the next ones as they are', async () => {
  const long = { ...job, steps: 200_000 };
  const replay = new RunReplay(untrained(long, data));
  const controller = new AbortController();
  const given = replay.lookAt(200_000, (trainer) => trainer.parameters(), { signal: controller.signal });
  setTimeout(() => controller.abort(), 30);
  await expect(given).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  const again = new RunReplay(untrained(long, data));
  const expected = await again.lookAt(500, (trainer) => trainer.parameters());
  expect(await replay.lookAt(500, (trainer) => trainer.parameters())).toEqual(expected);
});

test('a step the run does not have is refused with those it has', async () => {
  const replay = new RunReplay(untrained(job, data));
  for (const step of [-1, 301, 1.5]) {
    const looked = replay.lookAt(step, async () => {});
    await expect(looked).rejects.toThrow(InputError);
    await expect(replay.lookAt(step, async () => {})).rejects.toThrow('from step 0 to 300');
  }
});

test.each(plans)('a run that trains is seen at the step it says: %o', async (plan) => {
  const long = { ...job, steps: 5_000_000 };
  const session = await TrainingSession.open(backendOf(plan), long, data, { plan });
  const stop = new AbortController();
  const training = session.train(long.steps, stop.signal);
  const seen = [];
  while (seen.length < 3) {
    const snapshot = await session.snapshot();
    if (snapshot.step > 0) seen.push(snapshot);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  stop.abort();
  await training;
  const replay = new RunReplay(session);
  for (const { step, parameters, lowParts } of seen) {
    const whole = parameters.map((value, i) => value + lowParts[i]);
    expect(await replay.lookAt(step, (trainer) => trainer.parameters())).toEqual(whole);
  }
  replay.dispose();
  session.dispose();
});
