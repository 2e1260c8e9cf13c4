import { expect, test } from '@playwright/test';
import { notebookRecord } from '../../src/core/notebook.ts';
import { button, choose, numberIn, openPage, openSample, saveScreens, train } from './support.ts';

test('the equations of the network stand there before it is trained, and are copied as LaTeX', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const noise = await openPage(page);
  await page.getByRole('link', { name: 'By hand' }).click();
  const formulas = page.locator('equations-card math');
  await expect(formulas.first()).toHaveAttribute('alttext', 'ŷ = x · v');
  // Native MathML: the browser lays it out itself.
  const fraction = page.locator('equations-card mfrac').first();
  expect(await fraction.evaluate(({ namespaceURI }) => namespaceURI)).toBe(
    'http://www.w3.org/1998/Math/MathML',
  );
  await expect(fraction).toBeVisible();
  const general = await formulas.evaluateAll((all) => all.map((math) => math.getAttribute('alttext')));
  for (const formula of ['g = 1 / (1 + e^(−ŷ))', '∂E/∂w = gᵀ · ∂E/∂y', 'v′ = v − η ∂E/∂v'])
    expect(general).toContain(formula);

  await page.locator('equations-card summary').first().click();
  const lines = page.getByRole('group', { name: 'Entry by entry: pre-activations, hidden layer' });
  await expect(lines.locator('math')).toHaveCount(5);
  await expect(page.getByText('Not shown: 8 lines.').first()).toBeVisible();

  await button(page, 'Copy as LaTeX').click();
  await expect(button(page, 'Copied')).toBeVisible();
  const latex = await page.evaluate(() => navigator.clipboard.readText());
  expect(latex).toContain('  \\hat{y} &= x \\cdot v');
  expect(latex).toContain('  \\hat{y}_{11} &= x_{11} \\, v_{11} + x_{12} \\, v_{21}');
  expect(noise.messages).toEqual([]);
});

test('every matrix of a step stands there, and an entry says what it was made of', async ({ page }) => {
  const noise = await openPage(page);
  await train(page);
  await page.getByRole('link', { name: 'By hand' }).click();
  await expect(page.locator('walk-view .about')).toContainText('It leads to what stands at 10,000.');
  await page.getByRole('textbox', { name: 'Step' }).fill('0');
  // It goes there, and trains nothing anew.
  await page.getByRole('textbox', { name: 'Step' }).press('Enter');
  const grid = page.getByRole('grid', { name: 'pre-activations, hidden layer', exact: true });
  await expect(grid.getByRole('gridcell')).toHaveCount(13);
  await grid.locator('td[data-place="3,1"]').click();
  const said = page.locator('walk-panel .chosen p').first();
  await expect(said).toHaveText('ŷ₄₂: 0.8671 = 1 × 0.7203 + 1 × 0.1468');
  await expect(page.locator('walk-matrix td.source')).toHaveText(['1', '1', '0.7203', '0.1468']);
  const three = await page.locator('walk-panel .chosen p').nth(2).innerText();
  const [, gpu, float64, difference] = three.match(/^float32 (\S+), float64 (\S+), difference (\S+)$/) ?? [];
  expect(numberIn(difference)).toBeCloseTo(numberIn(gpu) - numberIn(float64), 8);
  await page.keyboard.press('ArrowLeft');
  await expect(said).toContainText('ŷ₄₁');
  await page.keyboard.press('Escape');
  await expect(page.locator('walk-panel .chosen')).toHaveCount(0);
  // dE_dv and dE_dw, as the notebook prints them of its first step, in both columns.
  for (const values of ['float32', 'float64']) {
    await page.locator('walk-view').getByRole('radio', { name: values, exact: true }).check({ force: true });
    for (const [layer, recorded] of [
      ['hidden', notebookRecord.gradients.slice(0, 6)],
      ['output', notebookRecord.gradients.slice(6)],
    ] as const) {
      const name = `gradient of the weights, ${layer} layer`;
      const cells = page.getByRole('grid', { name, exact: true }).locator('td[data-place]');
      const shown = (await cells.allInnerTexts()).map(numberIn);
      expect(shown).toEqual(recorded.map((value) => Number(value.toPrecision(4))));
    }
  }
  await grid.locator('td[data-place="2,0"]').click();
  await expect(said).toContainText('ŷ₃₁');
  expect(noise.messages).toEqual([]);
  await saveScreens(page, 'by-hand');
});

test('of a large batch a window is shown, and turned for all matrices together', async ({ page }) => {
  const noise = await openPage(page);
  await openSample(page, 'Iris');
  await choose(page, 'Optimizer', 'Adam');
  await page.getByRole('link', { name: 'By hand' }).click();
  // Before training: what a run would begin with.
  await expect(page.locator('walk-view .about')).toContainText('the parameters it would begin with');
  const inputs = page.getByRole('grid', { name: 'inputs', exact: true });
  const first = inputs.locator('td[data-place="0,0"]');
  await expect(first).toBeVisible();
  const later = page.locator('walk-matrix').first().getByRole('button', { name: 'Later rows' });
  await expect(inputs.locator('thead th')).toHaveText([/^sepal_length 1$/, /_width 2$/, /3$/, /4$/]);
  await later.click();
  await expect(inputs.locator('tbody th')).toHaveText(['9', '10', '11', '12', '13', '14', '15', '16']);
  const targets = page.getByRole('grid', { name: 'targets', exact: true });
  await expect(targets.locator('tbody th').first()).toHaveText('9');

  const gradient = page.getByRole('grid', { name: 'gradient of the weights, output layer', exact: true });
  await gradient.locator('td[data-place="0,0"]').click();
  const chosen = page.locator('walk-panel .chosen');
  await expect(chosen).toContainText(/ = … \+ .* \+ …/);
  await expect(chosen).toContainText(
    /Made of 8 entries of \S+ and 8 of \S+, and \d+ more outside the window\./,
  );
  await expect(page.locator('walk-matrix td.source')).toHaveCount(16);
  // What it was made of is off the screen: its name leads there, and what was chosen stays that.
  const [source] = await chosen.getByRole('button', { name: '8 entries of' }).all();
  await source.press('Enter');
  const lit = page
    .getByRole('grid', { name: 'activations, hidden layer', exact: true })
    .locator('td[data-place="8,0"]');
  await expect(lit).toBeFocused();
  await expect(lit).toBeInViewport();
  await expect(gradient.locator('td[data-place="0,0"]')).toHaveAttribute('aria-selected', 'true');
  // From there on by the arrow keys, as anywhere.
  await page.keyboard.press('ArrowDown');
  await expect(chosen).toContainText(/^\s*g₁₀,₁: /);

  // Whoever turns to the last row keeps the focus.
  await later.focus();
  while ((await later.getAttribute('aria-disabled')) === 'false') {
    const shown = await inputs.locator('tbody th').first().innerText();
    await page.keyboard.press('Enter');
    await expect(inputs.locator('tbody th').first()).not.toHaveText(shown);
  }
  await expect(later).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(inputs.locator('tbody th').last()).toHaveText('90');

  await button(page, 'Update').click();
  await expect(page.getByRole('heading', { name: 'Update', level: 2 })).toBeFocused();
  await expect(page.getByRole('heading', { name: 'Update', level: 2 })).toBeInViewport();
  await button(page, 'Equations').click();
  await expect(page.getByRole('heading', { name: 'Equations of this network' })).toBeFocused();
  expect(noise.messages).toEqual([]);
});
