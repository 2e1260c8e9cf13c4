import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { activationNames } from '../../src/core/activations.ts';
import { InputError } from '../../src/core/errors.ts';
import { MAX_LEARNING_RATE } from '../../src/core/job-rules.ts';
import { MAX_SEED } from '../../src/core/numpy-random.ts';
import {
  readHiddenLayers,
  readNumberValues,
  readWholeValues,
  readWordsOfLayers,
  sweptText,
  type ValueList,
} from '../../src/core/sweep-range.ts';
import { readSweepAxis, sweptNames, type SweptName } from '../../src/core/sweep-settings.ts';

const read = (name: SweptName, text: string) => readSweepAxis(name, text).values;
const list = (...values: readonly unknown[]) => ({ kind: 'list', values });

describe('what can be written', () => {
  const texts: [name: SweptName, text: string, values: object][] = [
    ['seed', '7', list(7)],
    ['seed', ' 1 / 2/30 ', list(1, 2, 30)],
    ['seed', '1..256', { kind: 'range', from: 1, to: 256, scale: 'linear', isWhole: true }],
    ['seed', '0..4294967295', { kind: 'range', from: 0, to: MAX_SEED, scale: 'linear', isWhole: true }],
    ['seed', '5..5', list(5)],
    ['seed', '1..1000:linear:4', list(1, 334, 667, 1000)],
    ['seed', '1..3:linear:3', list(1, 2, 3)],
    ['learningRate', '0.1/0.01/1e-3', list(0.1, 0.01, 0.001)],
    ['learningRate', '0.001..1:log:4', list(0.001, 0.01, 0.1, 1)],
    ['learningRate', '1e-30..1e6:log:2', list(1e-30, 1e6)],
    ['learningRate', '0.001..1:log', { kind: 'range', from: 0.001, to: 1, scale: 'log', isWhole: false }],
    ['learningRate', '.5..1.', { kind: 'range', from: 0.5, to: 1, scale: 'linear', isWhole: false }],
    ['momentum', '0..0.9:linear:4', list(0, 0.3, 0.6, 0.9)],
    ['momentum', '0.5..0.5:linear:1', list(0.5)],
    ['epsilon', '0', list(0)],
    ['activations', 'relu/tanh', list(['relu'], ['tanh'])],
    ['activations', 'relu,tanh/sigmoid', list(['relu', 'tanh'], ['sigmoid'])],
    ['optimizer', 'sgd/adam', list('sgd', 'adam')],
    ['initializer', 'pytorch/he-normal', list('pytorch', 'he-normal')],
    ['hidden', '3/5/8', list([3], [5], [8])],
    ['hidden', '16,8/32/none', list([16, 8], [32], [])],
  ];

  test.each(texts)('%s %s', (name, text, values) => {
    expect(read(name, text)).toEqual(values);
  });

  it('has the numbers a person would write, not those of a quotient', () => {
    const tenths = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
    expect(readNumberValues('It', '0..0.9:linear:10', {})).toEqual(list(...tenths));
  });

  it('has both ends exactly, and the same ratio or difference between neighbours', () => {
    const end = fc.double({ min: 1e-12, max: 1e6, noNaN: true });
    const count = fc.integer({ min: 2, max: 300 });
    fc.assert(
      fc.property(end, end, count, fc.constantFrom('log', 'linear'), (a, b, valueCount, scale) => {
        fc.pre(Math.max(a, b) / Math.min(a, b) > 1.01);
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const found = readNumberValues('It', `${from}..${to}:${scale}:${valueCount}`, {});
        const { values } = found as ValueList<number>;
        expect([values.length, values[0], values.at(-1)]).toEqual([valueCount, from, to]);
        values.forEach((value, i) => {
          const share = i / (valueCount - 1);
          const expected = scale === 'log' ? from * (to / from) ** share : from + share * (to - from);
          // 12 digits are kept, and the logarithm of the smallest end costs some of the 16 there are.
          expect(Math.abs(value / expected - 1)).toBeLessThan(6e-12);
        });
      }),
    );
  });

  it('has every whole number once at most, in order', () => {
    const seed = fc.integer({ min: 0, max: MAX_SEED });
    fc.assert(
      fc.property(seed, seed, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, share) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        fc.pre(from < to);
        const valueCount = Math.max(2, Math.min(Math.ceil(share * (to - from + 1)), 500));
        const found = readWholeValues('It', `${from}..${to}:linear:${valueCount}`, {
          least: 0,
          most: MAX_SEED,
        });
        const { values } = found as ValueList<number>;
        expect([values[0], values.at(-1), new Set(values).size]).toEqual([from, to, valueCount]);
        expect(values).toEqual(values.filter(Number.isInteger).toSorted((x, y) => x - y));
      }),
    );
  });
});

