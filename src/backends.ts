import type { Backend } from './core/job.ts';
import { cpuBackend } from './cpu/cpu-trainer.ts';
import { gpuBackend } from './gpu/gpu-backend.ts';

/** The one list of ways to train. */
export const backends: Readonly<Record<Backend['name'], Backend>> = { cpu: cpuBackend, gpu: gpuBackend };
