import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { readSafetensors, writeSafetensors, type Tensor } from '../../src/exchange/safetensors.ts';
import { fileOf, pythonFile, pythonTensors } from './support.ts';

const RUNS = process.env.HANDGRAD_FULL ? 100_000 : 10_000;

describe('a file that Python wrote', () => {
  it('is read, float32 and float64, metadata left out', () => {
    expect(readSafetensors(pythonFile('with metadata'))).toEqual(pythonTensors);
  });

  it('is what handgrad writes, byte for byte', () => {
    expect(writeSafetensors(pythonTensors)).toEqual(pythonFile('plain'));
  });

  it('is read wherever it lies in memory', () => {
    const file = pythonFile('plain');
    for (const offset of [0, 1, 3, 4]) {
      const memory = new Uint8Array(file.length + 8).fill(255);
      memory.set(file, offset);
      expect(readSafetensors(memory.subarray(offset, offset + file.length))).toEqual(pythonTensors);
    }
    expect(readSafetensors(file.buffer)).toEqual(pythonTensors);
  });
});

describe('reading', () => {
  it('takes any name, an empty shape and a size of 0', () => {
    const tensors = new Map<string, Tensor>([
      ['', { dtype: 'F64', shape: [0, 5], data: new Float64Array(0) }],
      ['__proto__', { dtype: 'F64', shape: [], data: Float64Array.of(1) }],
      ['constructor', { dtype: 'F64', shape: [1], data: Float64Array.of(2) }],
      ['"\\\n🙂', { dtype: 'F32', shape: [1, 2], data: Float64Array.of(3, 4) }],
    ]);
    expect(readSafetensors(writeSafetensors(tensors))).toEqual(tensors);
    expect(readSafetensors(writeSafetensors(new Map())).size).toBe(0);
  });

  it('gives back what was written, to the last bit', () => {
    const tensor = fc.record({ isFloat32: fc.boolean(), shape: fc.array(fc.nat(4), { maxLength: 3 }) });
    const number = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), tensor), number, (described, value) => {
        const tensors = new Map<string, Tensor>();
        for (const [name, { isFloat32, shape }] of Object.entries(described)) {
          if (name === '__metadata__') continue;
          const count = shape.reduce((product, size) => product * size, 1);
          const data = new Float64Array(count).map((_, at) => (isFloat32 ? value : value / (at + 3)));
          tensors.set(name, { dtype: isFloat32 ? 'F32' : 'F64', shape, data });
        }
        expect(readSafetensors(writeSafetensors(tensors))).toEqual(tensors);
      }),
      { numRuns: RUNS / 10 },
    );
  });
});

it('more to say than is read is not written', () => {
  const said = new Map([['a', 'x'.repeat(2 ** 25)]]);
  expect(() => writeSafetensors(new Map(), said)).toThrow('at most 33,554,432 are written');
});

