import { expect, test } from 'vitest';
import { freshRun, type Run } from '../../src/app/run.ts';
import { overfittingSentence } from '../../src/app/sentences.ts';

function runWith(losses: readonly number[], keepsBest = false): Run {
  const lowest = Math.min(...losses);
  const validation = {
    steps: losses.map((_, look) => 10 * (look + 1)),
    losses,
    bestStep: 10 * (losses.indexOf(lowest) + 1),
    keepsBest,
    stoppedEarly: false,
  };
  return { ...freshRun('cpu'), validation } as unknown as Run;
}

test('a validation loss that rose is spoken of, with its figures and what to do', () => {
  expect(overfittingSentence(runWith([0.9, 0.5, 0.45, 0.6, 0.7]))).toMatch(
    /lowest at step 30 \(0\.4500\) and has risen to 0\.7000: .*With Stop early set/,
  );
});

test.each([
  ['one that still falls', [0.9, 0.5, 0.45], false],
  ['one that rose by less than a tenth', [0.9, 0.5, 0.54], false],
  ['a run that went back to its best', [0.9, 0.5, 0.9], true],
  ['one that went up at its last look', [0.9, 0.8, 0.7, 0.6, 0.5, 0.45, 0.4, 0.35, 0.3, 0.5], false],
  ['no look yet', [], false],
] as const)('%s is not', (_, losses, keepsBest) => {
  expect(overfittingSentence(runWith(losses, keepsBest))).toBe('');
});
