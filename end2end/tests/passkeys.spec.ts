import { expect, test, type Page } from '../fixtures/test';
import { type Person } from '../fixtures/people';
import { makePerson, makeStore } from '../fixtures/stoa';

// Browsers tie passkeys to names: this machine is called by its own.
const origin = String(process.env.BASE_URL).replace('127.0.0.1', 'localhost');

/** Gives the browser of `page` a device that recognises its owner without asking. */
async function giveDevice(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

async function signIn(page: Page, { email, password }: Person): Promise<void> {
  await page.goto(`${origin}/login?next=/account`);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function askForPasskey(page: Page, person: Person, name: string): Promise<void> {
  const card = page.locator('form[action="/account/passkeys/new"]');
  await card.getByLabel('Passkey name').fill(name);
  await card.getByLabel('Current password').fill(person.password);
  await card.getByRole('button', { name: 'Add passkey' }).click();
}

test('a passkey is added, signs in alone, opens the second step, and is removed', async ({ openPage }) => {
  const person = makePerson(makeStore().tenant, 'owner');
  const page = await openPage();
  await giveDevice(page);
  await signIn(page, person);
  await askForPasskey(page, person, 'Laptop');
  await page.getByRole('button', { name: 'Create passkey' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Recovery codes' })).toBeVisible();
  await page.goto(`${origin}/account`);
  const row = page.getByRole('table', { name: 'Passkeys' }).getByRole('row', { name: /Laptop/ });
  await expect(row).toContainText('Never');
  await page.getByRole('button', { name: 'Sign out here' }).click();

  await page.goto(`${origin}/login?next=/account`);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Account' })).toBeVisible();
  await expect(row).not.toContainText('Never');
  await page.getByRole('button', { name: 'Sign out here' }).click();

  await signIn(page, person);
  await expect(page.getByRole('heading', { level: 1, name: 'Two-factor authentication' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Account' })).toBeVisible();

  await row.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('This is your last passkey.')).toBeVisible();
  await page.getByLabel('Current password').fill(person.password);
  await page.getByRole('button', { name: 'Remove passkey' }).click();
  await expect(page.getByText('Passkey removed.')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Passkeys' })).toHaveCount(0);
});

test('a device that gives nothing changes nothing, and can be asked again', async ({ openPage }) => {
  const page = await openPage();
  await giveDevice(page);
  await page.goto(`${origin}/login`);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByText('Your device did not provide a passkey')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  await page.getByRole('link', { name: 'Back to sign-in' }).click();
  await expect(page).toHaveURL(`${origin}/login`);
});

test('without scripts the page says so, and the password goes on', async ({ openPage }) => {
  const person = makePerson(makeStore().tenant, 'viewer');
  const page = await openPage({ javaScriptEnabled: false });
  await page.goto(`${origin}/login`);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByText('Passkeys need JavaScript.')).toBeVisible();
  await signIn(page, person);
  await askForPasskey(page, person, 'Laptop');
  await expect(page.getByText('Passkeys need JavaScript.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Create passkey' })).toBeHidden();
});
