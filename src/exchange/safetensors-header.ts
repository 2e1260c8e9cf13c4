import { InputError } from '../core/errors.ts';
import { formatCount, quote } from '../core/wording.ts';
import { repeatedKey } from './json-keys.ts';

/** The types of number handgrad reads and writes: float32 and float64. */
export type TensorType = 'F32' | 'F64';

/** Where a tensor lies in the data of a file, checked. */
export interface TensorEntry {
  readonly dtype: TensorType;
  readonly shape: readonly number[];
  /** The first byte, counted from the start of the data. */
  readonly begin: number;
  /** The byte behind the last one. */
  readonly end: number;
}

/** What stands in front of the data. */
interface Header {
  readonly entries: Map<string, TensorEntry>;
  /** What the file says of itself, by name. */
  readonly metadata: Map<string, string>;
  /** The byte of the file where the data begin. */
  readonly dataStart: number;
}

/** Bytes of the number in front of the header: its length. */
export const LENGTH_BYTES = 8;
/** A name of the header that is no tensor. */
export const METADATA = '__metadata__';
export const itemBytes: Record<TensorType, number> = { F32: 4, F64: 8 };
/** Thousands of long categories. The format allows three times as much, of which a crafted file could make gigabytes. */
export const MAX_HEADER_BYTES = 2 ** 25;

/**
 * Reads and checks the header of a safetensors file: what it says of each tensor fits the file, byte for byte.
 *
 * @throws InputError that says what does not
 */
export function readHeader(file: Uint8Array): Header {
  const length = headerLength(file);
  const dataStart = LENGTH_BYTES + length;
  const header = parseHeader(file.subarray(LENGTH_BYTES, dataStart));
  const entries = new Map<string, TensorEntry>();
  for (const [name, described] of Object.entries(header)) {
    if (name !== METADATA) entries.set(name, readEntry(quote(name), described));
  }
  requireWholeCover(entries, file.byteLength - dataStart);
  return { entries, metadata: readMetadata(header), dataStart };
}

/** Texts by name; anything else there is no business of ours. */
function readMetadata(header: object): Map<string, string> {
  const [, metadata] = Object.entries(header).find(([name]) => name === METADATA) ?? [];
  const said = isObject(metadata) ? Object.entries(metadata) : [];
  return new Map(said.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function headerLength(file: Uint8Array): number {
  const { byteLength } = file;
  if (byteLength < LENGTH_BYTES) {
    throw new InputError(
      `The safetensors file is cut off: it has ${byteLength} bytes, and the length of its header alone takes 8. Save it again.`,
    );
  }
  const length = new DataView(file.buffer, file.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  const left = byteLength - LENGTH_BYTES;
  if (length <= Math.min(left, MAX_HEADER_BYTES)) return Number(length);
  const said = `The safetensors file says its header has ${length.toLocaleString('en-US')} bytes`;
  if (length > MAX_HEADER_BYTES) {
    throw new InputError(
      `${said}; at most ${formatCount(MAX_HEADER_BYTES)} are read. Choose a file in the safetensors format.`,
    );
  }
  throw new InputError(`${said}, but only ${formatCount(left)} follow: it is cut off. Save it again.`);
}

function parseHeader(bytes: Uint8Array): object {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    throw new InputError(
      'The header of the safetensors file is not JSON in UTF-8. Choose a file in the safetensors format, or save it again.',
    );
  }
  if (!isObject(header)) {
    throw new InputError(
      `The header of the safetensors file is ${kindOf(header)}, not an object that names tensors. Save it again.`,
    );
  }
  const repeated = repeatedKey(text);
  if (repeated === undefined) return header;
  throw new InputError(
    `The header of the safetensors file has ${quote(repeated)} twice. Give every tensor a name of its own.`,
  );
}

function readEntry(name: string, described: unknown): TensorEntry {
  if (!isObject(described)) {
    throw new InputError(
      `The safetensors file describes ${name} by ${kindOf(described)}, not by dtype, shape and data_offsets. Save it again.`,
    );
  }
  const { dtype, shape, data_offsets: offsets } = described as Record<string, unknown>;
  if (dtype !== 'F32' && dtype !== 'F64') {
    const given = typeof dtype === 'string' ? quote(dtype).slice(1, -1) : kindOf(dtype);
    throw new InputError(
      `The tensor ${name} is of type ${given}; F32 and F64 are read. Save it as float32, in PyTorch with .float().`,
    );
  }
  if (!isCounts(shape)) {
    throw new InputError(
      `The shape of the tensor ${name} must be a list of whole numbers of 0 or more; it is ${jsonOf(shape)}. Save it again.`,
    );
  }
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw new InputError(
      `The data_offsets of the tensor ${name} must be two byte positions in order; they are ${jsonOf(offsets)}. Save it again.`,
    );
  }
  const [begin, end] = offsets;
  const needed = shape.reduce((product, size) => product * size, itemBytes[dtype]);
  if (needed !== end - begin) {
    throw new InputError(
      `The tensor ${name} of shape ${jsonOf(shape)} in ${dtype} takes ${formatCount(needed)} bytes, ` +
        `but its data_offsets span ${formatCount(end - begin)}. Save the file again.`,
    );
  }
  return { dtype, shape, begin, end };
}

/** Holds the tensors to lie one behind the other, from the first byte of the data to the last. */
function requireWholeCover(entries: ReadonlyMap<string, TensorEntry>, dataBytes: number): void {
  const inOrder = [...entries].toSorted(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  let before = '';
  for (const [name, { begin, end }] of inOrder) {
    if (end > dataBytes) {
      throw new InputError(
        `The tensor ${quote(name)} ends at byte ${formatCount(end)} of the data, which has ${formatCount(dataBytes)}: ` +
          'the safetensors file is cut off. Save it again.',
      );
    }
    if (begin < covered) {
      throw new InputError(
        `The tensors ${quote(before)} and ${quote(name)} overlap in the safetensors file. Save it again.`,
      );
    }
    if (begin > covered) throw unusedBytes(covered, begin);
    covered = end;
    before = name;
  }
  if (covered < dataBytes) throw unusedBytes(covered, dataBytes);
}

function unusedBytes(from: number, to: number): InputError {
  const place = `Bytes ${formatCount(from)} to ${formatCount(to - 1)} of the data of the safetensors file`;
  return new InputError(`${place} belong to no tensor. Save it again.`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return value === null ? 'null' : 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** A value of the header inside a sentence: short, on one line. */
function jsonOf(value: unknown): string {
  return value === undefined ? 'missing' : quote(JSON.stringify(value)).slice(1, -1);
}
