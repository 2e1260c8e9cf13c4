import { expect, test } from '@playwright/test';
import { button, openPage, region, rows, saveScreens } from './support.ts';

const idle = { timeout: 45_000 };

test('times the jobs path by path until it is stopped; what was timed stays', async ({ page }) => {
  const noise = await openPage(page);
  await page.getByRole('link', { name: 'Bench' }).click();
  await expect(button(page, 'Train')).toBeHidden();
  await button(page, 'Time the jobs').click();
  await expect(button(page, 'Time the jobs')).toBeDisabled();
  const times = region(page, 'Times of the jobs');
  // The notebook on all four paths, and the next job begun.
  await expect(times.locator('tbody tr')).toHaveCount(5, idle);
  await page.keyboard.press('Escape');
  await expect(button(page, 'Time the jobs')).toBeEnabled(idle);

  const [cpu, ...gpu] = (await rows(page, 'Times of the jobs')).slice(0, 4);
  expect(cpu.slice(0, 2)).toEqual(['notebook', 'CPU · float64']);
  expect(cpu[6]).toBe('1.0 ×');
  expect(gpu.map((row) => row[1])).toEqual(['GPU · layered', 'GPU · unrolled', 'GPU · fused']);
  for (const [, , setUp, step, range] of [cpu, ...gpu]) {
    expect([setUp, step].every((time) => /^[\d.,]+ (µs|ms|s)$/.test(time))).toBe(true);
    expect(range).toMatch(/^\S+ (µs|ms|s) … \S+ (µs|ms|s)$/);
  }
  // How fast is for the bench to say; that something was timed, for this.
  for (const row of gpu) expect(Number.parseFloat(row[6])).toBeGreaterThan(0);

  // A timing is stopped from the other page as well.
  await button(page, 'Time the jobs').click();
  await page.getByRole('link', { name: 'Train' }).click();
  await button(page, 'Stop').click();
  await expect(button(page, 'Train')).toBeEnabled(idle);
  expect(noise.messages).toEqual([]);
});

test('draws the crossover field by field, with the sentence it supports', async ({ page }) => {
  await openPage(page);
  await page.getByRole('link', { name: 'Bench' }).click();
  await button(page, 'Time the crossover').click();
  const fields = page.locator('crossover-picture rect');
  await expect(fields).not.toHaveCount(0, idle);
  await expect(fields.nth(1)).toBeVisible(idle);
  await button(page, 'Stop').click();
  await expect(button(page, 'Time the crossover')).toBeEnabled(idle);
  const texts = await page.locator('crossover-picture text:not(.axis)').allTextContents();
  for (const text of texts) expect(text.trim()).toMatch(/^(CPU|GPU) [\d.,]+ ×$/);
  const sentence = page.locator('bench-view p.number');
  await expect(sentence).toContainText(new RegExp(`(all|of) ${texts.length}( sizes)?`));
  await saveScreens(page, 'bench');
});
