import { expect, test, type Page } from '../fixtures/test';
import { owner, type Person } from '../fixtures/people';
import { makePerson, makeStore } from '../fixtures/stoa';

async function fillIn(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

test('a wrong password and an unknown account get the same words', async ({ openPage }) => {
  const page = await openPage();
  await page.goto('/login');
  const refusals: string[] = [];
  for (const email of [owner.email, 'nobody@nowhere.test']) {
    await fillIn(page, { email, password: 'not the password' });
    await expect(page.getByRole('alert')).toBeVisible();
    await expect(page.getByLabel('Email')).toHaveValue(email);
    await expect(page.getByLabel('Password')).toHaveValue('');
    await expect(page.getByLabel('Password')).toBeFocused();
    refusals.push(await page.getByRole('alert').innerText());
  }
  expect(refusals[0]).not.toBe('');
  expect(refusals[1]).toBe(refusals[0]);
});

test('signing in leads to the page that was asked for, and a foreign address is ignored', async ({ openPage }) => {
  const page = await openPage();
  await page.goto('/t/demo/orders?payment=paid&limit=25');
  await expect(page).toHaveURL(/\/login\?next=/);
  await fillIn(page, owner);
  await expect(page).toHaveURL('/t/demo/orders?payment=paid&limit=25');
  await expect(page.getByRole('heading', { level: 1, name: 'Orders' })).toBeVisible();

  const other = await openPage();
  await other.goto('/login?next=//evil.test/');
  await fillIn(other, owner);
  await expect(other).toHaveURL('/t/demo');
});

test('signing out ends this browser only', async ({ openPage }) => {
  const person = makePerson(makeStore().tenant, 'viewer');
  const [here, there] = [await openPage(), await openPage()];
  for (const page of [here, there]) {
    await page.goto('/login');
    await fillIn(page, person);
    await expect(page).toHaveURL(/\/t\//);
  }
  await here.locator('summary', { has: here.locator('.avatar') }).click();
  await here.getByRole('button', { name: 'Sign out' }).click();
  await expect(here).toHaveURL('/login');
  await here.goto('/account');
  await expect(here).toHaveURL('/login?next=/account');
  await there.goto('/account');
  await expect(there.getByRole('heading', { level: 1, name: 'Account' })).toBeVisible();
});

test('signing out everywhere ends the other browsers too', async ({ openPage }) => {
  const person = makePerson(makeStore().tenant, 'owner');
  const [here, there] = [await openPage(), await openPage()];
  for (const page of [here, there]) {
    await page.goto('/login?next=/account');
    await fillIn(page, person);
    await expect(page.getByRole('heading', { level: 1, name: 'Account' })).toBeVisible();
  }
  await expect(there.getByRole('table', { name: 'Sessions' }).locator('tbody tr')).toHaveCount(2);
  await here.getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(here).toHaveURL('/login');
  await there.reload();
  await expect(there).toHaveURL('/login?next=/account');
});
