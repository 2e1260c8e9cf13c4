/**
 * What the adapter itself can do: a loop of multiply-adds on registers, and a copy from buffer to buffer. The
 * share of these a training step reaches is what says how good a kernel is, on any adapter.
 */
export interface Ceilings {
  /** Float32 multiplications and additions, in 10⁹ a second. */
  readonly multiplyAddGflops: number;
  /** The same where every round of the loop has one multiply-add a sum: what the loop itself leaves. */
  readonly plainLoopGflops: number;
  /** Bytes read plus bytes written by a copy, in 10⁹ a second. */
  readonly copyGigabytesPerSecond: number;
}

/** A way of writing the loop. Which one is fastest differs between adapters; the ceiling is the best of them. */
interface LoopShape {
  readonly type: 'f32' | 'vec4f';
  /** Sums that do not wait for one another. */
  readonly chains: number;
  /** Multiply-adds of each sum in a round: on a software adapter a loop's own jump costs more than its body. */
  readonly unrolled: number;
}

const LOOP_SHAPES: readonly LoopShape[] = [
  { type: 'vec4f', chains: 4, unrolled: 1 },
  { type: 'vec4f', chains: 8, unrolled: 1 },
  { type: 'vec4f', chains: 2, unrolled: 16 },
  { type: 'vec4f', chains: 4, unrolled: 8 },
  { type: 'f32', chains: 8, unrolled: 16 },
  { type: 'f32', chains: 8, unrolled: 64 },
];
const WORKGROUP_SIZE = 64;
const WORKGROUP_COUNT = 1024;
const FIRST_ROUNDS = 16;
const COPY_BYTES = 64 * 2 ** 20;
/** Long enough that a submit does not count, far below what a watchdog allows. */
const LEAST_MS = 60;
const REPETITIONS = 5;

/** Measures both; the best of several, because a ceiling is what can be reached. */
export async function measureCeilings(): Promise<Ceilings> {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('There is no adapter to measure the ceilings of.');
  const device = await adapter.requestDevice({ label: 'ceilings' });
  try {
    let [multiplyAddGflops, plainLoopGflops] = [0, 0];
    for (const shape of LOOP_SHAPES) {
      const gflops = await measureMultiplyAdd(device, shape);
      multiplyAddGflops = Math.max(multiplyAddGflops, gflops);
      if (shape.unrolled === 1) plainLoopGflops = Math.max(plainLoopGflops, gflops);
    }
    return { multiplyAddGflops, plainLoopGflops, copyGigabytesPerSecond: await measureCopy(device) };
  } finally {
    device.destroy();
  }
}

async function measureMultiplyAdd(device: GPUDevice, shape: LoopShape): Promise<number> {
  const module = device.createShaderModule({ code: multiplyAddShader(shape) });
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
  const resultBytes = 4 * WORKGROUP_SIZE * WORKGROUP_COUNT;
  const results = device.createBuffer({ size: resultBytes, usage: GPUBufferUsage.STORAGE });
  const settings = device.createBuffer({
    size: 16,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [
      { binding: 0, resource: { buffer: settings } },
      { binding: 1, resource: { buffer: results } },
    ],
  });
  const perSecond = await bestRate(device, (encoder, rounds) => {
    device.queue.writeBuffer(settings, 0, Uint32Array.of(rounds));
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(WORKGROUP_COUNT);
    pass.end();
  });
  const { type, chains, unrolled } = shape;
  const multiplyAdds = (type === 'f32' ? 1 : 4) * chains * unrolled * WORKGROUP_SIZE * WORKGROUP_COUNT;
  return (perSecond * 2 * multiplyAdds) / 1e9;
}

async function measureCopy(device: GPUDevice): Promise<number> {
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const [from, to] = [0, 1].map(() => device.createBuffer({ size: COPY_BYTES, usage }));
  const perSecond = await bestRate(device, (encoder, rounds) => {
    for (let round = 0; round < Math.ceil(rounds / FIRST_ROUNDS); round++) {
      encoder.copyBufferToBuffer(from, 0, to, 0, COPY_BYTES);
    }
  });
  return ((perSecond / FIRST_ROUNDS) * 2 * COPY_BYTES) / 1e9;
}

/** Rounds a second of what `encode` encodes, with rounds doubled until they take long enough to be timed. */
async function bestRate(
  device: GPUDevice,
  encode: (encoder: GPUCommandEncoder, rounds: number) => void,
): Promise<number> {
  const timeOf = async (rounds: number): Promise<number> => {
    const encoder = device.createCommandEncoder();
    encode(encoder, rounds);
    const commands = encoder.finish();
    const start = performance.now();
    device.queue.submit([commands]);
    await device.queue.onSubmittedWorkDone();
    return performance.now() - start;
  };
  let rounds = FIRST_ROUNDS;
  while ((await timeOf(rounds)) < LEAST_MS && rounds < 2 ** 30) rounds *= 2;
  let leastMs = Infinity;
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    leastMs = Math.min(leastMs, await timeOf(rounds));
  }
  return rounds / (leastMs / 1000);
}

/** Factor and summand come at run time, so that nothing can be folded; the sums are written, so nothing is dead. */
function multiplyAddShader({ type, chains, unrolled }: LoopShape): string {
  const names = Array.from({ length: chains }, (_, chain) => `chain${chain}`);
  const multiplyAdds = names.map((name) => `${name} = ${name} * factor + start;`).join('\n');
  return `
    struct Settings { rounds: u32 }
    @group(0) @binding(0) var<uniform> settings: Settings;
    @group(0) @binding(1) var<storage, read_write> results: array<f32>;

    @compute @workgroup_size(${WORKGROUP_SIZE})
    fn main(@builtin(global_invocation_id) id: vec3u) {
      let start = ${type}(f32(id.x) * 1e-6);
      let factor = ${type}(0.999 + f32(settings.rounds & 1u) * 1e-7);
      ${names.map((name, chain) => `var ${name} = start + ${chain + 1}.0;`).join('\n')}
      for (var round = 0u; round < settings.rounds; round++) {
        ${Array<string>(unrolled).fill(multiplyAdds).join('\n')}
      }
      let sum = ${names.join(' + ')};
      results[id.x] = ${type === 'f32' ? 'sum' : 'sum.x + sum.y + sum.z + sum.w'};
    }`;
}
