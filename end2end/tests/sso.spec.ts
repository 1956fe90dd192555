// Single sign-on through a tenant's own OpenID Connect provider: a packaged one, which knows nothing of Stoa.
import {
  begin, enter, expect, expectRecorded, expectRefused, goOn, openSettings, SECRET, test, type Page, type Provider, type Team,
} from '../fixtures/sso';
import { rows } from '../fixtures/frame';

const SAVED = 'Saved. The provider responds correctly.';
const UNPROVEN =
  'The SSO provider sent an invalid response. Try again. If it fails again, contact an owner of this tenant.';

const domain = ({ tenant }: Team): string => `${tenant}.test`;

for (const scripts of [true, false]) {
  const how = scripts ? '' : ', without scripts';

  test(`an owner sets the provider, members come in by it as who they are, and no more once it is removed${how}`, async ({
    team, openPage, signedIn, startProvider,
  }) => {
    const { tenant, owner, member } = team;
    const settings = await signedIn(owner, { javaScriptEnabled: scripts });
    const redirect = await openSettings(settings, tenant);
    const { issuer } = await startProvider({ redirect, accounts: [member] });
    await enter(settings, issuer, SECRET, domain(team));
    await expect(settings.getByText(SAVED)).toBeVisible();
    await expect(settings.getByLabel('Issuer')).toHaveValue(issuer);
    await expect(settings.getByLabel('Client secret')).toHaveValue('');

    const page = await openPage({ javaScriptEnabled: scripts });
    await begin(page, tenant);
    await expect(page.getByRole('heading', { level: 1, name: `Sign in to Tenant ${tenant}` })).toBeVisible();
    await expect(page.getByText('You will sign in at localhost, then return here.')).toBeVisible();
    await goOn(page, member.email);
    await expect(page).toHaveURL(`/t/${tenant}`);
    await page.locator('summary', { has: page.locator('.avatar') }).click();
    await expect(page.getByText(member.email)).toBeVisible();
    const rooms = page.getByRole('navigation', { name: 'Main navigation' });
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
    await settings.getByRole('link', { name: 'Remove SSO' }).click();
    await settings.getByRole('button', { name: 'Remove SSO' }).click();
    await expect(settings.getByText('Single sign-on removed.')).toBeVisible();
    await expect.poll(status, 'the session ends with the provider').toBe(303);
    await page.goto(`/t/${tenant}/orders`);
    await expect(page).toHaveURL(/\/login\?next=/);
    await begin(page, tenant);
    await expect(page.getByLabel('Tenant')).toHaveAccessibleDescription('This tenant does not use SSO.');
  });

  test(`whoever is no member, has no address that counts, or would rather not is told so${how}`, async ({
    team, openPage, signedIn, startProvider,
  }) => {
    const { tenant, owner, member } = team;
    const stranger = { email: `stranger@${domain(team)}` };
    const elsewhere = { email: 'somebody@elsewhere.test' };
    const unverified = { email: `unverified@${domain(team)}`, email_verified: false };
    const settings = await signedIn(owner);
    const redirect = await openSettings(settings, tenant);
    const provider = await startProvider({ redirect, accounts: [member, stranger, elsewhere, unverified] });
    await save(settings, team, provider);
    const come = async (email: string): Promise<Page> => {
      const page = await openPage({ javaScriptEnabled: scripts });
      await begin(page, tenant);
      await goOn(page, email);
      return page;
    };

    const noMember = 'You are not a member of this tenant. Ask an owner to invite you with this email.';
    await expectRefused(await come(stranger.email), tenant, noMember);
    await expectRecorded(settings, tenant, stranger.email, 'You are not a member of this tenant.');
    const otherDomain = 'Your email domain cannot use SSO here. Sign in with your password.';
    await expectRefused(await come(elsewhere.email), tenant, otherDomain);
    const notVerified =
      'The SSO provider does not report your email as verified. Contact the administrator of the provider.';
    await expectRefused(await come(unverified.email), tenant, notVerified);

    const page = await openPage({ javaScriptEnabled: scripts });
    await begin(page, tenant);
    await page.getByRole('link', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Rather not' }).click();
    const nobody = 'The SSO provider did not sign you in. Try again, or sign in with your password.';
    await expectRefused(page, tenant, nobody);
    await begin(page, tenant);
    await goOn(page, member.email);
    await expect(page).toHaveURL(`/t/${tenant}`);
  });
}

test('with a wrong secret nobody comes in, the owner reads why, and the right one mends it', async ({
  team, openPage, signedIn, startProvider,
}) => {
  const { tenant, owner, member } = team;
  const settings = await signedIn(owner);
  const provider = await startProvider({ redirect: await openSettings(settings, tenant), accounts: [member] });
  await save(settings, team, provider, 'not the secret');
  const page = await openPage();
  await begin(page, tenant);
  await goOn(page, member.email);
  await expectRefused(page, tenant, UNPROVEN);
  await expectRecorded(settings, tenant, 'an unknown identity', 'invalid_client');

  await openSettings(settings, tenant);
  await save(settings, team, provider);
  await begin(page, tenant);
  // The provider still knows them.
  await page.getByRole('link', { name: 'Continue' }).click();
  await expect(page).toHaveURL(`/t/${tenant}`);
});

test('a provider that is gone is said to be so, to the owner and to whoever wants in', async ({
  team, openPage, signedIn, startProvider,
}) => {
  const { tenant, owner, member } = team;
  const settings = await signedIn(owner);
  const provider = await startProvider({ redirect: await openSettings(settings, tenant), accounts: [member] });
  await enter(settings, `${provider.issuer}/elsewhere`, SECRET, domain(team));
  await expect(settings.getByLabel('Issuer')).toHaveAccessibleDescription(/^This is not an OpenID Connect provider/);
  await save(settings, team, provider);
  await provider.stop();

  const page = await openPage();
  await begin(page, tenant);
  const silent = 'The SSO provider is not responding correctly. Try again later, or sign in with your password.';
  await expectRefused(page, tenant, silent);
  await enter(settings, provider.issuer, SECRET, domain(team));
  await expect(settings.getByLabel('Issuer')).toHaveAccessibleDescription('The provider does not respond. Check the URL.');
  await expect(settings.getByLabel('Issuer')).toHaveValue(provider.issuer);
  await page.getByLabel('Email').fill(member.email);
  await page.getByLabel('Password').fill(member.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page, 'the password goes on').toHaveURL(`/t/${tenant}`);
});

async function save(settings: Page, team: Team, { issuer }: Provider, secret = SECRET): Promise<void> {
  await enter(settings, issuer, secret, domain(team));
  await expect(settings.getByText(SAVED)).toBeVisible();
}
