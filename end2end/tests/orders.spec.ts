import { expect, test, type Page } from '../fixtures/test';
import { fact, rows } from '../fixtures/frame';
import { minor } from '../fixtures/money';
import { mug, place, tea } from '../fixtures/orders';
import { owner, viewer, type Person } from '../fixtures/people';
import { makeKey, makePerson, makeStore, type Store } from '../fixtures/stoa';

const list = '/t/demo/orders';

async function filter(page: Page, fill: (page: Page) => Promise<unknown>): Promise<void> {
  await page.locator('summary', { hasText: 'Filter' }).click();
  await fill(page);
  await page.getByRole('button', { name: 'Apply filters' }).click();
}

const chips = (page: Page) => page.getByRole('link', { name: /^Remove filter: / });
const numbers = (page: Page) => rows(page, 'Orders').locator('td:first-child').allInnerTexts();

test('orders are filtered by status and payment, and a chip takes a filter away', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto(list);
  await filter(page, (p) => p.getByLabel('Status').selectOption('Cancelled'));
  await expect(page).toHaveURL(`${list}?status=cancelled`);
  await expect(rows(page, 'Orders').first()).toContainText('Cancelled');
  for (const row of await rows(page, 'Orders').all()) await expect(row).toContainText('Cancelled');

  await page.goto(list);
  await filter(page, async (p) => {
    await p.getByLabel('Payment').selectOption('Partly refunded');
    await p.getByLabel('Store', { exact: true }).selectOption('Harbour Goods');
  });
  await expect(rows(page, 'Orders').first()).toContainText('Partly refunded');
  for (const row of await rows(page, 'Orders').all()) await expect(row).toContainText('Partly refunded');
  await expect(chips(page)).toHaveCount(2);

  await page.getByRole('link', { name: 'Remove filter: Partly refunded' }).click();
  await expect(page).toHaveURL(`${list}?store=harbour`);
  await expect(chips(page)).toHaveCount(1);
  await page.getByRole('link', { name: 'Remove filter: Harbour Goods' }).click();
  await expect(page).toHaveURL(list);
  await expect(chips(page)).toHaveCount(0);
});

test('orders are found by number, e-mail and SKU', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto(`${list}?store=harbour`);
  const search = page.getByLabel('Search these orders by number, email, customer ID or SKU');
  const find = async (text: string): Promise<void> => {
    await search.fill(text);
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`q=${encodeURIComponent(text)}`));
  };
  await find('10007');
  expect(await numbers(page)).toContain('#10007');
  await find('priya@example.com');
  for (const row of await rows(page, 'Orders').all()) await expect(row).toContainText('Priya Raman');
  await find('LMP-READ');
  await rows(page, 'Orders').first().getByRole('link').click();
  await expect(rows(page, 'Items').filter({ hasText: 'Reading lamp' }).first()).toBeVisible();
  await page.goto(`${list}?q=nothing-is-called-this`);
  await expect(page.getByText('No matching orders')).toBeVisible();
});

test('orders are filtered by the day they were placed on', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto(list);
  const day = new Date(Date.now() - 40 * 86_400_000).toISOString().slice(0, 10);
  await filter(page, async (p) => {
    await p.getByLabel('Placed from').fill(day);
    await p.getByLabel('Placed to (inclusive)').fill(day);
  });
  await expect(page).toHaveURL(`${list}?from=${day}&to=${day}`);
  await expect(rows(page, 'Orders').first()).toBeVisible();
  const shown = new Date(`${day}T12:00:00Z`).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  for (const time of await rows(page, 'Orders').locator('time').allInnerTexts()) expect(time).toContain(shown.replace('Sept', 'Sep'));
});

test('a filter that cannot be used is ignored, says so, and keeps what was typed', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto(`${list}?from=yesterday&min=much&status=cancelled`);
  const ignored = page.locator('.chip-ignored');
  await expect(ignored).toHaveText(['Ignored: from = yesterday', 'Ignored: min = much']);
  for (const row of await rows(page, 'Orders').all()) await expect(row).toContainText('Cancelled');
  await page.locator('summary', { hasText: 'Filter' }).click();
  await expect(page.getByLabel('Placed from')).toHaveAccessibleDescription('Enter a date such as 2026-03-01.');
  await expect(page.getByLabel('Placed from')).toHaveValue('yesterday');
  await expect(page.getByLabel('Total from')).toHaveAccessibleDescription('Enter an amount such as 12.50.');
  await expect(page.getByLabel('Status')).toHaveValue('cancelled');
  await page.getByLabel('Placed from').fill('');
  await page.getByLabel('Total from').fill('');
  await page.getByRole('button', { name: 'Apply filters' }).click();
  await expect(page).toHaveURL(`${list}?status=cancelled`);
  await expect(rows(page, 'Orders').first()).toBeVisible();
  await page.goto(`${list}?colour=red&status=cancelled`);
  await ignored.click();
  await expect(page).toHaveURL(`${list}?status=cancelled`);
  await expect(ignored).toHaveCount(0);
});

test('the way to older orders and back shows every order once', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto(`${list}?store=finch&limit=25`);
  const pages = [await numbers(page)];
  await expect(page.getByRole('link', { name: 'Newer' })).toHaveCount(0);
  for (let n = 1; n < 4; n += 1) {
    await page.getByRole('link', { name: 'Older' }).click();
    await expect(page).toHaveURL(/cursor=/);
    await expect.poll(() => numbers(page)).not.toEqual(pages[n - 1]);
    pages.push(await numbers(page));
  }
  const seen = pages.flat();
  expect(seen.length).toBe(100);
  expect(new Set(seen).size).toBe(100);
  for (let n = 2; n >= 0; n -= 1) {
    await page.getByRole('link', { name: 'Newer' }).click();
    await expect.poll(() => numbers(page)).toEqual(pages[n]);
  }
});

