// The same reading and writing with JavaScript off: by plain links and forms alone.
import { expect, test, type Page } from '../fixtures/test';
import { ordersCsv } from '../fixtures/files';
import { fact, figure, rows } from '../fixtures/frame';
import { mug, place, tea } from '../fixtures/orders';
import type { Person } from '../fixtures/people';
import { makeKey, makePerson, makeStore, type Store } from '../fixtures/stoa';

let store: Store;
let staff: Person;

test.beforeAll(async () => {
  store = makeStore();
  staff = makePerson(store.tenant, 'staff');
  const key = makeKey(store);
  await place(key, store, 'N-1', [mug, tea]);
  await place(key, store, 'N-2', [tea]);
});

async function signIn(page: Page): Promise<void> {
  await page.goto(`/t/${store.tenant}`);
  await page.getByLabel('Email').fill(staff.email);
  await page.getByLabel('Password').fill(staff.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL(`/t/${store.tenant}`);
}

test('signing in, the dashboard, a filter and an order', async ({ openPage }) => {
  const page = await openPage({ javaScriptEnabled: false });
  await signIn(page);
  await expect(figure(page, 'Total')).toHaveText('£46.80');
  await expect(page.getByText('Not live')).toBeVisible();
  await page.getByRole('navigation', { name: 'Period' }).getByRole('link', { name: 'Today' }).click();
  await expect(figure(page, 'Orders')).toHaveText('2');
  await page.locator('summary', { hasText: 'Custom range' }).click();
  await page.getByLabel('Compare with').selectOption('No comparison');
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  await expect(page).toHaveURL(/compare=none/);

  await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Orders' }).click();
  await page.locator('summary', { hasText: 'Filter' }).click();
  await page.getByLabel('Total from').fill('20');
  await page.getByRole('button', { name: 'Apply filters' }).click();
  await expect(rows(page, 'Orders')).toHaveCount(1);
  await page.getByRole('link', { name: '#N-1' }).click();
  await expect(fact(page, 'Total')).toHaveText('£37.90');

  await page.locator('summary', { has: page.locator('.avatar') }).click();
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.locator('summary', { has: page.locator('.avatar') }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/login');
});

test('a refund by line and a cancellation', async ({ signedIn }) => {
  const page = await signedIn(staff, { javaScriptEnabled: false });
  await page.goto(`/t/${store.tenant}/orders/main/N-1`);
  await page.getByRole('link', { name: 'Refund' }).click();
  await page.getByRole('button', { name: 'Refund selected lines' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByLabel('Quantity of Earl Grey tin to refund').fill('1');
  await page.getByRole('button', { name: 'Refund selected lines' }).click();
  await expect(page.getByText('Refund recorded.')).toBeVisible();
  await expect(fact(page, 'Net payment')).toHaveText('£29.00');

  await page.goto(`/t/${store.tenant}/orders/main/N-2`);
  await page.getByRole('link', { name: 'Cancel order' }).click();
  await page.getByRole('button', { name: 'Cancel order #N-2' }).click();
  await expect(page.getByText('Order cancelled.')).toBeVisible();
  await page.goto(`/t/${store.tenant}`);
  await expect(figure(page, 'Orders')).toHaveText('1');
});

test('an import from the choice of the file to its orders', async ({ signedIn }) => {
  const page = await signedIn(staff, { javaScriptEnabled: false });
  await page.goto(`/t/${store.tenant}/imports`);
  await page.getByRole('link', { name: 'Import file' }).click();
  await page.getByLabel('Format').selectOption('Orders, CSV');
  await page.getByLabel('File').setInputFiles(ordersCsv());
  await page.getByRole('button', { name: 'Check file' }).click();
  // The page looks again by itself until the check is over.
  await page.getByRole('button', { name: 'Import 2 orders' }).click();
  await expect(page.getByRole('heading', { name: 'Import result' })).toBeVisible({ timeout: 30_000 });
  await expect(fact(page, 'Sales in GBP')).toHaveText('£68.55');
  await page.getByRole('link', { name: 'Show orders' }).click();
  await expect(page.getByRole('link', { name: '#S-1' })).toBeVisible();
});
