// The search field of the bar: suggestions while one types, by mouse and by keyboard; and the form that it always is.
import { expect, test, type Locator, type Page } from '../fixtures/test';
import { awake, rows } from '../fixtures/frame';
import { mug, place, tea } from '../fixtures/orders';
import type { Person } from '../fixtures/people';
import { makeKey, makePerson, makeStore, type Store } from '../fixtures/stoa';

let store: Store;
let owner: Person;

test.beforeAll(async () => {
  store = makeStore();
  owner = makePerson(store.tenant, 'owner');
  const key = makeKey(store);
  await place(key, store, 'S-1', [mug], { customer: { email: 'ana@example.com', name: 'Ana Kovač' } });
  await place(key, store, 'S-2', [tea], { customer: { email: 'bo@example.com', name: 'Bo Li' } });
});

const field = (page: Page): Locator => page.locator('.bar input[name=q]');
const list = (page: Page): Locator => page.getByRole('listbox', { name: 'Suggestions' });
const option = (page: Page, name: RegExp): Locator => list(page).getByRole('option', { name });

async function open(page: Page, path = ''): Promise<void> {
  await page.goto(`/t/${store.tenant}${path}`);
  await awake(page);
  await expect(field(page)).toHaveRole('combobox');
}

test('orders, customers and pages are suggested, and a click goes there', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await open(page);
  await expect(list(page)).toBeHidden();
  await field(page).pressSequentially('s-');
  await expect(option(page, /^#S-1 Ana Kovač · £29\.00$/)).toBeVisible();
  await expect(option(page, /^#S-2 /)).toBeVisible();
  await expect(field(page)).toHaveAttribute('aria-expanded', 'true');
  await expect(page.locator('.search [role=status]')).toHaveText(/^\d+ suggestions$/);
  await field(page).fill('ana@');
  await expect(list(page).getByRole('group', { name: 'Customers' }).getByRole('option')).toHaveText(['Ana Kovačana@example.com']);
  await option(page, /^#S-1/).click();
  await expect(page).toHaveURL(`/t/${store.tenant}/orders/main/S-1`);
  await open(page);
  await field(page).fill('webh');
  await option(page, /^Webhooks$/).click();
  await expect(page).toHaveURL(`/t/${store.tenant}/settings/webhooks`);
});

test('the keyboard chooses, closes and searches', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await open(page);
  await page.keyboard.press('Control+k');
  await expect(field(page)).toBeFocused();
  await page.keyboard.type('s-');
  await expect(option(page, /^#S-2/)).toBeVisible();
  const chosen = (): Locator => list(page).locator('[aria-selected=true]');
  await expect(chosen()).toHaveCount(0);
  await page.keyboard.press('ArrowDown');
  await expect(chosen()).toHaveCount(1);
  const id = await chosen().getAttribute('id');
  await expect(field(page)).toHaveAttribute('aria-activedescendant', String(id));
  await page.keyboard.press('ArrowUp');
  await expect(chosen()).toHaveCount(0);
  await page.keyboard.press('ArrowDown');
  const href = await chosen().getAttribute('href');

  // Escape closes the list and leaves the text; an arrow opens it again.
  await page.keyboard.press('Escape');
  await expect(list(page)).toBeHidden();
  await expect(field(page)).toHaveValue('s-');
  await expect(field(page)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(list(page)).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(String(href));

  // Enter without a choice sends the form.
  await open(page);
  await field(page).fill('bo@example.com');
  await expect(option(page, /^#S-2/)).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`/t/${store.tenant}/orders?q=bo%40example.com`);
  await expect(rows(page, 'Orders')).toHaveCount(1);
});

test('a late answer to what was typed before is dropped, and leaving the field closes the list', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await open(page);
  // The first question is answered after the second one.
  let answer = () => {};
  const late = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/fn/search?q=s-1', async (route) => {
    await late;
    await route.continue();
  });
  const asked = page.waitForRequest('**/fn/search?q=s-1');
  await field(page).fill('s-1');
  await asked;
  await field(page).fill('s-2');
  await expect(option(page, /^#S-2/)).toBeVisible();
  const answered = page.waitForEvent('requestfinished', (request) => request.url().endsWith('q=s-1'));
  answer();
  await answered;
  await expect(option(page, /^#S-2/)).toBeVisible();
  await expect(option(page, /^#S-1/)).toHaveCount(0);
  await field(page).press('Tab');
  await expect(list(page)).toBeHidden();
});

test('without scripts the field searches orders', async ({ signedIn }) => {
  const page = await signedIn(owner, { javaScriptEnabled: false });
  await page.goto(`/t/${store.tenant}`);
  await expect(page.getByRole('combobox')).toHaveCount(0);
  await field(page).fill('S-1');
  await field(page).press('Enter');
  await expect(page).toHaveURL(/\/orders\?q=S-1$/);
  await expect(rows(page, 'Orders')).toHaveCount(1);
});
