// Signing in through a company's own OpenID provider: a packaged one, which knows nothing of Stoa.
import {
  begin, enter, expect, expectRecorded, expectRefused, goOn, openSettings, SECRET, test, type Company, type Page, type Provider,
} from '../fixtures/company';
import { rows } from '../fixtures/frame';

const SAVED = 'It was saved, and the issuer answers as a provider does.';
const UNPROVEN =
  'What the provider of your company answered cannot be taken as it is. ' +
  'Begin again; if that does not help, tell whoever runs Stoa for your company.';

const domain = ({ tenant }: Company): string => `${tenant}.test`;

for (const scripts of [true, false]) {
  const how = scripts ? '' : ', without scripts';

  test(`an owner sets the provider, members come in by it as who they are, and no more once it is removed${how}`, async ({
    company, openPage, signedIn, startProvider,
  }) => {
    const { tenant, owner, member } = company;
    const settings = await signedIn(owner, { javaScriptEnabled: scripts });
    const redirect = await openSettings(settings, tenant);
    const { issuer } = await startProvider({ redirect, accounts: [member] });
    await enter(settings, issuer, SECRET, domain(company));
    await expect(settings.getByText(SAVED)).toBeVisible();
    await expect(settings.getByLabel('Issuer')).toHaveValue(issuer);
    await expect(settings.getByLabel('Client secret')).toHaveValue('');

    const page = await openPage({ javaScriptEnabled: scripts });
    await begin(page, tenant);
    await expect(page.getByRole('heading', { level: 1, name: `Sign in to Tenant ${tenant}` })).toBeVisible();
    await expect(page.getByText('You go on to localhost and come back here.')).toBeVisible();
    await goOn(page, member.email);
    await expect(page).toHaveURL(`/t/${tenant}`);
    await page.locator('summary', { has: page.locator('.avatar') }).click();
    await expect(page.getByText(member.email)).toBeVisible();
    const rooms = page.getByRole('navigation', { name: 'Rooms', exact: true });
    await expect(rooms.getByRole('link', { name: 'Orders' })).toBeVisible();
    await expect(rooms.getByRole('link', { name: 'Team' })).toHaveCount(0);
    expect((await page.goto(`/t/${tenant}/team`))?.status(), 'the staff does not manage people').toBe(403);
    await settings.goto(`/t/${tenant}/team`);
    await expect(rows(settings, 'Members').filter({ hasText: member.email })).toContainText('Staff');

    // No page is left open that follows the feed: it would log that the feed is not given any more.
    await page.goto('about:blank');
    const status = async (): Promise<number> => (await page.request.get(`/t/${tenant}/orders`, { maxRedirects: 0 })).status();
    expect(await status()).toBe(200);
    await openSettings(settings, tenant);
    await settings.getByRole('link', { name: 'Remove it' }).click();
    await settings.getByRole('button', { name: 'Remove it' }).click();
    await expect(settings.getByText('It was removed.')).toBeVisible();
    await expect.poll(status, 'the session ends with the provider').toBe(303);
    await page.goto(`/t/${tenant}/orders`);
    await expect(page).toHaveURL(/\/login\?next=/);
    await begin(page, tenant);
    await expect(page.getByLabel('Company')).toHaveAccessibleDescription('Signs nobody in this way.');
  });

  test(`whoever is no member, has no address that counts, or would rather not is told so${how}`, async ({
    company, openPage, signedIn, startProvider,
  }) => {
    const { tenant, owner, member } = company;
    const stranger = { email: `stranger@${domain(company)}` };
    const elsewhere = { email: 'somebody@elsewhere.test' };
    const unverified = { email: `unverified@${domain(company)}`, email_verified: false };
    const settings = await signedIn(owner);
    const redirect = await openSettings(settings, tenant);
    const provider = await startProvider({ redirect, accounts: [member, stranger, elsewhere, unverified] });
    await save(settings, company, provider);
    const come = async (email: string): Promise<Page> => {
      const page = await openPage({ javaScriptEnabled: scripts });
      await begin(page, tenant);
      await goOn(page, email);
      return page;
    };

    const noMember = 'You are no member here. Ask whoever runs Stoa for your company to invite you with this address.';
    await expectRefused(await come(stranger.email), tenant, noMember);
    await expectRecorded(settings, tenant, stranger.email, 'You are no member here.');
    const otherDomain = 'Your e-mail address is not one of those that may come this way.';
    await expectRefused(await come(elsewhere.email), tenant, otherDomain);
    const notVerified =
      'The provider of your company does not say that your e-mail address is verified. Ask whoever runs it.';
    await expectRefused(await come(unverified.email), tenant, notVerified);

    const page = await openPage({ javaScriptEnabled: scripts });
    await begin(page, tenant);
    await page.getByRole('link', { name: 'Go on' }).click();
    await page.getByRole('button', { name: 'Rather not' }).click();
    const nobody = 'The provider of your company signed nobody in. Begin again, or sign in with your password.';
    await expectRefused(page, tenant, nobody);
    await begin(page, tenant);
    await goOn(page, member.email);
    await expect(page).toHaveURL(`/t/${tenant}`);
  });
}

test('with a wrong secret nobody comes in, the owner reads why, and the right one mends it', async ({
  company, openPage, signedIn, startProvider,
}) => {
  const { tenant, owner, member } = company;
  const settings = await signedIn(owner);
  const provider = await startProvider({ redirect: await openSettings(settings, tenant), accounts: [member] });
  await save(settings, company, provider, 'not the secret');
  const page = await openPage();
  await begin(page, tenant);
  await goOn(page, member.email);
  await expectRefused(page, tenant, UNPROVEN);
  await expectRecorded(settings, tenant, 'an unknown identity', 'invalid_client');

  await openSettings(settings, tenant);
  await save(settings, company, provider);
  await begin(page, tenant);
  // The provider still knows them.
  await page.getByRole('link', { name: 'Go on' }).click();
  await expect(page).toHaveURL(`/t/${tenant}`);
});

test('a provider that is gone is said to be so, to the owner and to whoever wants in', async ({
  company, openPage, signedIn, startProvider,
}) => {
  const { tenant, owner, member } = company;
  const settings = await signedIn(owner);
  const provider = await startProvider({ redirect: await openSettings(settings, tenant), accounts: [member] });
  await enter(settings, `${provider.issuer}/elsewhere`, SECRET, domain(company));
  await expect(settings.getByLabel('Issuer')).toHaveAccessibleDescription(/^Answers, but not as an OpenID provider does/);
  await save(settings, company, provider);
  await provider.stop();

  const page = await openPage();
  await begin(page, tenant);
  const silent = 'The provider of your company does not answer as it should. Try again later, or sign in with your password.';
  await expectRefused(page, tenant, silent);
  await enter(settings, provider.issuer, SECRET, domain(company));
  await expect(settings.getByLabel('Issuer')).toHaveAccessibleDescription('Does not answer.');
  await expect(settings.getByLabel('Issuer')).toHaveValue(provider.issuer);
  await page.getByLabel('E-mail').fill(member.email);
  await page.getByLabel('Password').fill(member.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page, 'the password goes on').toHaveURL(`/t/${tenant}`);
});

async function save(settings: Page, company: Company, { issuer }: Provider, secret = SECRET): Promise<void> {
  await enter(settings, issuer, secret, domain(company));
  await expect(settings.getByText(SAVED)).toBeVisible();
}
