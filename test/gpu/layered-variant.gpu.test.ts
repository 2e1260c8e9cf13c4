import { expect, it } from 'vitest';
import { initialParameters } from '../../src/core/job.ts';
import { layOutNetwork } from '../../src/core/network.ts';
import { cpuBackend } from '../../src/cpu/cpu-trainer.ts';
import { encode } from '../../src/gpu/kernels.ts';
import { createBackwardPass, createForwardPass } from '../../src/gpu/layered-network.ts';
import { layeredVariants, type MatmulVariant } from '../../src/gpu/layered-variant.ts';
import { closeness, report } from '../support/close.ts';
import { readAll, withDevice } from '../support/device.ts';
import { randomJob } from '../support/jobs.ts';

const COARSE = 'coarse on purpose: the kernels’ own tests are the sharp ones';
/** Several layers; one wide enough for every kernel. */
const seeds = [0, 3, 13, 37];
const matmuls: readonly MatmulVariant[] = ['simple', 'blocked', 'quads', 'tiled'];

it.each(matmuls)('gradients of whole networks with kernels "%s" equal the reference', (matmul) =>
  withDevice(async (gpu, scope) => {
    const variant = layeredVariants(gpu).find((each) => each.matmul === matmul);
    if (!variant) {
      // Every adapter runs the others.
      expect(matmul).toBe('quads');
      return;
    }
    for (const seed of seeds) {
      const { name, job, data } = randomJob(seed, 1);
      const network = layOutNetwork(data.inputCount, job.layers);
      const { rowCount } = data;
      const parameters = scope.upload('parameters', [network.parameterCount], initialParameters(job, data));
      const context = { gpu, scope, network, rowCount, parameters, variant };
      const inputs = scope.upload('inputs', [rowCount, data.inputCount], data.inputs);
      const targets = scope.upload('targets', [rowCount, data.outputCount], data.targets);
      const forward = await createForwardPass(context, inputs);
      const backward = await createBackwardPass(context, forward, targets, job);
      const encoder = gpu.device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (const each of [...forward.dispatches, backward.outputGradient, ...backward.dispatches])
        encode(pass, each);
      pass.end();
      gpu.device.queue.submit([encoder.finish()]);

      const expected = await (await cpuBackend.createTrainer(job, data)).gradients();
      const largest = expected.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
      const actual = await readAll(gpu, backward.gradients);
      report(`${name}, ${matmul}`, closeness(actual, expected, 1e-5 * largest), COARSE);
    }
  }),
);