describe('one sentence for', () => {
  const one = { dtype: 'F64', shape: [1], data_offsets: [0, 8] };
  test.each([
    [
      'an empty file',
      new Uint8Array(0),
      'The safetensors file is cut off: it has 0 bytes, and the length of its header alone takes 8. Save it again.',
    ],
    [
      'a header that is cut off',
      pythonFile('plain').subarray(0, 100),
      'The safetensors file says its header has 216 bytes, but only 92 follow: it is cut off. Save it again.',
    ],
    [
      'data that are cut off',
      pythonFile('plain').subarray(0, -4),
      'The tensor "layers.0.weight" ends at byte 72 of the data, which has 68: the safetensors file is cut off. Save it again.',
    ],
    [
      'another kind of file',
      new TextEncoder().encode('PK\u0003\u0004 a zip file, as torch.save writes it'),
      'The safetensors file says its header has 8,800,140,462,016,121,680 bytes; at most 33,554,432 are read. Choose a file in the safetensors format.',
    ],
    [
      'a header that is no JSON',
      fileOf('{"a":', 0),
      'The header of the safetensors file is not JSON in UTF-8. Choose a file in the safetensors format, or save it again.',
    ],
    [
      'a header that is no UTF-8',
      Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x22, 0xff),
      'The header of the safetensors file is not JSON in UTF-8. Choose a file in the safetensors format, or save it again.',
    ],
    [
      'a header that is a list',
      fileOf('[]', 0),
      'The header of the safetensors file is a list, not an object that names tensors. Save it again.',
    ],
    [
      'a name twice',
      fileOf(`{"a":${JSON.stringify(one)},"\\u0061":${JSON.stringify(one)}}`, 8),
      'The header of the safetensors file has "a" twice. Give every tensor a name of its own.',
    ],
    [
      'a key of a tensor twice',
      fileOf('{"a":{"dtype":"F64","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
      'The header of the safetensors file has "dtype" twice. Give every tensor a name of its own.',
    ],
    [
      'a tensor that is a number',
      fileOf({ a: 1 }, 0),
      'The safetensors file describes "a" by a number, not by dtype, shape and data_offsets. Save it again.',
    ],
    ...['F16', 'BF16', 'I64'].map((dtype): [string, Uint8Array, string] => [
      `the type ${dtype}`,
      fileOf({ a: { ...one, dtype } }, 8),
      `The tensor "a" is of type ${dtype}; F32 and F64 are read. Save it as float32, in PyTorch with .float().`,
    ]),
    [
      'a shape of −1',
      fileOf({ a: { ...one, shape: [-1] } }, 8),
      'The shape of the tensor "a" must be a list of whole numbers of 0 or more; it is [-1]. Save it again.',
    ],
    [
      'no shape',
      fileOf({ a: { dtype: 'F64', data_offsets: [0, 8] } }, 8),
      'The shape of the tensor "a" must be a list of whole numbers of 0 or more; it is missing. Save it again.',
    ],
    [
      'offsets the wrong way round',
      fileOf({ a: { ...one, data_offsets: [8, 0] } }, 8),
      'The data_offsets of the tensor "a" must be two byte positions in order; they are [8,0]. Save it again.',
    ],
    [
      'a shape that does not fit',
      fileOf({ a: { ...one, shape: [3, 2] } }, 8),
      'The tensor "a" of shape [3,2] in F64 takes 48 bytes, but its data_offsets span 8. Save the file again.',
    ],
    [
      'a huge tensor',
      fileOf({ a: { dtype: 'F64', shape: [2 ** 40], data_offsets: [0, 2 ** 43] } }, 8),
      'The tensor "a" ends at byte 8,796,093,022,208 of the data, which has 8: the safetensors file is cut off. Save it again.',
    ],
    [
      'tensors that overlap',
      fileOf({ a: { ...one, shape: [2], data_offsets: [0, 16] }, b: { ...one, data_offsets: [8, 16] } }, 16),
      'The tensors "a" and "b" overlap in the safetensors file. Save it again.',
    ],
    [
      'a hole',
      fileOf({ a: one, b: { ...one, data_offsets: [12, 20] } }, 20),
      'Bytes 8 to 11 of the data of the safetensors file belong to no tensor. Save it again.',
    ],
    [
      'bytes behind the last tensor',
      fileOf({ a: one }, 9),
      'Bytes 8 to 8 of the data of the safetensors file belong to no tensor. Save it again.',
    ],
    [
      'NaN',
      withLast(NaN),
      'Number 1 of the tensor "a" is NaN; parameters are finite numbers. Save a network that has not diverged.',
    ],
    [
      'an infinite number',
      withLast(-Infinity),
      'Number 1 of the tensor "a" is -Infinity; parameters are finite numbers. Save a network that has not diverged.',
    ],
  ])('%s', (_what, file, sentence) => {
    expect(() => readSafetensors(file)).toThrow(new InputError(sentence));
  });

  function withLast(value: number): Uint8Array {
    const file = fileOf({ a: one }, 8);
    new DataView(file.buffer).setFloat64(file.length - 8, value, true);
    return file;
  }

  test.each([
    [
      'a name that is kept',
      ['__metadata__', { dtype: 'F64', shape: [], data: Float64Array.of(1) }],
      'A tensor cannot be named __metadata__, which the format keeps for itself. Rename it.',
    ],
    [
      'data that do not fill the shape',
      ['a', { dtype: 'F64', shape: [2, 2], data: Float64Array.of(1) }],
      'The tensor "a" of shape [2, 2] takes 4 numbers; it was given 1. Give it one number per entry.',
    ],
    [
      'a number beyond float32',
      ['a', { dtype: 'F32', shape: [1], data: Float64Array.of(1e39) }],
      'Number 1 of the tensor "a" is 1e+39; float32 holds numbers within ±3.4e38. Write it as float64.',
    ],
  ] as [string, [string, Tensor], string][])('writing %s', (_what, tensor, sentence) => {
    expect(() => writeSafetensors(new Map([tensor]))).toThrow(new InputError(sentence));
  });
});

