import { expect, test } from '@playwright/test';
import { once } from 'node:events';
import { createWriteStream, rmSync } from 'node:fs';
import { longestTask } from './main-thread.ts';
import { peakMemory } from './peak-memory.ts';
import { button, openPage, set, untilIdle } from './support.ts';

const ROWS = 1_000_000;
const NUMBERS = 16;
const LONGEST_TASK_MS = 50;
const MOST_MEMORY_BYTES = 2 ** 30;
const WAIT = { timeout: 300_000 };

/** 20 columns: 16 of numbers, one of them with gaps, three of categories, and a target that depends on them. */
async function writeTable(path: string): Promise<void> {
  const file = createWriteStream(path);
  const names = Array.from({ length: NUMBERS }, (_, i) => `n${i}`);
  file.write([...names, 'region', 'colour', 'kind', 'target'].join(',') + '\n');
  let state = 12345;
  const random = () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
  for (let row = 0; row < ROWS; row += 1000) {
    let text = '';
    for (let i = 0; i < 1000; i++) {
      const numbers = Array.from({ length: NUMBERS }, () => random() * 10 - 5);
      const region = Math.floor(random() * 5);
      const target = numbers[0] - 2 * numbers[1] + region + numbers[2] * numbers[3];
      const cells = numbers.map((value, at) => (at === 4 && i % 50 === 0 ? '' : value.toFixed(5)));
      text += `${cells.join(',')},r${region},c${i % 7},k${i % 3},${target.toFixed(4)}\n`;
    }
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

test('a million rows of 20 columns: read, cancelled, read again, and one epoch', async ({
  browser,
  page,
}, info) => {
  const path = info.outputPath('million.csv');
  await writeTable(path);
  try {
    await openPage(page);
    const input = page.locator('table-card input[type=file]');
    // What is cancelled leaves the table that was there.
    await input.setInputFiles(path);
    await button(page, 'Cancel').click(WAIT);
    await expect(page.locator('notice-bar')).toContainText('was not read to its end', WAIT);
    await expect(page.locator('table-card .file')).toHaveText('OR sample');

    const times: Record<string, number> = {};
    const timed = async (what: string, work: () => Promise<unknown>) => {
      const start = performance.now();
      await work();
      times[what] = (performance.now() - start) / 1000;
    };
    const longest = await longestTask(browser, page, async () => {
      await timed('read and prepared', async () => {
        await input.setInputFiles(path);
        await expect(page.locator('table-card .foot')).toContainText('800,000 rows to train on', WAIT);
      });
      await set(page, 'Steps', '12,500');
      await set(page, 'Stop early after', '');
      await timed('an epoch of 12,500 batches of 64, measured', async () => {
        await button(page, 'Train').click();
        await expect(page.locator('result-card')).toBeVisible(WAIT);
        await untilIdle(page, WAIT.timeout);
      });
    });
    await expect(page.locator('result-card')).toContainText('On 200,000 validation rows');
    const peak = await peakMemory(browser);
    for (const [what, seconds] of Object.entries(times)) console.log(`${what}: ${seconds.toFixed(1)} s`);
    console.log(`longest main-thread task: ${longest.toFixed(1)} ms of CPU time`);
    console.log(`peak memory of the page and its worker: ${(peak / 2 ** 20).toFixed(0)} MiB`);
    expect(longest).toBeLessThan(LONGEST_TASK_MS);
    expect(peak).toBeLessThan(MOST_MEMORY_BYTES);
  } finally {
    rmSync(path);
  }
});
