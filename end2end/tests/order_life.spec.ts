// The life of an order on its page: paid, sent, given back, edited; with scripts and without.
import { expect, test, type Page } from '../fixtures/test';
import { awake, fact, rows } from '../fixtures/frame';
import { mug, place, tea } from '../fixtures/orders';
import type { Person } from '../fixtures/people';
import { makeKey, makePerson, makeStore, type Store } from '../fixtures/stoa';

let store: Store;
let staff: Person;

test.beforeAll(async () => {
  store = makeStore();
  staff = makePerson(store.tenant, 'staff');
  const key = makeKey(store);
  for (const number of ['L-1', 'L-2', 'L-3']) {
    await place(key, store, number, [mug, tea], { payments: [], shipping: 395, tax: 632 });
  }
});

const address = (number: string): string => `/t/${store.tenant}/orders/main/${number}`;
const said = (page: Page, words: string) => page.getByRole('status').filter({ hasText: words });

test('an order is marked as paid, sent in parts with tracking, and closed', async ({ signedIn }) => {
  const page = await signedIn(staff);
  await page.goto(`/t/${store.tenant}/orders`);
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: /^Unpaid/ }).click();
  await expect(page).toHaveURL(/payment=pending%2Cauthorized%2Cpartially_paid/);
  await expect(page.getByRole('link', { name: 'Remove filter: Unpaid, Authorized, Partly paid' })).toBeVisible();
  await page.getByRole('link', { name: '#L-1' }).click();
  await expect(fact(page, 'Outstanding')).toHaveText('£48.17');
  await page.getByRole('button', { name: 'Mark as paid' }).click();
  await expect(said(page, 'Payment recorded.')).toBeVisible();
  await expect(fact(page, 'Paid')).toHaveText('£48.17');
  await expect(page.getByRole('button', { name: 'Mark as paid' })).toHaveCount(0);

  await page.getByRole('link', { name: 'Fulfil items' }).click();
  await expect(page.getByLabel('Quantity of Stoneware mug to send')).toHaveValue('2');
  await page.getByLabel('Quantity of Earl Grey tin to send').fill('0');
  await page.getByLabel('Carrier').fill('DPD');
  await page.getByLabel('Tracking number').fill('123');
  await page.getByLabel('Tracking link').fill('https://example.org/123');
  await page.getByRole('button', { name: 'Mark as fulfilled' }).click();
  await expect(said(page, 'Fulfilment recorded.')).toBeVisible();
  await expect(page.getByText('Partly fulfilled')).toBeVisible();
  await expect(page.getByRole('link', { name: '123', exact: true })).toHaveAttribute('href', 'https://example.org/123');

  await page.getByRole('button', { name: 'Hold' }).click();
  await expect(page.getByText('On hold', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Release hold' }).click();
  await page.getByRole('link', { name: 'Fulfil items' }).click();
  await page.getByRole('button', { name: 'Mark as fulfilled' }).click();
  await expect(page.getByText('Fulfilled', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Close order' }).click();
  await expect(said(page, 'Order closed.')).toBeVisible();
  await page.goto(`/t/${store.tenant}/orders?status=closed`);
  await expect(page.getByRole('link', { name: '#L-1' })).toBeVisible();
});

test('a refund by line shows its sum while lines are chosen, and refunds exactly that', async ({ signedIn }) => {
  const page = await signedIn(staff);
  await page.goto(address('L-2'));
  await page.getByRole('button', { name: 'Mark as paid' }).click();
  await page.getByRole('link', { name: 'Refund' }).click();
  await awake(page);
  const sum = page.getByText(/^Selected:/);
  await expect(sum).toHaveCount(0);
  // A mug is 14.50 with half of 4.84 of tax.
  await page.getByLabel('Quantity of Stoneware mug to refund').fill('1');
  await expect(sum).toHaveText('Selected: £16.92');
  await page.getByLabel('Shipping to refund').fill('1.95');
  await expect(sum).toHaveText('Selected: £18.87');
  await page.getByLabel('Shipping to refund').fill('much');
  await expect(sum).toHaveCount(0);
  await page.getByLabel('Shipping to refund').fill('1.95');
  await page.getByRole('button', { name: 'Refund selected lines' }).click();
  await expect(said(page, 'Refund recorded.')).toBeVisible();
  await expect(fact(page, 'Net payment')).toHaveText('£29.30');

  await page.getByRole('link', { name: 'Refund' }).click();
  await page.getByLabel('Or an amount').fill('9.30');
  await page.getByRole('button', { name: 'Refund amount' }).click();
  await expect(fact(page, 'Net payment')).toHaveText('£20.00');
});

test('without scripts an order is paid in part, sent, noted and edited', async ({ signedIn }) => {
  const page = await signedIn(staff, { javaScriptEnabled: false });
  await page.goto(address('L-3'));
  await page.getByRole('link', { name: 'Record payment' }).click();
  await page.getByLabel('Amount').fill('8.17');
  await page.getByLabel('Method').fill('Cash');
  await page.getByRole('button', { name: 'Record payment' }).click();
  await expect(page.getByText('Payment recorded.')).toBeVisible();
  await expect(fact(page, 'Outstanding')).toHaveText('£40.00');

  await page.getByRole('link', { name: 'Fulfil items' }).click();
  await page.getByRole('button', { name: 'Mark as fulfilled' }).click();
  await expect(page.getByText('Fulfilment recorded.')).toBeVisible();
  await expect(rows(page, 'Items').first()).toContainText('2 sent');

  await page.getByLabel('Note', { exact: true }).fill('Called twice');
  await page.getByRole('button', { name: 'Add note' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Called twice' })).toContainText(staff.email);

  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await page.getByRole('textbox', { name: 'Email' }).fill('ada');
  await page.getByLabel('Tags').fill('gift');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByRole('textbox', { name: 'Email' })).toHaveAccessibleDescription('Enter an email such as name@example.com.');
  await page.getByRole('textbox', { name: 'Email' }).fill('ada@example.org');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Order updated.')).toBeVisible();
  await expect(fact(page, 'Email')).toHaveText('ada@example.org');
  await expect(page.getByText('gift', { exact: true })).toBeVisible();
});