describe('what is refused, with the number and what to write', () => {
  const refusals: [name: SweptName, text: string, ...said: string[]][] = [
    ['learningRate', '', 'The learning rate is empty. Write from..to:log:count (0.001..1:log:8), '],
    ['learningRate', '  ', 'The learning rate is empty.'],
    ['learningRate', '0.1//1', 'has an empty value in "0.1//1". Write'],
    ['learningRate', '0.1/', 'has an empty value in "0.1/"'],
    ['learningRate', '1/0.5/1.0', 'The learning rate has 1 twice in "1/0.5/1.0". Write it once.'],
    ['learningRate', '1..0.001:log:8', 'begins at 1 and ends below, at 0.001. Write 0.001..1:log:8.'],
    ['learningRate', '1..0.1', 'Write 0.1..1.'],
    ['learningRate', '0..1:log:8', 'this one begins at 0. Begin above 0 (0.001..1:log:8).'],
    ['weightDecay', '0..2:log:8', 'begins at 0. Begin above 0 (0.002..2:log:8), or write 0..2:linear:8.'],
    ['learningRate', '-1..1:log:8', 'a log range has ends above 0, and this one begins at -1. Begin above 0'],
    ['learningRate', '-2..-1:log:8', 'this one begins at -2. Begin above 0 (0.001..1:log:8).'],
    ['learningRate', '0.1..0.1:log:8', 'both ends are 0.1, which is 1 value and not 8. Write 0.1 alone'],
    [
      'learningRate',
      '0.1..1:log:1',
      '1 value cannot be both ends. Use a count of 2 or more, or write 0.1 alone',
    ],
    ['learningRate', '0.1..1:log:0', 'its count is "0". A count is a whole number from 1 to 65,536.'],
    ['learningRate', '0.1..1:log:2.5', 'its count is "2.5". A count is a whole number'],
    ['learningRate', '0.1..1:log:65537', 'its count is "65537". A count is a whole number from 1 to 65,536.'],
    ['learningRate', '0.1..1:log:', 'its count is empty. A count is a whole number'],
    ['learningRate', '0.1..1:log:many', 'its count is "many"'],
    ['learningRate', '0.1..1:8', 'its scale is "8". A scale is linear or log.'],
    ['learningRate', '0.1..1:log:8:9', 'behind the ends come a scale and a count, nothing else. Write'],
    ['learningRate', '0.1:log:8', 'a scale and a count belong to a range, which has two ends. Write'],
    ['learningRate', '0.1..0.2..0.3', 'a range has two ends. Write from..to:log:count'],
    ['learningRate', '0.1...5', 'there are three dots. Write a digit on both sides of a decimal point'],
    ['learningRate', '0.1..', 'an end of the range is empty'],
    ['learningRate', '..', 'an end of the range is empty'],
    ['learningRate', '0.1..1/2', 'it is a list and a range at once. Write one of them.'],
    [
      'learningRate',
      '1..1.0000000000001:linear:8',
      'its ends are too close for 8 values of 12 digits. Use a',
    ],
    ['learningRate', '0', 'must be a number of 1e-30 or more and at most 1,000,000, not "0".'],
    ['learningRate', '0.1..1e7:log:8', 'must be a number of 1e-30 or more and at most 1,000,000, not "1e7".'],
    ['learningRate', '0,1', 'not "0,1". Write from..to:log:count (0.001..1:log:8)'],
    ['learningRate', 'fast..1', 'not "fast". Write'],
    ['learningRate', 'NaN/Infinity', 'not "NaN". Write'],
    ['momentum', '0..1:linear:3', 'The momentum must be a number of 0 or more and below 1, not "1".'],
    [
      'seed',
      '256..1',
      'The seed cannot take "256..1": the range begins at 256 and ends below, at 1. Write 1..256.',
    ],
    ['seed', '1..256:log:8', 'whole numbers lie on a linear scale. Write 1..256:linear:8.'],
    [
      'seed',
      '1..3:linear:10',
      'from 1 to 3 there are 3 whole numbers, not 10. Write 1..3, or a smaller count.',
    ],
    ['seed', '0.5..3', 'The seed must be a whole number from 0 to 4,294,967,295, not "0.5".'],
    ['seed', '1..4294967296', 'from 0 to 4,294,967,295, not "4294967296".'],
    ['seed', 'x', 'not "x". Write from..to (1..256)'],
    ['seed', '1/1', 'The seed has 1 twice in "1/1". Write it once.'],
    ['activations', 'relu/sigmod', 'The activation must be one of sigmoid, tanh, relu, ', 'not "sigmod".'],
    ['activations', 'relu,', 'not "".'],
    ['activations', 'relu, tanh/relu,tanh', 'has relu,tanh twice'],
    ['optimizer', 'sgd,adam', 'The optimizer must be one of sgd, momentum,', 'not "sgd,adam".'],
    ['optimizer', 'sgd/constructor', 'not "constructor".'],
    ['initializer', '', 'The initializer is empty. Write one of numpy-uniform,'],
    [
      'hidden',
      '16,/8',
      'The hidden layers must be units from 1 to 65,536, not "16,". Write the units of each layer',
    ],
    ['hidden', '0/8', 'not "0".'],
    [
      'hidden',
      '1..8',
      'not "1..8". Write the units of each layer with commas between them, or none; several with /',
    ],
    ['hidden', 'none/none', 'has none twice in "none/none"'],
    ['hidden', Array(64).fill('2').join(','), 'takes at most 63 hidden layers, not 64. Use fewer.'],
  ];

  test.each(refusals)('%s %s', (name, text, ...said) => {
    expect(() => read(name, text)).toThrow(InputError);
    for (const words of said) expect(() => read(name, text)).toThrow(words);
  });

  it('names the setting as it is asked to, and too many values with their number', () => {
    expect(() => readSweepAxis('seed', '2..1', '--seeds')).toThrow(/^--seeds cannot take "2..1"/);
    const many = Array.from({ length: 65_537 }, (_, i) => i).join('/');
    expect(() => read('seed', many)).toThrow('The seed takes at most 65,536 values, not 65,537. Use fewer.');
  });
});

