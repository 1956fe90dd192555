import { expect, test, type Page } from '../fixtures/test';
import { card, figure, rows, stripSum, table } from '../fixtures/frame';
import { minor } from '../fixtures/money';
import { owner } from '../fixtures/people';

const HOME = '/t/demo?store=harbour';

// What a card says, what the list behind it calls it.
const AMOUNTS = [
  ['Gross sales', 'Gross sales'],
  ['Returns', 'Returns'],
  ['Net sales', 'Net sales'],
  ['Total', 'Total'],
] as const;

async function choose(page: Page, days: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Period' }).getByRole('link', { name: days }).click();
  await expect(page.getByRole('link', { name: days })).toHaveAttribute('aria-current', 'true');
}

test('every card leads to the very orders behind it', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto(HOME);
  await choose(page, '90 days');
  for (const [label, inList] of AMOUNTS) {
    const said = minor(await figure(page, label).innerText());
    expect(said, label).not.toBe(0);
    await card(page, label).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Orders' })).toBeVisible();
    expect(minor(await stripSum(page, inList).innerText()), label).toBe(said);
    await page.goBack();
  }
  const orders = await figure(page, 'Orders').innerText();
  await card(page, 'Orders').click();
  await expect(page.getByText(`${orders} orders`, { exact: true })).toBeVisible();
});

test('the figures fit together', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto(HOME);
  const said = async (label: string): Promise<number> => minor(await figure(page, label).innerText());
  const [gross, returns, net] = [await said('Gross sales'), await said('Returns'), await said('Net sales')];
  expect(net).toBe(gross - (await said('Discounts')) - returns);
  expect(await said('Total')).toBe(net + (await said('Shipping, tax and fees')));
  const orders = Number((await figure(page, 'Orders').innerText()).replaceAll(',', ''));
  expect(Math.abs(Math.round(net / orders) - (await said('Average order value')))).toBeLessThanOrEqual(1);
});

test('a usual period is one click away and stands in the address', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto(HOME);
  await choose(page, 'Yesterday');
  expect(new URL(page.url()).searchParams.get('period')).toBe('yesterday');
  expect(new URL(page.url()).searchParams.get('store')).toBe('harbour');
  await expect(page.getByRole('img', { name: 'Total by hour' })).toBeVisible();
  const before = await figure(page, 'Total').innerText();
  await page.reload();
  await expect(figure(page, 'Total')).toHaveText(before);
});

test('a custom range is typed into a form, and days that make no sense are ignored', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto(HOME);
  const other = page.locator('summary', { hasText: 'Custom range' });
  await other.click();
  await page.getByLabel('From').fill('2026-09-01');
  await page.getByLabel('To (inclusive)').fill('2026-08-01');
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  await expect(page.locator('.chip-ignored')).toHaveText(['Ignored: to = 2026-08-01', 'Ignored: from = 2026-09-01']);
  await expect(figure(page, 'Total')).toBeVisible();
  await other.click();
  await page.getByLabel('From', { exact: true }).fill('2026-09-01');
  await page.getByLabel('To (inclusive)', { exact: true }).fill('2026-09-30');
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  await expect(page.getByText('1 Sep – 30 Sep 2026 · as of')).toBeVisible();
  expect(new URL(page.url()).searchParams.get('store')).toBe('harbour');
  await expect(other).toHaveAttribute('aria-current', 'true');
});

test('a comparison can be chosen, and can be left out', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto(HOME);
  const change = card(page, 'Gross sales').locator('.change');
  await expect(change).toHaveAttribute('title', /^Compared with: Previous period \(/);
  for (const [choice, words] of [['Previous year', /^Compared with: Previous year \(/], ['No comparison', null]] as const) {
    await page.locator('summary', { hasText: 'Custom range' }).click();
    await page.getByLabel('Compare with').selectOption(choice);
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await expect(page).toHaveURL(/compare=/);
    if (words) await expect(change).toHaveAttribute('title', words);
    else await expect(change).toHaveCount(0);
  }
});

test('a year without orders is compared as new, never in percent', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto(`${HOME}&compare=year`);
  await expect(card(page, 'Gross sales').locator('.change')).toContainText('new');
  await expect(card(page, 'Gross sales').locator('.change')).not.toContainText('%');
});

test('the chart has its figures as a table, and they add up to the total', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto(HOME);
  await expect(table(page, 'Total by day')).toBeHidden();
  await page.locator('summary', { hasText: 'Show as a table' }).click();
  const days = rows(page, 'Total by day');
  await expect(days).toHaveCount(30);
  let sum = 0;
  for (const cell of await days.locator('td:nth-of-type(1)').allInnerTexts()) sum += minor(cell);
  expect(sum).toBe(minor(await figure(page, 'Total').innerText()));
});

test('unlike currencies stand apart', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto('/t/demo');
  for (const [code, sign] of [['GBP', '£'], ['EUR', '€']]) {
    const part = page.getByRole('region', { name: code, exact: true });
    await expect(part.getByRole('heading', { name: code })).toBeVisible();
    await expect(part.locator('.figure-value').first()).toContainText(sign);
  }
});

test('a product leads to the orders that hold it', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto(HOME);
  await rows(page, 'Top products').first().getByRole('link').click();
  await expect(page).toHaveURL(/\/t\/demo\/orders\?.*product=/);
  await expect(rows(page, 'Orders').first()).toBeVisible();
});

test('the theme is chosen by hand and remembered', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto(`${HOME}&compare=none`);
  const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const grounds: string[] = [];
  for (const theme of ['Dark', 'Light']) {
    await page.locator('summary', { has: page.locator('.avatar') }).click();
    await page.getByRole('form', { name: 'Theme' }).getByRole('button', { name: theme }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme.toLowerCase());
    await expect(page).toHaveURL(`${HOME}&compare=none`);
    grounds.push(await ground());
  }
  expect(grounds[0]).not.toBe(grounds[1]);
  await page.goto('/t/demo/orders');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
});

test('one period is marked, whichever others mean the same days', async ({ signedIn }) => {
  const page = await signedIn(owner);
  for (const [period, label] of [['30-days', '30 days'], ['month', 'This month'], ['week', 'This week'], ['year', 'This year']]) {
    await page.goto(`${HOME}&period=${period}`);
    await expect(page.locator('.segments [aria-current], .menu-form .menu-box [aria-current]')).toHaveText([label]);
  }
});