describe('whatever the bytes are', () => {
  /** Reads, or refuses with a sentence; says which. */
  function isRead(file: Uint8Array): boolean {
    try {
      const tensors = readSafetensors(file);
      const held = [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
      expect(4 * held).toBeLessThanOrEqual(file.length);
      return true;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      expect(error.message).toMatch(/^[^\n]{20,300}\.$/u);
      return false;
    }
  }

  it('random ones', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isShort) => {
        // Half of them say a length that could be, so that the header is looked at.
        if (isShort && bytes.length >= 8) bytes.set([bytes[0] % (bytes.length - 7), 0, 0, 0, 0, 0, 0, 0]);
        isRead(bytes);
      }),
      { numRuns: RUNS },
    );
  });

  it('a valid file with some changed, taken out or put in', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255), kind: fc.constantFrom(0, 1, 2) });
    let readCount = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = [...pythonFile('with metadata')];
        for (const { at, byte, kind } of changes) {
          bytes.splice(at % bytes.length, kind === 1 ? 0 : 1, ...(kind === 2 ? [] : [byte]));
        }
        if (isRead(Uint8Array.from(bytes))) readCount++;
      }),
      { numRuns: RUNS },
    );
    // Some changes are only to numbers.
    expect(readCount).toBeGreaterThan(RUNS / 100);
  });

  it('a header with any of its values changed', () => {
    const count = fc.oneof(fc.nat(4), fc.constantFrom(8, 16, -1, 1.5, 2 ** 31, 2 ** 53, 1e300, '8', null));
    const counts = fc.oneof(
      fc.array(count, { maxLength: 4 }),
      fc.json().map((text): unknown => JSON.parse(text)),
    );
    const described = fc.oneof(
      fc.record(
        {
          dtype: fc.constantFrom('F32', 'F64', 'F16', 'f32', '', 3, null),
          shape: counts,
          data_offsets: counts,
          __proto__: counts,
        },
        { requiredKeys: [], noNullPrototype: false },
      ),
      fc.constantFrom({ dtype: 'F64', shape: [1], data_offsets: [0, 8] }),
      fc.jsonValue(),
    );
    const name = fc.oneof(
      fc.constantFrom('__proto__', '__metadata__', 'a', 'constructor', '\u202e'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, described), { maxLength: 4 }), fc.nat(3), (entries, tail) => {
        const json = entries
          .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
          .join(',');
        isRead(fileOf(`{${json}}`, tail * 8));
      }),
      { numRuns: RUNS },
    );
  });

  it('a header nested very deeply, or with very many names', () => {
    expect(isRead(fileOf('['.repeat(1_000_000), 0))).toBe(false);
    expect(isRead(fileOf(`{"__metadata__":${'['.repeat(500_000)}${']'.repeat(500_000)}}`, 0))).toBe(true);
    const names = Array.from(
      { length: 100_000 },
      (_, at) => `"${at}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`,
    );
    expect(isRead(fileOf(`{${names.join(',')}}`, 0))).toBe(true);
    expect(isRead(fileOf(`{${names.join(',')},"7":{}}`, 0))).toBe(false);
  });
});
