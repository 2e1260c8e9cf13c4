import { expect, test } from '@playwright/test';
import { button, openPage } from './support.ts';

test('a software adapter says what it is; the CPU is the default', async ({ page }) => {
  await openPage(page);
  await expect(page.locator('run-card')).toContainText('only through a software adapter');
  await expect(page.locator('run-card')).toContainText('its timings say nothing about a GPU');
  await expect(page.getByRole('radio', { name: 'CPU' })).toBeChecked();
  await expect(page.getByRole('radio', { name: 'WebGPU (software)' })).toBeEnabled();
  await expect(button(page, 'Compare')).toBeEnabled();
});

test('a worker that does not start says so', async ({ page }) => {
  await page.route(/training-worker/, (route) => route.abort());
  await page.goto('/');
  await expect(page.getByRole('alert')).toContainText('The training worker failed');
  await expect(button(page, 'Train')).toBeDisabled();
});
