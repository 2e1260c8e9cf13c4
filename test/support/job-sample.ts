import type { NamedJob } from './jobs.ts';

/**
 * Fewer jobs of the same reach: those, in their order, with something that none before them has. Every loss, optimizer,
 * schedule, activation, depth and kind of batch that the jobs have between them is in the sample too.
 */
export function covering(jobs: readonly NamedJob[]): NamedJob[] {
  const known = new Set<string>();
  return jobs.filter((job) => {
    const traits = traitsOf(job);
    const isNew = traits.some((trait) => !known.has(trait));
    for (const trait of traits) known.add(trait);
    return isNew;
  });
}

/** What kernels treat in ways of their own. */
export function traitsOf({ job, data: { rowCount } }: NamedJob): string[] {
  const { layers, loss, optimizer, schedule, batchSize, shuffle, networks } = job;
  const hidden = layers.slice(0, -1).map(({ activation }) => activation);
  const isLastShort = batchSize !== undefined && rowCount % batchSize > 0;
  return [
    `loss ${loss}`,
    `optimizer ${optimizer}`,
    `schedule ${schedule?.kind ?? 'constant'}`,
    ...hidden.map((activation) => `hidden ${activation}`),
    `output ${layers[layers.length - 1].activation}`,
    ...layers.map(({ bias }) => (bias ? 'bias' : 'no bias')),
    `layers ${layers.length}`,
    new Set(hidden).size > 1 ? 'activations that differ' : 'one activation',
    batchSize === undefined ? 'all rows' : `batches, the last ${isLastShort ? 'short' : 'whole'}`,
    ...(batchSize === undefined ? [] : [shuffle ? 'shuffled' : 'in order']),
    networks[0].weightDecay ? 'weight decay' : 'no weight decay',
    rowCount === 1 ? 'one row' : rowCount < 24 ? 'few rows' : 'many rows',
  ];
}
