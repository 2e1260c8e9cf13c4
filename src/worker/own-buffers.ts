/**
 * A copy of plain data that can be given to another thread whole: every array of numbers has a buffer of its own, and
 * a part of a larger one takes that part alone along.
 */
export function withOwnBuffers<T>(value: T): T {
  return copyOf(value) as T;
}

function copyOf(value: unknown): unknown {
  if (value instanceof Float64Array) return value.slice();
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copyOf(part)]));
}

/** The buffers of every array of numbers in plain data, each once. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  const collect = (part: unknown): void => {
    if (part instanceof Float64Array) {
      // A shared one is not given away.
      if (part.buffer instanceof ArrayBuffer) buffers.add(part.buffer);
    } else if (typeof part === 'object' && part !== null) {
      Object.values(part).forEach(collect);
    }
  };
  collect(value);
  return [...buffers];
}