test('whatever is written is read, or refused in one sentence', () => {
  const piece = fc.constantFrom(
    '0',
    '1',
    '0.5',
    '-2',
    '1e3',
    '1e999',
    '.',
    '..',
    '...',
    '/',
    ':',
    'log',
    'linear',
  );
  const word = fc.constantFrom('relu', 'adam', 'none', ',', ' ', '\n', 'pytorch', '__proto__', '８');
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.oneof(piece, word), { maxLength: 9 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(fc.constantFrom(...sweptNames), text, (name, written) => {
      try {
        const values = read(name, written);
        if (values.kind === 'list') expect(values.values.length).toBeGreaterThan(0);
        else expect(values.from).toBeLessThan(values.to);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.message).toMatch(/^The .*\.$/);
      }
    }),
    { numRuns: 3000 },
  );
});

test('a list is read from the text of its values', () => {
  const rates = fc.uniqueArray(fc.double({ min: 1e-30, max: MAX_LEARNING_RATE, noNaN: true }), {
    minLength: 1,
  });
  const units = fc.array(fc.integer({ min: 1, max: 65_536 }), { maxLength: 5 });
  const layers = fc.uniqueArray(units, { minLength: 1, maxLength: 9, selector: sweptText });
  const names = fc.array(fc.constantFrom(...activationNames), { minLength: 1, maxLength: 4 });
  const activations = fc.uniqueArray(names, { minLength: 1, maxLength: 9, selector: sweptText });
  fc.assert(
    fc.property(rates, layers, activations, (numbers, hidden, words) => {
      const accepted = { least: 0, most: MAX_LEARNING_RATE };
      expect(readNumberValues('It', numbers.map(sweptText).join('/'), accepted)).toEqual(list(...numbers));
      expect(readHiddenLayers('It', hidden.map(sweptText).join('/'))).toEqual(list(...hidden));
      const written = words.map(sweptText).join('/');
      expect(readWordsOfLayers('It', written, activationNames)).toEqual(list(...words));
    }),
  );
});
