import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeviceLostError, InputError, RefusalError } from '../../src/core/errors.ts';
import type { TrainingJob } from '../../src/core/job.ts';
import { notebookJob } from '../../src/core/notebook.ts';
import type { Plan } from '../../src/core/plan.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { openGpu } from '../../src/gpu/device.ts';
import { gpuBackend } from '../../src/gpu/gpu-backend.ts';
import { TrainingSession } from '../../src/training-session.ts';
import { loseDevice } from '../support/device.ts';
import { layersOf, orData } from '../support/jobs.ts';

/** Ends, losses and failures at moments that nobody plans for: nothing leaks, nobody else is harmed. */
const withSteps = (steps: number): TrainingJob => ({ ...notebookJob, steps });
const layered: Plan = { strategy: 'layered', matmul: 'simple' };
const unrolled: Plan = { strategy: 'unrolled', lanes: 1, sharing: 'none' };

afterEach(() => expect(allocatedBytes()).toBe(0));

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

describe('a trainer that cannot be made', () => {
  const job = { ...withSteps(10), layers: layersOf([9, 9, 1], 'tanh') };
  // On a device of its own, where no kernel is compiled yet.
  beforeEach(loseDevice);

  it.each(['output-gradient', 'hidden-gradient', 'matmul'])(
    'frees what it had when %s fails',
    async (kernel) => {
      const { device } = await openGpu();
      const real = device.createComputePipelineAsync.bind(device);
      device.createComputePipelineAsync = async (pipeline) => {
        if (pipeline.label?.includes(kernel)) throw new Error('no such kernel here');
        // Behind the failure, where a buffer made now would belong to nobody.
        await wait(250);
        return real(pipeline);
      };
      const created = gpuBackend.createTrainer(job, orData, layered);
      await expect(created).rejects.toThrow('no such kernel here');
      await wait(300);
      device.createComputePipelineAsync = real;
    },
  );

  it('leaves no failure unheard when the device is lost while the way back compiles', async () => {
    const { device } = await openGpu();
    const real = device.createComputePipelineAsync.bind(device);
    device.createComputePipelineAsync = async (pipeline) => {
      if (pipeline.label?.includes('output-gradient')) {
        device.destroy();
        await device.lost;
      }
      return real(pipeline);
    };
    // A rejection that nobody handles fails the whole test run.
    await expect(gpuBackend.createTrainer(job, orData, layered)).rejects.toThrow(DeviceLostError);
  });
});

describe('a trainer that is disposed of while it is asked something', () => {
  it.each(['predict', 'gradients'] as const)('%s: says so, and others train on', async (asked) => {
    const other = await gpuBackend.createTrainer(withSteps(2000), orData, layered);
    const training = other.train(2000);
    const trainer = await gpuBackend.createTrainer(withSteps(10), orData, unrolled);
    const answer = asked === 'predict' ? trainer.predict(orData.inputs) : trainer.gradients();
    trainer.dispose();
    await expect(answer).rejects.toThrow('disposed of');
    expect((await training).steps).toBe(2000);
    other.dispose();
  });

  it('paused and disposed of at once, its train ends without an error', async () => {
    const trainer = await gpuBackend.createTrainer(withSteps(200_000), orData, layered);
    const controller = new AbortController();
    const { device } = await openGpu();
    const real = device.createCommandEncoder.bind(device);
    device.createCommandEncoder = (settings) => {
      if (settings?.label === 'timestamps') queueMicrotask(() => trainer.dispose());
      return real(settings);
    };
    const training = trainer.train(200_000, controller.signal);
    await wait(40);
    controller.abort();
    expect((await training).steps).toBeLessThan(200_000);
    device.createCommandEncoder = real;
    trainer.dispose();
  });
});

describe('a session that is disposed of', () => {
  it.each(['cpu', 'gpu'] as const)('ends its train without an error (%s)', async (backend) => {
    const session = await TrainingSession.open(backend, withSteps(4_000_000), orData);
    const training = session.train();
    await wait(30);
    session.dispose();
    await training;
    expect(session.stepCount).toBeLessThan(4_000_000);
  });

  it('while a lost device is replaced: it does not train on', async () => {
    const session = await TrainingSession.open('gpu', withSteps(200_000), orData, { plan: layered });
    const training = session.train();
    await wait(150);
    await loseDevice();
    session.dispose();
    await training;
    expect(session.stepCount).toBeLessThan(200_000);
  });
});

