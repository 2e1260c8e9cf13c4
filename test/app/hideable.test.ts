import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HIDE, hideableNames, hideText, readHide } from '../../src/app/hideable.ts';
import { settingsFields } from '../../src/app/setting-fields.ts';
import { sweepFields } from '../../src/app/sweep-texts.ts';
import { readSettingsLink, writeSettingsLink } from '../../src/exchange/settings-link.ts';

/** Writes and reads an address as the page does. */
function throughAddress(text: string) {
  const fragment = writeSettingsLink({ sample: 'or', settings: new Map([[HIDE, text]]) });
  const link = readSettingsLink(fragment, [...settingsFields, HIDE, ...sweepFields]);
  const { hidden, leftOut } = readHide(link?.settings.get(HIDE) ?? '');
  return { fragment, hidden, leftOut: [...(link?.leftOut ?? ['no link']), ...leftOut] };
}

test('what is hidden stands in an address by its names, joined by plus signs', () => {
  const { fragment, hidden, leftOut } = throughAddress(hideText(new Set(['settings', 'table'])));
  expect(fragment).toBe('sample=or&hide=table+settings');
  expect([...hidden]).toEqual(['table', 'settings']);
  expect(leftOut).toEqual([]);
});

test('every choice of them comes through an address', () => {
  fc.assert(
    fc.property(fc.subarray(hideableNames), (names) => {
      const { hidden, leftOut } = throughAddress(hideText(new Set(names)));
      expect([...hidden].toSorted()).toEqual(names.toSorted());
      expect(leftOut).toEqual([]);
    }),
  );
});

test.each([
  'table,settings',
  'table settings',
  'table+settings',
  ' table, settings,',
  'settings table table',
])('“%s” hides two', (text) => {
  expect(readHide(text)).toEqual({ hidden: new Set(['table', 'settings']), leftOut: [] });
});

test('what nothing is called is told, and hides nothing', () => {
  const { hidden, leftOut } = readHide('train,table,__proto__,TABLE');
  expect([...hidden]).toEqual(['table']);
  expect(leftOut).toEqual(['train', '__proto__', 'TABLE']);
  expect(readHide('')).toEqual({ hidden: new Set(), leftOut: [] });
});

test('the name of the list is that of no setting', () => {
  expect([...settingsFields, ...sweepFields]).not.toContain(HIDE);
});
