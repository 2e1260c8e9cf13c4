import { expect, test } from 'vitest';
import { describeFan, describePoint } from '../../src/app/fan-sentences.ts';
import {
  ensembleSentence,
  failSentence,
  fanHeading,
  groupFails,
  heatTexts,
  inMillions,
  networkName,
  progressTexts,
  rankedName,
  rankingSentence,
  rowStatus,
  shownValue,
  valueOf,
  wholePercent,
} from '../../src/app/sweep-sentences.ts';
import type { SweepGroup } from '../../src/index.ts';
import type { SweepReport, SweepRow } from '../../src/worker/sweep-report.ts';

const axes = [
  { name: 'learningRate', label: 'learning rate' },
  { name: 'hidden', label: 'hidden layers' },
] as const;

function group(learningRate: number, counts: Partial<SweepGroup> = {}): SweepGroup {
  const { networkCount = 64 } = counts;
  return {
    values: { learningRate },
    networkCount,
    overCount: networkCount,
    failedCount: 0,
    divergedCount: 0,
    lower: 0.1,
    median: 0.2,
    upper: 0.3,
    best: 0,
    bestLoss: 0.05,
    ...counts,
  };
}

test('a share is whole, and never reads as none or all when it is not', () => {
  expect([0, 0.125, 1].map(wholePercent)).toEqual(['0\u00a0%', '13\u00a0%', '100\u00a0%']);
  expect(wholePercent(1 / 4096)).toBe('< 1\u00a0%');
  expect(wholePercent(4095 / 4096)).toBe('> 99\u00a0%');
});

test('what fails most is said with its figures and its reasons', () => {
  const groups = [group(0.1), group(1, { failedCount: 8, divergedCount: 5 }), group(0.5, { failedCount: 1 })];
  expect(failSentence(groups, axes, 3)).toBe(
    'Learning rate 1 fails for 8 of its 64 seeds: 5 diverged, 3 ended no better than always the same answer.',
  );
  expect(failSentence([group(1, { failedCount: 2, divergedCount: 2 })], axes, 1)).toBe(
    'Learning rate 1 fails for 2 of its 64 seeds: 2 diverged.',
  );
  expect(failSentence([group(1, { failedCount: 64 })], axes, 1)).toBe(
    'Learning rate 1 fails for all of its 64 seeds: 64 ended no better than always the same answer.',
  );
});

test('of two that fail as often, the one with more networks is named', () => {
  const few = group(0.1, { networkCount: 2, failedCount: 1 });
  const many = group(1, { failedCount: 32 });
  for (const groups of [
    [few, many],
    [many, few],
  ])
    expect(failSentence(groups, axes, 2)).toContain('Learning rate 1 fails for 32 of its 64 seeds');
});

test('it is said where not all are over, and where not all groups are known', () => {
  const half = group(1, { overCount: 20, failedCount: 5 });
  expect(failSentence([half], axes, 120)).toBe(
    'Among the first 1 of 120 combinations, learning rate 1 fails for 5 of its 20 seeds so far: ' +
      '5 ended no better than always the same answer.',
  );
  expect(failSentence([group(1, { overCount: 0 })], axes, 1)).toBe('');
  expect(failSentence([], axes, 0)).toBe('');
});

test('where none fails that is said', () => {
  expect(failSentence([group(0.1), group(1)], axes, 2)).toBe(
    'None of the 128 networks fails: none diverged, and each ended better than always the same answer.',
  );
  expect(failSentence([group(0.1), group(1, { overCount: 2 })], axes, 2)).toContain(
    'None of the 66 networks that are over fails',
  );
});

test('seeds alone, and networks alone, have sentences of their own', () => {
  const seeds = { ...group(1, { failedCount: 8 }), values: {} };
  expect(failSentence([seeds], [], 1)).toContain('Training fails for 8 of the 64 seeds: 8 ended');
  const one = group(-1, { networkCount: 1, failedCount: 1, divergedCount: 1 });
  expect(failSentence([one], axes, 1)).toBe('Learning rate −1 fails: it diverged.');
});

