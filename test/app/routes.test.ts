import { expect, test } from 'vitest';
import { fragmentOf, routeOf, settingsPart } from '../../src/app/routes.ts';
import { sweepFields, sweepOfFields, sweepToFields, USUAL_TEXTS } from '../../src/app/sweep-texts.ts';
import { readSettingsLink, writeSettingsLink } from '../../src/exchange/settings-link.ts';

test.each([
  ['#sweep', '#sweep', ''],
  ['#bench', '#bench', ''],
  ['#sweep&sample=iris&hidden=5', '#sweep', 'sample=iris&hidden=5'],
  ['#sample=iris&hidden=5', '#train', 'sample=iris&hidden=5'],
  ['', '#train', ''],
] as const)('the fragment “%s” leads to %s with the settings “%s”', (fragment, route, settings) => {
  expect(routeOf(fragment)).toBe(route);
  expect(settingsPart(fragment)).toBe(settings);
  expect(fragmentOf(route, settings)).toBe(fragment);
});

test('what is only like a page of its own is none', () => {
  for (const fragment of ['#train', '#sweeps', '#sample=sweep', 'sweep'])
    expect(routeOf(fragment)).toBe('#train');
});

test.each([
  [{ seed: '1..8', learningRate: '0.001..1:log:8', hidden: '16,8/32' }, '20'],
  [{ beta1: '0.8/0.9' }, ''],
  [{}, '5'],
])('what is swept comes through an address: %o, drawn: “%s”', (texts, drawText) => {
  const fragment = writeSettingsLink({ sample: 'iris', settings: sweepToFields(texts, drawText) });
  const link = readSettingsLink(fragment, sweepFields);
  expect(link?.leftOut).toEqual([]);
  expect(sweepOfFields(link?.settings ?? new Map())).toEqual({ texts, drawText });
});

test('what the page begins with needs no place in an address, and is named as on the command line otherwise', () => {
  expect(sweepToFields(USUAL_TEXTS, '').size).toBe(0);
  expect(sweepOfFields(new Map([['hidden', '5']]))).toBeUndefined();
  const settings = sweepToFields({ ...USUAL_TEXTS, learningRate: '0.001..1:log:8' }, '');
  expect(writeSettingsLink({ sample: 'or', settings })).toBe('sample=or&sweep-learning-rate=0.001..1:log:8');
});
