import { InputError } from '../core/errors.ts';
import { countOf, formatCount, quote } from '../core/wording.ts';
import {
  itemBytes,
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  METADATA,
  readHeader,
  type TensorEntry,
  type TensorType,
} from './safetensors-header.ts';

/** Numbers in a shape; float64 here, whatever they are stored as. */
export interface Tensor {
  readonly dtype: TensorType;
  /** [] is a single number. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float64Array;
}

/** Where the data begins is a multiple of this many bytes. */
const ALIGNMENT = 8;

/** What a file in the safetensors format holds. */
export interface TensorFile {
  /** By name. */
  readonly tensors: Map<string, Tensor>;
  /** What the file says of itself, by name; empty where it says nothing. */
  readonly metadata: Map<string, string>;
}

/**
 * Reads a file in the safetensors format (https://github.com/huggingface/safetensors): eight bytes with the length
 * of the header, the header in JSON, the numbers.
 *
 * @throws InputError that says what is wrong: where the file is cut off, its header, a type other than float32 and
 *   float64, bytes outside the file, in two tensors or in none, a number that is NaN or infinite
 */
export function readTensorFile(bytes: Uint8Array | ArrayBuffer): TensorFile {
  const file = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  const { entries, metadata, dataStart } = readHeader(file);
  const data = new DataView(file.buffer, file.byteOffset + dataStart, file.byteLength - dataStart);
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of entries) {
    const values = readNumbers(entry, data);
    requireFinite(name, values);
    tensors.set(name, { dtype: entry.dtype, shape: entry.shape, data: values });
  }
  return { tensors, metadata };
}

/** The tensors of such a file, by name, whatever else it says. @throws InputError as `readTensorFile` */
export function readSafetensors(bytes: Uint8Array | ArrayBuffer): Map<string, Tensor> {
  return readTensorFile(bytes).tensors;
}

function readNumbers({ dtype, begin, end }: TensorEntry, data: DataView): Float64Array {
  const size = itemBytes[dtype];
  const values = new Float64Array((end - begin) / size);
  // A view, since the data need not lie at a multiple of eight bytes.
  for (let i = 0, at = begin; i < values.length; i++, at += size) {
    values[i] = dtype === 'F32' ? data.getFloat32(at, true) : data.getFloat64(at, true);
  }
  return values;
}

function requireFinite(name: string, values: Float64Array): void {
  const faulty = values.findIndex((value) => !Number.isFinite(value));
  if (faulty < 0) return;
  throw new InputError(
    `Number ${formatCount(faulty + 1)} of the tensor ${quote(name)} is ${values[faulty]}; ` +
      'parameters are finite numbers. Save a network that has not diverged.',
  );
}

/**
 * Writes a file in the safetensors format, as the Python package does: float64 first, then by name.
 *
 * @param tensors by name
 * @param metadata what the file says of itself, by name
 * @throws InputError for a name the format keeps for itself, data that do not fill the shape, a number that is NaN
 *   or infinite or, in float32, too large, more to say than is read
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array<ArrayBuffer> {
  const inOrder = [...tensors].toSorted(([a, { dtype: typeA }], [b, { dtype: typeB }]) => {
    return itemBytes[typeB] - itemBytes[typeA] || (a < b ? -1 : 1);
  });
  const described: string[] = [];
  if (metadata.size > 0) described.push(`"${METADATA}":${JSON.stringify(Object.fromEntries(metadata))}`);
  let dataBytes = 0;
  for (const [name, tensor] of inOrder) {
    requireWritable(name, tensor);
    const { dtype, shape } = tensor;
    const begin = dataBytes;
    dataBytes += tensor.data.length * itemBytes[dtype];
    // Not from one object: `__proto__` is a legal name.
    described.push(
      `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, dataBytes] })}`,
    );
  }
  const header = new TextEncoder().encode(`{${described.join(',')}}`);
  const headerBytes = Math.ceil(header.length / ALIGNMENT) * ALIGNMENT;
  if (headerBytes > MAX_HEADER_BYTES) {
    throw new InputError(
      `What the file says of its tensors takes ${formatCount(headerBytes)} bytes; at most ` +
        `${formatCount(MAX_HEADER_BYTES)} are written. Use fewer or shorter categories.`,
    );
  }
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + dataBytes).fill(0x20, LENGTH_BYTES);
  file.set(header, LENGTH_BYTES);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerBytes), true);
  let at = LENGTH_BYTES + headerBytes;
  for (const [, { dtype, data }] of inOrder) {
    for (const value of data) {
      if (dtype === 'F32') view.setFloat32(at, value, true);
      else view.setFloat64(at, value, true);
      at += itemBytes[dtype];
    }
  }
  return file;
}

function requireWritable(name: string, { dtype, shape, data }: Tensor): void {
  if (name === METADATA) {
    throw new InputError(
      `A tensor cannot be named ${METADATA}, which the format keeps for itself. Rename it.`,
    );
  }
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== data.length) {
    throw new InputError(
      `The tensor ${quote(name)} of shape [${shape.join(', ')}] takes ${countOf(count, 'number')}; ` +
        `it was given ${formatCount(data.length)}. Give it one number per entry.`,
    );
  }
  requireFinite(name, data);
  if (dtype === 'F64') return;
  const tooLarge = data.findIndex((value) => !Number.isFinite(Math.fround(value)));
  if (tooLarge < 0) return;
  throw new InputError(
    `Number ${formatCount(tooLarge + 1)} of the tensor ${quote(name)} is ${data[tooLarge]}; float32 holds numbers ` +
      'within ±3.4e38. Write it as float64.',
  );
}
