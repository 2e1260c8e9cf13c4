import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { layOutNetwork, type Network } from '../../src/core/network.ts';
import { notebookJob, notebookRecord } from '../../src/core/notebook.ts';
import { button, openPage } from './support.ts';

const notebook = layOutNetwork(2, notebookJob.layers);
const names = { inputNames: ['input1', 'input2'], outputNames: ['output'] };

/** Puts the editor on a page of its own, and keeps what it says. */
async function showEditor(page: Page, network: Network, parameters: readonly number[]): Promise<void> {
  await openPage(page);
  await page.evaluate(
    ([shown, values, ends]) => {
      document.querySelector('handgrad-page')?.remove();
      const main = document.body.appendChild(document.createElement('main'));
      for (const heading of ['h1', 'h2'])
        main.appendChild(document.createElement(heading)).textContent = 'Editor';
      const editor = document.createElement('network-editor');
      const said: number[][] = [];
      editor.addEventListener('edits', (event) =>
        said.push([...(event as CustomEvent<{ parameters: Float64Array }>).detail.parameters]),
      );
      const given = { network: shown, parameters: Float64Array.from(values), isEditable: true, ...ends };
      Object.assign(editor, given);
      Object.assign(globalThis, { said });
      main.append(editor);
    },
    [network, parameters, names] as const,
  );
  await expect(page.getByRole('option')).toHaveCount(network.parameterCount);
}

/** The parameters as the editor last said they are. */
function lastSaid(page: Page): Promise<number[] | undefined> {
  return page.evaluate(() => (globalThis as unknown as { said: number[][] }).said.at(-1));
}

const value = (page: Page) => page.locator('weight-editor').getByRole('textbox');
const chosen = (page: Page) => page.getByRole('option', { selected: true });

function withChange(index: number, changed: number): number[] {
  return notebookRecord.parameters.map((each, at) => (at === index ? changed : each));
}

test('a weight is chosen and changed by keyboard alone, and the change undone', async ({ page }) => {
  await showEditor(page, notebook, notebookRecord.parameters);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('option').first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(chosen(page)).toHaveAccessibleName('weight input2 → hidden unit 1: 1.667');
  await page.keyboard.press('ArrowRight');
  await expect(chosen(page)).toHaveAccessibleName('weight hidden unit 1 → output: 0.7057');
  await expect(page.locator('weight-editor')).toContainText('w₁₁');

  await page.keyboard.press('Enter');
  await expect(value(page)).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Shift+ArrowUp');
  await page.keyboard.press('Alt+ArrowDown');
  await expect(value(page)).toHaveValue('1.795707');
  await value(page).fill('1.5x');
  await expect(value(page)).toHaveAttribute('aria-invalid', 'true');
  await value(page).fill('−1.5');
  await page.keyboard.press('Enter');
  expect(await lastSaid(page)).toEqual(withChange(6, -1.5));
  await expect(page.getByText('1 of 9 parameters changed by hand.')).toBeVisible();

  await page.keyboard.press('Control+z');
  await expect(value(page)).toHaveValue('1.795707');
  await page.keyboard.press('Control+z');
  await expect(value(page)).toHaveValue('1.805707');
  await page.keyboard.press('Control+Shift+Z');
  await expect(value(page)).toHaveValue('1.795707');
  await button(page, 'Back to the trained ones').click();
  expect(await lastSaid(page)).toEqual([...notebookRecord.parameters]);
  await button(page, 'Undo').click();
  await expect(value(page)).toHaveValue('1.795707');
});

