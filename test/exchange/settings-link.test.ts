import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSettingsLink, writeSettingsLink } from '../../src/exchange/settings-link.ts';

const names = ['hidden', 'learningRate', 'batchSize', 'outputActivation'];

describe('a link to settings', () => {
  test('is written with the names of the command line, and read back', () => {
    const settings = new Map([
      ['learningRate', '0.05'],
      ['hidden', '16, 8'],
    ]);
    const fragment = writeSettingsLink({ sample: 'iris', settings });
    expect(fragment).toBe('sample=iris&learning-rate=0.05&hidden=16%2C+8');
    expect(readSettingsLink(`#${fragment}`, names)).toEqual({ sample: 'iris', settings, leftOut: [] });
  });

  test('of a person’s own table names no table', () => {
    const fragment = writeSettingsLink({ sample: undefined, settings: new Map([['hidden', '4']]) });
    expect(fragment).toBe('sample=own&hidden=4');
    expect(readSettingsLink(fragment, names)?.sample).toBeUndefined();
  });

  test('holds numbers, names and lists, and nothing else', () => {
    const settings = new Map([
      ['hidden', '<b>'],
      ['learningRate', 'päß'],
      ['batchSize', '1'.repeat(401)],
    ]);
    expect(writeSettingsLink({ sample: 'or', settings })).toBe('sample=or');
    expect(readSettingsLink('#sample=or&hidden=%3Cb%3E&colour=red&__proto__=1&batch-size=4', names)).toEqual({
      sample: 'or',
      settings: new Map([['batchSize', '4']]),
      leftOut: ['hidden=<b>', 'colour=red', '__proto__=1'],
    });
  });

  test('that is none is none', () => {
    for (const fragment of ['', '#', '#train', '#bench'])
      expect(readSettingsLink(fragment, names)).toBeUndefined();
  });

  test('of any length and content is read without an error, into known names and harmless values', () => {
    const anyFragment = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc
        .array(
          fc.tuple(
            fc.constantFrom(...names, 'sample', 'learning-rate', '__proto__'),
            fc.string({ maxLength: 30 }),
          ),
        )
        .map((pairs) =>
          pairs
            .map(([key, value]) => `${key}=${new URLSearchParams({ value }).toString().slice(6)}`)
            .join('&'),
        ),
      fc.constant(`hidden=${'1,'.repeat(5000)}`),
    );
    fc.assert(
      fc.property(anyFragment, (fragment) => {
        const link = readSettingsLink(fragment, names);
        for (const [name, value] of link?.settings ?? []) {
          expect(names).toContain(name);
          expect(value).toMatch(/^[A-Za-z0-9.,;:/+ -]{0,400}$/);
        }
        for (const text of link?.leftOut ?? []) expect(text.length).toBeLessThanOrEqual(41);
      }),
      { numRuns: 10_000 },
    );
  });
});
