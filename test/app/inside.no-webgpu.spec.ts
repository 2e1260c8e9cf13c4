import { expect, test } from '@playwright/test';
import { openPage } from './support.ts';

test('without WebGPU the CPU draws the plane, and the walk says why there is one column', async ({
  page,
}) => {
  const noise = await openPage(page);
  await page.getByRole('link', { name: 'Inside', exact: true }).click();
  await page.locator('inside-view').getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.locator('time-slider p').first()).toContainText('Step 10,000 of 10,000');
  await expect(page.locator('boundary-picture canvas')).toBeVisible();
  await expect(page.locator('boundary-picture td').first()).toHaveText(/%$/);
  await page.getByRole('link', { name: 'By hand' }).click();
  const about = page.locator('walk-view .about');
  await expect(about).toContainText(
    'Step 9,999, the last of the run on the CPU, recomputed by the reference (float64)',
  );
  await expect(about).toContainText('WebGPU');
  await expect(page.getByRole('grid', { name: 'pre-activations, hidden layer', exact: true })).toBeVisible();
  await expect(page.getByRole('radio', { name: 'float32' })).toHaveCount(0);
  expect(noise.messages).toEqual([]);
});