describe('a session whose device is lost', () => {
  it('again, while the next one is made ready: takes the one after it', async () => {
    const session = await TrainingSession.open('gpu', withSteps(3000), orData, { plan: layered });
    const training = session.train();
    await wait(100);
    await loseDevice();
    const { device } = await openGpu();
    device.destroy();
    await training;
    expect(session.stepCount).toBe(3000);
    expect(session.recoveries.length).toBe(1);
    expect((await session.losses(0)).length).toBe(3000);
    session.dispose();
  });

  it('behind its last step: the result is fetched from another', async () => {
    const session = await TrainingSession.open('gpu', withSteps(300), orData, { plan: layered });
    await session.train();
    const before = await session.result();
    await loseDevice();
    const after = await session.result();
    session.dispose();
    expect(after.recoveries.length).toBe(1);
    expect(after.losses).toEqual(before.losses);
    expect(after.parameters).toEqual(before.parameters);
    expect(after.predictions).toEqual(before.predictions);
  });

  it('behind an early stop: the best parameters are fetched from another', async () => {
    // What is learnt is the opposite of this: the loss here rises from the first look on.
    const opposite = { ...orData, targets: orData.targets.map((target) => 1 - target) };
    const session = await TrainingSession.open('gpu', withSteps(3000), orData, {
      plan: layered,
      validation: { data: opposite, every: 20, patience: 3 },
    });
    await session.train();
    const before = await session.result();
    await loseDevice();
    const after = await session.result();
    session.dispose();
    expect(before.validation).toMatchObject({ stoppedEarly: true, keepsBest: true });
    expect(after.recoveries.length).toBe(1);
    expect(after.validation).toEqual(before.validation);
    expect(after.losses).toEqual(before.losses);
    expect(after.parameters).toEqual(before.parameters);
  });

  it('and finds no other: goes on once there is one', async () => {
    const session = await TrainingSession.open('gpu', withSteps(3000), orData, { plan: layered });
    const training = session.train();
    await wait(100);
    const { gpu } = navigator;
    const real = gpu.requestAdapter.bind(gpu);
    gpu.requestAdapter = async () => null;
    await loseDevice();
    const failure = await training.catch((error: unknown) => error);
    gpu.requestAdapter = real;
    expect(failure).toBeInstanceOf(DeviceLostError);
    expect(String(failure)).toMatch(
      /no other could be had .*offers no adapter.*go on from there on the CPU path/,
    );
    await session.train();
    expect(session.stepCount).toBe(3000);
    session.dispose();
  });
});

describe('a session that goes on from elsewhere', () => {
  it('frees its trainer if the snapshot does not fit, or losses are missing', async () => {
    const other = await TrainingSession.open('cpu', withSteps(50), orData);
    await other.train();
    const { lastSnapshot: snapshot } = other;
    const losses = await other.losses(0);
    const open = (from: { snapshot: typeof snapshot; losses: Float64Array }) =>
      TrainingSession.open('gpu', withSteps(60), orData, { plan: layered, from });
    const short = { ...snapshot, parameters: new Float64Array(3), lowParts: new Float64Array(3) };
    await expect(open({ snapshot: short, losses })).rejects.toThrow('holds 3 parameters; this network has 9');
    const few = losses.subarray(0, 20);
    await expect(open({ snapshot, losses: few })).rejects.toThrow(InputError);
    await expect(open({ snapshot, losses: few })).rejects.toThrow('at step 50, and there are 20 losses');
  });
});

describe('a device', () => {
  it('out of memory for reading back: whoever asked is told, and others train on', async () => {
    const other = await gpuBackend.createTrainer(withSteps(2000), orData, layered);
    const trainer = await gpuBackend.createTrainer(withSteps(10), orData, unrolled);
    const training = other.train(2000);
    const { device } = await openGpu();
    const real = device.createBuffer.bind(device);
    device.createBuffer = (buffer) =>
      real(buffer.label?.startsWith('readback') ? { ...buffer, size: device.limits.maxBufferSize } : buffer);
    const held: GPUBuffer[] = [];
    try {
      // As many as it takes; a software adapter has the memory of the machine.
      device.pushErrorScope('out-of-memory');
      for (let i = 0; i < 2000; i++) held.push(real({ size: device.limits.maxBufferSize, usage: 1 | 8 }));
      await device.popErrorScope();
      await expect(trainer.parameters()).rejects.toThrow(RefusalError);
    } finally {
      device.createBuffer = real;
      for (const buffer of held) buffer.destroy();
    }
    expect((await training).steps).toBe(2000);
    expect((await trainer.parameters()).length).toBe(9);
    trainer.dispose();
    other.dispose();
  });

  it('that fails late does not make its successor forgotten', async () => {
    const first = await openGpu();
    first.device.dispatchEvent(
      new GPUUncapturedErrorEvent('uncapturederror', { error: new GPUValidationError('planted') }),
    );
    const second = await openGpu();
    expect(second.device).not.toBe(first.device);
    first.device.destroy();
    await first.device.lost;
    expect((await openGpu()).device).toBe(second.device);
  });
});