test.describe('one order', () => {
  let store: Store;
  let key: string;
  let staff: Person;

  test.beforeAll(() => {
    store = makeStore();
    key = makeKey(store);
    staff = makePerson(store.tenant, 'staff');
  });

  test('is refunded by line, then wholly, and the figures follow', async ({ signedIn }) => {
    await place(key, store, 'R-1', [mug, tea], { shipping: 395, tax: 632, customer: { name: 'Ada Example', email: 'ada@example.org' } });
    const page = await signedIn(staff);
    await page.goto(`/t/${store.tenant}/orders`);
    await page.getByRole('link', { name: '#R-1' }).click();
    await expect(page.getByRole('heading', { level: 1, name: '#R-1' })).toBeVisible();
    await expect(rows(page, 'Items')).toHaveCount(2);
    await expect(fact(page, 'Total')).toHaveText('£48.17');
    await expect(fact(page, 'Email')).toHaveText('ada@example.org');

    await page.getByRole('link', { name: 'Refund' }).click();
    await page.getByLabel('Quantity of Stoneware mug to refund').fill('1');
    await page.getByLabel('Reason').fill('One arrived broken');
    await page.getByRole('button', { name: 'Refund selected lines' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Refund recorded.' })).toBeVisible();
    await expect(page.getByText('Partly refunded')).toBeVisible();
    // 14.50, and its share of the tax: half of 4.84.
    await expect(fact(page, 'Net payment')).toHaveText('£31.25');
    await expect(page.getByRole('listitem').filter({ hasText: '£16.92 refunded' })).toContainText('One arrived broken');
    // Nothing was sent yet.
    await expect(page.getByRole('link', { name: 'Cancel order' })).toHaveCount(1);

    await page.getByRole('link', { name: 'Refund' }).click();
    await page.getByRole('button', { name: 'Refund remaining £31.25' }).click();
    await expect(fact(page, 'Net payment')).toHaveText('£0.00');
    await expect(page.getByText('Refunded', { exact: true })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Refund' })).toHaveCount(0);

    await page.goto(`/t/${store.tenant}`);
    const returns = page.locator('a.card', { hasText: 'Returns' }).locator('.figure-value');
    await expect.poll(async () => minor(await returns.innerText())).toBe(3_790);
  });

  test('refuses to refund more than is left, at the line', async ({ signedIn }) => {
    await place(key, store, 'R-2', [mug]);
    const page = await signedIn(staff);
    await page.goto(`/t/${store.tenant}/orders/main/R-2/refund`);
    const pieces = page.getByLabel('Quantity of Stoneware mug to refund');
    await pieces.fill('3');
    await page.getByRole('button', { name: 'Refund selected lines' }).click();
    // The browser says so itself; the server says it to whoever asks without one.
    expect(await pieces.evaluate((input: HTMLInputElement) => input.validity.rangeOverflow)).toBe(true);
    await pieces.evaluate((input: HTMLInputElement) => input.removeAttribute('max'));
    await page.getByRole('button', { name: 'Refund selected lines' }).click();
    await expect(page.locator('td', { has: pieces }).locator('.fault')).toBeVisible();
    await expect(pieces).toHaveValue('3');
  });

  test('is cancelled once, with a reason that stays in its timeline', async ({ signedIn }) => {
    await place(key, store, 'C-1', [tea]);
    const page = await signedIn(staff);
    await page.goto(`/t/${store.tenant}/orders/main/C-1`);
    await page.getByRole('link', { name: 'Cancel order' }).click();
    await expect(page.getByText('This removes £8.90 from the figures of')).toBeVisible();
    await page.getByRole('link', { name: 'Keep order' }).click();
    await page.getByRole('link', { name: 'Cancel order' }).click();
    await page.getByLabel('Reason').fill('Ordered twice');
    await page.getByRole('button', { name: 'Cancel order #C-1' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Order cancelled.' })).toBeVisible();
    await expect(page.getByRole('listitem').filter({ hasText: 'Order cancelled' })).toContainText('Ordered twice');
    await expect(page.getByRole('link', { name: 'Cancel order' })).toHaveCount(0);
    await page.goto(`/t/${store.tenant}/orders/main/C-1/cancel`);
    await page.getByRole('button', { name: 'Cancel order #C-1' }).click();
    await expect(page.getByRole('alert')).toContainText('This order is already cancelled.');
  });
});

test('a viewer is offered no change, and the server refuses one', async ({ signedIn }) => {
  const page = await signedIn(viewer);
  await page.goto(`${list}?store=harbour&status=open&payment=paid&kind=sale`);
  await expect(page.getByRole('link', { name: 'Import orders', exact: true })).toHaveCount(0);
  await rows(page, 'Orders').first().getByRole('link').click();
  await expect(page.getByRole('heading', { level: 2, name: 'Timeline' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Refund' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Cancel order' })).toHaveCount(0);
  const address = page.url();
  for (const action of ['pay', 'fulfil', 'hold', 'close', 'note', 'edit', 'refund', 'cancel']) {
    const answer = await page.request.post(`${address}/${action}`, {
      form: { extent: 'full', seen: '0', reason: '' },
      headers: { Origin: new URL(address).origin },
    });
    expect(answer.status(), action).toBe(403);
  }
  await page.reload();
  await expect(page.locator('.pill').filter({ hasText: 'Paid' })).toBeVisible();
});
