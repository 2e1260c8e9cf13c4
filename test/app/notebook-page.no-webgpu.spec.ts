import { expect, test } from '@playwright/test';
import { button, openPage, rows } from './support.ts';

test('without an adapter the notebook refuses the GPU with a sentence, and agrees on the CPU', async ({
  page,
}) => {
  await openPage(page);
  await page.getByRole('link', { name: 'Notebook' }).click();
  const loop = page.locator('notebook-cell[name=loop]');
  await loop.locator('label', { hasText: 'GPU' }).click();
  await button(page, 'Run: Train').click();
  await expect(loop.getByRole('status')).toContainText('Not run on the GPU');
  await expect(loop.getByRole('status')).toContainText('Use the CPU path');
  await expect(page.locator('pre[data-log]')).toHaveCount(0);

  await button(page, 'Run: Four programs, one table').click();
  const agreement = page.locator('notebook-cell[name=agreement]');
  await expect(agreement).toContainText('Our float64 differs from NumPy and PyTorch by at most', {
    timeout: 45_000,
  });
  const figures = await rows(page, 'Every recorded figure');
  expect(figures).toHaveLength(32);
  for (const [, numpy, pytorch, ...ours] of figures) expect([pytorch, ...ours]).toEqual([numpy, numpy]);
});
