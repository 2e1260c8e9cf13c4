import { expect, test, type Page } from '@playwright/test';
import { button, openPage, train } from './support.ts';

/** In a browser without an adapter: `navigator.gpu` is there, `requestAdapter` gives null. */

async function expectOnlyCpu(page: Page): Promise<void> {
  await expect(page.getByRole('radio', { name: 'CPU' })).toBeChecked();
  await expect(page.getByRole('radio', { name: 'GPU' })).toBeDisabled();
  await expect(button(page, 'Compare')).toBeDisabled();
  await train(page);
  await expect(page.locator('result-card')).toContainText('As the notebook recorded');
}

test('without an adapter the page says so and what to do; the CPU path works', async ({ page }) => {
  await openPage(page);
  await expect(page.locator('run-card')).toContainText('offers no adapter');
  await expect(page.locator('run-card')).toContainText('Use the CPU path');
  await expectOnlyCpu(page);
});

test('without navigator.gpu the page says so and what to do; the CPU path works', async ({ page }) => {
  // The worker asks, so the worker must not find it.
  await page.route(/training-worker/, async (route) => {
    const response = await route.fetch();
    const script = `delete WorkerNavigator.prototype.gpu;\n${await response.text()}`;
    await route.fulfill({ response, body: script });
  });
  await openPage(page);
  await expect(page.locator('run-card')).toContainText('There is no WebGPU here');
  await expectOnlyCpu(page);
});