test('a line is dragged up, the slider moved and a number of the table written over', async ({ page }) => {
  await showEditor(page, notebook, notebookRecord.parameters);
  const line = page.getByRole('option', { name: 'weight hidden unit 2 → output' });
  // It is level: the middle of its box is on it.
  const box = await line.boundingBox();
  if (!box) throw new Error('the line is not drawn');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x, y - 50, { steps: 5 });
  await page.mouse.up();
  const dragged = (await lastSaid(page))?.[7] ?? NaN;
  expect(dragged).toBeCloseTo(notebookRecord.parameters[7] + 1, 9);
  // A drag is one step back.
  await page.keyboard.press('Control+z');
  expect(await lastSaid(page)).toEqual([...notebookRecord.parameters]);

  await page.getByRole('slider').press('ArrowLeft');
  expect((await lastSaid(page))?.[7]).toBeCloseTo(notebookRecord.parameters[7] - 0.1, 9);

  await page.getByText('Parameters as a table').click();
  const cell = page.locator('parameter-table').getByLabel('weight input2 → hidden unit 3');
  await cell.fill('0.25');
  expect((await lastSaid(page))?.[5]).toBe(0.25);
  await expect(page.locator('weight-editor')).toContainText('v₂₃');
  await expect(chosen(page)).toHaveAccessibleName('weight input2 → hidden unit 3: 0.2500');
  await expect(page.locator('network-diagram .mark')).toHaveCount(3);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test('a 2-16-16-1 network is drawn anew without anything moving', async ({ page }) => {
  const layer = { activation: 'tanh', bias: true } as const;
  const network = layOutNetwork(2, [
    { ...layer, units: 16 },
    { ...layer, units: 16 },
    { ...layer, units: 1 },
  ]);
  const all = Array.from({ length: network.parameterCount }, () => 0.5);
  await showEditor(page, network, all);
  const result = await page.evaluate(async (count) => {
    const editor = document.querySelector('network-editor') as HTMLElement & {
      parameters: Float64Array;
      updateComplete: Promise<unknown>;
    };
    const diagram = editor.shadowRoot?.querySelector('network-diagram') as typeof editor;
    const shifts: number[] = [];
    new PerformanceObserver((list) =>
      list.getEntries().forEach((entry) => shifts.push((entry as unknown as { value: number }).value)),
    ).observe({ type: 'layout-shift' });
    const times: number[] = [];
    const widths = new Set<string | null>();
    for (let update = 0; update < 60; update++) {
      const start = performance.now();
      editor.parameters = Float64Array.from({ length: count }, (_, at) => Math.sin(at * (update + 1)));
      await editor.updateComplete;
      await diagram.updateComplete;
      diagram.getBoundingClientRect();
      times.push(performance.now() - start);
      widths.add(
        diagram.shadowRoot?.querySelectorAll('[role=option]')[9].getAttribute('stroke-width') ?? null,
      );
      await new Promise(requestAnimationFrame);
    }
    return { shifts, widths: widths.size, medianMs: times.toSorted((a, b) => a - b)[30] };
  }, network.parameterCount);
  console.log(`2-16-16-1 drawn anew in ${result.medianMs.toFixed(2)} ms (median of 60)`);
  expect(result.shifts).toEqual([]);
  expect(result.widths).toBeGreaterThan(30);
});

test('rows with their predictions: one that is pointed at is chosen for a moment, one that is pressed stays', async ({
  page,
}) => {
  await openPage(page);
  await page.evaluate(() => {
    document.querySelector('handgrad-page')?.remove();
    const main = document.body.appendChild(document.createElement('main'));
    main.appendChild(document.createElement('h1')).textContent = 'Rows';
    const answers = document.createElement('row-answers');
    const said: unknown[] = [];
    answers.addEventListener('choose', (event) => said.push((event as CustomEvent<number>).detail ?? 'none'));
    const rows = Array.from({ length: 12 }, (_, row) => ({
      number: 1 + 13 * row,
      part: row === 2 ? 'validation' : 'training',
      cells: [String(row), '1'],
      actual: 'cat',
      predicted: row === 1 ? 'dog' : 'cat',
      probability: '0.8125',
      isOff: row === 1,
    }));
    Object.assign(answers, { rows, header: ['a', 'b'], count: 150, inputCount: 64 });
    Object.assign(globalThis, { said });
    main.append(answers);
  });
  const row = (at: number) => page.getByRole('row').nth(at + 1);
  const said = () => page.evaluate(() => (globalThis as unknown as { said: unknown[] }).said);
  await expect(page.getByText('12 of 150 rows, 2 of 64 inputs.')).toBeVisible();
  await expect(row(1)).toContainText('wrong: dog');
  const cellsOf = (at: number) => row(at).locator('th, td').allInnerTexts();
  expect(await cellsOf(2)).toEqual(['27', 'validation', '2', '1', 'cat', 'cat', '0.8125']);

  await row(2).hover();
  await page.getByText('12 of 150 rows').hover();
  expect(await said()).toEqual([2, 'none']);
  await row(3).click();
  await expect(row(3)).toHaveAttribute('aria-selected', 'true');
  await row(5).hover();
  await page.getByText('12 of 150 rows').hover();
  expect((await said()).at(-1)).toBe(3);

  await row(3).focus();
  await page.keyboard.press('ArrowDown');
  await expect(row(4)).toBeFocused();
  expect((await said()).at(-1)).toBe(4);
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(row(11)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  expect((await said()).at(-1)).toBe('none');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});
