import { describe, expect, it } from 'vitest';
import { quartileRanks, quartilesBetween } from '../../src/core/loss-quartiles.ts';
import { quantile } from '../../src/core/quantile.ts';
import type { BufferScope } from '../../src/gpu/buffers.ts';
import type { Gpu } from '../../src/gpu/device.ts';
import { readAll, runKernel, withDevice } from '../support/device.ts';
import { Random } from '../support/random.ts';

const SUBNORMAL = 2 ** -149;
const LARGEST = 2 ** 128 - 2 ** 104;

/** Losses of every order of magnitude, some of them equal, some of them no numbers at all. */
const kinds: Record<string, (random: Random) => number> = {
  'of one magnitude': (random) => random.uniform(0, 1),
  'of every magnitude': (random) => 10 ** random.uniform(-44, 38),
  'of either sign': (random) => random.uniform(-2, 2),
  'many of them equal': (random) => random.pick([0.25, 0.5, 3]),
  'all equal': () => 0.3,
  'zeros of either sign': (random) => random.pick([0, -0, SUBNORMAL, -SUBNORMAL]),
  'some of them not finite': (random) => random.pick([0.1, 2, LARGEST, Number.NaN, Infinity, -Infinity]),
  'none of them finite': (random) => random.pick([Number.NaN, Infinity, -Infinity]),
};

/** What the kernel says of losses, row-major [kept losses, networkCount]. */
async function quantilesOf(
  { gpu, scope }: { readonly gpu: Gpu; readonly scope: BufferScope },
  losses: Float64Array,
  networkCount: number,
  ranks: readonly number[],
): Promise<Float32Array> {
  const count = losses.length / networkCount;
  const uploaded = scope.storage('ranks', [ranks.length]);
  gpu.device.queue.writeBuffer(uploaded.buffer, 0, Uint32Array.from(ranks));
  // The losses of a step before lie in front of them, and nothing counts them.
  const all = new Float64Array(networkCount + losses.length).fill(-7);
  all.set(losses, networkCount);
  const quantiles = scope.storage('quantiles', [count, ranks.length]);
  await runKernel(gpu, scope, 'loss-quantiles', {
    params: { firstLoss: 1, lossCount: count, networkCount, rankCount: ranks.length },
    buffers: { losses: scope.upload('losses', [count + 1, networkCount], all), ranks: uploaded, quantiles },
    constants: {},
    entries: [count * ranks.length, 1],
  });
  return readAll(gpu, quantiles);
}

/** The losses of one step in ascending order, −0 before 0. */
function sorted(losses: Float64Array): Float64Array {
  return losses.map((loss) => (Number.isFinite(loss) ? loss : Infinity)).toSorted();
}

describe('loss-quantiles.wgsl', () => {
  const cases = [1, 2, 63, 64, 4096].flatMap((networkCount) =>
    Object.entries(kinds).map(([kind, draw]) => ({ networkCount, kind, draw })),
  );
  it.each(cases)('finds quartiles among $networkCount losses $kind', ({ networkCount, draw }) =>
    withDevice(async (gpu, scope) => {
      const random = new Random(networkCount);
      const count = networkCount > 1000 ? 3 : 70;
      const losses = Float64Array.from({ length: count * networkCount }, () => Math.fround(draw(random)));
      const ranks = quartileRanks(networkCount);
      const ranked = await quantilesOf({ gpu, scope }, losses, networkCount, ranks);
      const quartiles = quartilesBetween(ranked, networkCount);
      for (let k = 0; k < count; k++) {
        const inOrder = sorted(losses.subarray(k * networkCount, (k + 1) * networkCount));
        expect([...ranked.subarray(k * ranks.length, (k + 1) * ranks.length)]).toEqual(
          ranks.map((rank) => inOrder[rank]),
        );
        const expected = [0, 0.25, 0.5, 0.75].map((share) => quantile(inOrder, share));
        expect([...quartiles.subarray(4 * k, 4 * k + 4)]).toEqual(
          // Between a number and infinity, or two infinities, there is no middle.
          expected.map((value) => (Number.isNaN(value) ? Infinity : value)),
        );
      }
    }),
  );

  it('finds every rank', () =>
    withDevice(async (gpu, scope) => {
      const random = new Random(1);
      const losses = Float64Array.from({ length: 63 }, () => Math.fround(random.uniform(-1, 3)));
      const ranks = Array.from(losses, (_, rank) => rank);
      expect([...(await quantilesOf({ gpu, scope }, losses, 63, ranks))]).toEqual([...sorted(losses)]);
    }));

  it('reaches every loss where the workgroups go on in the second dimension', () =>
    withDevice(async (gpu, scope) => {
      const count = 64 * 65_535 + 131;
      const losses = Float64Array.from({ length: count }, (_, i) => i);
      const quantiles = await quantilesOf({ gpu, scope }, losses, 1, [0]);
      expect(quantiles.length).toBe(count);
      expect(quantiles.every((value, i) => value === i)).toBe(true);
    }));
});
