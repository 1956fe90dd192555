// An island within another one: both work, and the inner one knows of the outer one.
import { expect, test } from '../fixtures/test';

test('an island among the children of another shares its context', async ({ openPage }) => {
  const page = await openPage();
  await page.goto('/styleguide');
  const fold = page.getByRole('button', { name: 'Fold', exact: true });
  const within = page.locator('leptos-children output');
  const outside = page.locator('output').last();
  await expect(fold).toBeVisible();
  await expect(fold).toHaveAttribute('aria-expanded', 'true');
  await expect(within).toHaveText('0');
  for (const times of ['1', '2']) {
    await fold.click();
    await expect(within).toBeHidden();
    await expect(fold).toHaveAttribute('aria-expanded', 'false');
    await fold.click();
    await expect(within).toBeVisible();
    await expect(within).toHaveText(times);
  }
  await expect(outside).toHaveText('0');
});

test('without scripts its content is there and the button is not', async ({ openPage }) => {
  const page = await openPage({ javaScriptEnabled: false });
  await page.goto('/styleguide');
  await expect(page.locator('leptos-children output')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Fold', exact: true })).toBeHidden();
});
