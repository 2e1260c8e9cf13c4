import { availableParallelism } from 'node:os';
import type { JobName, PopulationName } from './jobs.ts';

/** The strategies of handgrad's GPU path; a new one is one more word. */
const gpuStrategies = ['layered', 'unrolled', 'fused'] as const;
/** Steps in one `jit` of jax-js. */
const stepsPerJit = [1, 10, 50] as const;

/** Systems that one requirement counts as one: the best of them is compared. */
export type Group =
  | 'handgrad GPU'
  | 'handgrad CPU'
  | 'jax-js WebGPU'
  | 'jax-js wasm'
  | 'TensorFlow.js WebGPU'
  | 'TensorFlow.js wasm'
  | 'TensorFlow.js CPU'
  | 'NumPy'
  | 'PyTorch'
  | PopulationGroup;

/** Those that train many networks. */
export type PopulationGroup =
  'handgrad GPU, all networks at once' | 'handgrad CPU, one core' | 'handgrad CPU, all cores' | 'jax-js vmap';

/** A system that is timed. */
export interface SystemEntry {
  /** What `--systems` names; `--systems jax` means every id that begins with `jax-`. */
  readonly id: string;
  readonly label: string;
  readonly group: Group;
  /** Python, or the browser (Dawn with `--node`), on its GPU or its CPU. */
  readonly runsOn: 'gpu' | 'cpu' | 'python';
  /** A file of `systems/`, or what python_peers.py calls it. */
  readonly module: string;
  readonly variant: string;
  /** Steps that one call trains as a whole: runs take a multiple of it. */
  readonly stepsPerCall: number;
  /** The only jobs it takes part in; every job if absent. */
  readonly jobs?: readonly JobName[];
  /** Of a population: every network, a sample that fits a core, or so many; one network alone if absent. */
  readonly networks?: 'all' | 'sample' | number;
  /** Hosts that train at once, each its own networks; 1 if absent. */
  readonly hostCount?: number;
}

const handgrad: readonly SystemEntry[] = [
  ...gpuStrategies.map((strategy) => ({
    id: `handgrad-${strategy}`,
    label: `handgrad GPU, ${strategy}`,
    group: 'handgrad GPU' as const,
    runsOn: 'gpu' as const,
    module: 'handgrad',
    variant: strategy,
    stepsPerCall: 1,
  })),
  {
    id: 'handgrad-cpu',
    label: 'handgrad CPU, float64',
    group: 'handgrad CPU',
    runsOn: 'cpu',
    module: 'handgrad',
    variant: 'cpu',
    stepsPerCall: 1,
  },
];

const jax: readonly SystemEntry[] = (['webgpu', 'wasm'] as const).flatMap((device) =>
  stepsPerJit.map((steps) => {
    const group = device === 'webgpu' ? ('jax-js WebGPU' as const) : ('jax-js wasm' as const);
    return {
      id: `jax-${device}-${steps}`,
      label: `${group}, ${steps} ${steps === 1 ? 'step' : 'steps'} per jit`,
      group,
      runsOn: device === 'webgpu' ? ('gpu' as const) : ('cpu' as const),
      module: 'jax',
      variant: `${device}-${steps}`,
      stepsPerCall: steps,
    };
  }),
);

const tensorflow: readonly SystemEntry[] = [
  tensorflowEntry('TensorFlow.js WebGPU', 'webgpu', 'gpu'),
  tensorflowEntry('TensorFlow.js wasm', 'wasm', 'cpu'),
  // Plain JavaScript, like handgrad's CPU path: compared where both have enough to do.
  { ...tensorflowEntry('TensorFlow.js CPU', 'cpu', 'cpu'), jobs: ['digits', 'mnist'] },
];

const python: readonly SystemEntry[] = [
  pythonEntry('NumPy', 'numpy', 'float64'),
  pythonEntry('NumPy', 'numpy', 'float32'),
  pythonEntry('PyTorch', 'pytorch', 'float32'),
];

/** In the order in which they take turns. */
export const systemEntries: readonly SystemEntry[] = [...handgrad, ...tensorflow, ...jax, ...python];

const coreCount = availableParallelism();

/** Those that train a population, in the order in which they take turns. */
export const populationEntries: readonly SystemEntry[] = [
  populationOnGpu('all'),
  populationOnCpu('handgrad CPU, one core', 1),
  populationOnCpu('handgrad CPU, all cores', coreCount),
  ...stepsPerJit.map((steps) => ({
    id: `jax-vmap-${steps}`,
    label: `jax-js WebGPU, vmap, ${steps} ${steps === 1 ? 'step' : 'steps'} per jit`,
    group: 'jax-js vmap' as const,
    runsOn: 'gpu' as const,
    module: 'jax',
    variant: `vmap-${steps}`,
    stepsPerCall: steps,
    networks: 'all' as const,
  })),
];

/** The GPU path with ever more networks, on this job. */
export const scalingJob: PopulationName = 'notebook-population';
export const scalingEntries: readonly SystemEntry[] = [1, 4, 16, 64, 256, 1024, 4096].map(populationOnGpu);

function populationOnGpu(networks: 'all' | number): SystemEntry {
  return {
    id: networks === 'all' ? 'handgrad-gpu' : `handgrad-gpu-${networks}`,
    label: networks === 'all' ? 'handgrad GPU' : `handgrad GPU, K = ${networks.toLocaleString('en-US')}`,
    group: 'handgrad GPU, all networks at once',
    runsOn: 'gpu',
    module: 'handgrad',
    variant: 'population',
    stepsPerCall: 1,
    networks,
  };
}

/** Network after network, on each core its own. */
function populationOnCpu(group: PopulationGroup, hostCount: number): SystemEntry {
  return {
    id: group === 'handgrad CPU, one core' ? 'handgrad-cpu-one' : 'handgrad-cpu-all',
    label: group === 'handgrad CPU, one core' ? group : `${group} (${hostCount})`,
    group,
    runsOn: 'cpu',
    module: 'handgrad',
    variant: 'cpu',
    stepsPerCall: 1,
    networks: 'sample',
    hostCount,
  };
}

function tensorflowEntry(group: Group, variant: string, runsOn: 'gpu' | 'cpu'): SystemEntry {
  return {
    id: `tensorflow-${variant}`,
    label: group,
    group,
    runsOn,
    module: 'tensorflow',
    variant,
    stepsPerCall: 1,
  };
}

function pythonEntry(group: Group, module: string, variant: string): SystemEntry {
  const id = `${module}-${variant}`;
  return { id, label: `${group}, ${variant}`, group, runsOn: 'python', module, variant, stepsPerCall: 1 };
}