test('a group says how many of its seeds fail', () => {
  expect(groupFails(group(1, { failedCount: 8 }))).toBe('8 of 64 seeds');
  expect(groupFails(group(1))).toBe('none of 64 seeds');
  expect(groupFails(group(1, { overCount: 0 }))).toBe('…');
  expect(groupFails(group(1, { networkCount: 1, failedCount: 1, divergedCount: 1 }))).toBe('diverged');
  expect(groupFails(group(1, { networkCount: 1, failedCount: 1 }))).toBe('yes');
  expect(groupFails(group(1, { networkCount: 1 }))).toBe('no');
});

test('a value reads as it is written, and not at all where it changes nothing', () => {
  expect(valueOf({ hidden: [16, 8], learningRate: 1e-8 }, 'hidden')).toBe('16,8');
  expect(valueOf({ learningRate: 1e-8 }, 'learningRate')).toBe('1e-8');
  expect(valueOf({ learningRate: 1 }, 'momentum')).toBeUndefined();
  expect(shownValue('1e-8')).toEqual({ text: '1e−8', title: undefined });
});

test.each([
  ['0.0517947467923', '0.05179'],
  ['0.001', '0.001'],
  ['2.68269579528e-8', '2.683e−8'],
  ['1234.5678', '1235'],
  // Seeds and units are whole, and one digit less is another one.
  ['4294967295', '4294967295'],
  ['16,8', '16,8'],
  ['relu,tanh', 'relu,tanh'],
  ['none', 'none'],
  ['0.001–0.0032', '0.001–0.0032'],
  // An average that forgets nothing would be another setting.
  ['0.999951234', '0.99995'],
  ['0.99949999', '0.9995'],
])('of the value %s a table shows %s, and the whole of it as a title', (value, text) => {
  const whole = value.replace('e-', 'e−');
  expect(shownValue(value)).toEqual({ text, title: text === whole ? undefined : whole });
});

test('values are shortened in sentences', () => {
  const one = group(0.0517947467923, { networkCount: 1, failedCount: 1 });
  expect(failSentence([one], axes, 1)).toContain('Learning rate 0.05179 fails');
});

test('a field of the heat map says what is known of it', () => {
  const cell = { column: 0, row: 0, median: 0.123456, overCount: 8, failedCount: 1 };
  expect(heatTexts(cell, false)).toEqual({ text: '0.1235', notes: ['1 of 8 fail'] });
  expect(heatTexts({ ...cell, overCount: 800, failedCount: 100 }, false).notes).toEqual(['13\u00a0% fail']);
  expect(heatTexts({ ...cell, failedCount: 0 }, true)).toEqual({ text: '0.1235', notes: ['best'] });
  expect(heatTexts({ ...cell, median: undefined }, false).text).toBe('diverged');
  expect(heatTexts({ ...cell, median: undefined, overCount: 0, failedCount: 0 }, false).text).toBe('…');
});

test('a network is numbered from 1, and its state is said where there is something to say', () => {
  expect(networkName(16)).toBe('network 17');
  const row = { rank: 1, hasFailed: false, divergedAt: undefined, steps: 100 } as SweepRow;
  expect(rowStatus(row)).toBe('');
  expect(rowStatus({ ...row, hasFailed: true })).toBe('fails');
  expect(rowStatus({ ...row, hasFailed: true, divergedAt: 40 })).toBe('diverged at step 40');
  expect(rowStatus({ ...row, rank: undefined, steps: 1200 })).toBe('at step 1,200');
  expect(rowStatus({ ...row, rank: undefined, steps: 0 })).toBe('waiting');
});

test('how far a sweep is, in one line', () => {
  const report = {
    networkCount: 2048,
    overCount: 512,
    stepsTaken: 3.1e6,
    stepsDone: 3.1e6,
    steps: 20.48e6,
    trainMs: 2385,
  } as SweepReport;
  expect(progressTexts(report, 12_000, true)).toEqual([
    '512 of 2,048 networks',
    '3.1\u00a0M of 20.5\u00a0M steps',
    '1.3\u00a0M steps/s',
    '12 s left',
  ]);
  expect(progressTexts(report, undefined, false)).toHaveLength(3);
  expect(progressTexts({ ...report, overCount: 0, stepsTaken: 0, stepsDone: 0 }, undefined, true)).toEqual([
    '0 of 2,048 networks',
    '0 of 20.5\u00a0M steps',
  ]);
  expect(
    progressTexts({ ...report, overCount: 2048, stepsTaken: 20.48e6, stepsDone: 20.48e6 }, undefined, false),
  ).toEqual(['2,048 networks', '20.5\u00a0M steps', '8.6\u00a0M steps/s']);
});

test('networks that ended early count the steps they took, of no number that nobody knows', () => {
  const report = {
    networkCount: 20,
    overCount: 12,
    stepsTaken: 840,
    stepsDone: 1800,
    steps: 3000,
    trainMs: 1000,
  } as SweepReport;
  expect(progressTexts(report, undefined, true)).toEqual(['12 of 20 networks', '840 steps', '840 steps/s']);
  const ended = { ...report, overCount: 20, stepsTaken: 1204, stepsDone: 3000 };
  expect(progressTexts(ended, undefined, false)).toEqual(['20 networks', '1,204 steps', '1,200 steps/s']);
});

test('the page says what networks are ranked by, and of how many a fan is', () => {
  expect(rankedName('validationLoss')).toBe('validation loss');
  expect(rankingSentence('validationLoss')).toContain('ranked by their validation loss');
  expect(rankingSentence('finalLoss')).toContain('ranked by their final training loss');
  const fan = { networkCounts: [20, 12] } as unknown as SweepReport['fan'];
  expect(fanHeading({ fan, networkCount: 20 })).toBe('Training loss of all networks');
  expect(fanHeading({ fan, networkCount: 64 })).toBe('Training loss of 20 of 64 networks');
  expect(fanHeading({ fan: { ...fan, networkCounts: [] }, networkCount: 64 })).toBe(
    'Training loss of all networks',
  );
});

test('several that fail as often are counted', () => {
  const groups = [0.1, 1, 10].map((rate) => group(rate, { failedCount: 8, divergedCount: 8 }));
  expect(failSentence([...groups, group(3)], axes, 4)).toBe(
    'Learning rate 0.1 fails for 8 of its 64 seeds: 8 diverged. 2 other combinations fail as often.',
  );
  const alone = [0.1, 1].map((rate) => group(rate, { networkCount: 1, failedCount: 1, divergedCount: 1 }));
  expect(failSentence(alone, axes, 2)).toBe(
    'Learning rate 0.1 fails: it diverged. 1 other combination fails, too.',
  );
});

test('what an ensemble can be made of', () => {
  expect(ensembleSentence(1200, false)).toContain(
    'It can be of the 1,200 networks that did not diverge and share',
  );
  expect(ensembleSentence(12, true)).toMatch(/with the best one so far\.$/);
  expect(ensembleSentence(1, false)).toMatch(/^An ensemble takes 2 or more networks that .*; there is 1\.$/);
  expect(ensembleSentence(0, true)).toMatch(/there are 0 so far\.$/);
});

test('millions are short and small numbers whole', () => {
  expect([950, 999_999, 1e6, 99.9e6, 2.48e9].map(inMillions)).toEqual([
    '950',
    '999,999',
    '1.0\u00a0M',
    '99.9\u00a0M',
    '2,480\u00a0M',
  ]);
});

test('a fan is told in words', () => {
  const fan = {
    steps: [0, 10],
    lower: [0.2, 0.05],
    median: [0.25, 0.1],
    upper: [0.3, Infinity],
    networkCounts: [4096, 512],
  };
  const best = { place: 16, steps: [0, 10], losses: [0.2, 0.01] };
  expect(describePoint(fan, best, 1)).toBe(
    'Step 10, best 0.01000, lower quartile 0.05000, median 0.1000, upper quartile diverged, 512 networks',
  );
  expect(describeFan(fan, best, 0.25)).toBe(
    'Loss over steps of 4,096 networks. Median from 0.2500 to 0.1000, quartiles 0.05000 and diverged ' +
      'at step 10. Best, network 17: 0.01000. Always the same answer: 0.2500.',
  );
});
