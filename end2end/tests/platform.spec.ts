import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../fixtures/test';
import { rows } from '../fixtures/frame';
import { admin, owner } from '../fixtures/people';

const rail = 'nav[aria-label="Main navigation"]';

test('every room of the platform opens, and the page says where one is', async ({ signedIn }) => {
  const page = await signedIn(admin);
  await page.goto('/platform');
  await expect(page.getByRole('heading', { level: 1, name: 'Health' })).toBeVisible();
  await expect(page.locator('.platform .rail')).toHaveCSS('background-color', /rgb\(1\d, /);
  const rooms = await page.locator(`${rail} a.nav-link`).evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  expect(rooms.length).toBeGreaterThan(3);
  for (const room of rooms) {
    const answer = await page.goto(String(room));
    expect(answer?.status(), String(room)).toBe(200);
    await expect(page.locator(`${rail} [aria-current=page]`)).toHaveAttribute('href', String(room));
  }
});

test('members do not find the platform', async ({ signedIn }) => {
  const page = await signedIn(owner);
  for (const path of ['/platform', '/platform/jobs', '/platform/backups']) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
  }
  await page.goto('/t/demo');
  await page.getByLabel(/^Account of/).click();
  await expect(page.getByRole('link', { name: 'Platform' })).toHaveCount(0);
});

for (const scripts of [true, false]) {
  test(`a queue is paused and resumed, with a reason that stays${scripts ? '' : ', without scripts'}`, async ({ signedIn }) => {
    const page = await signedIn(admin, { javaScriptEnabled: scripts });
    await page.goto('/platform/jobs');
    const queue = rows(page, 'Queues').filter({ hasText: 'mail' });
    await page.getByRole('button', { name: 'Pause: mail' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Pause queue mail?' })).toBeVisible();
    await page.getByRole('button', { name: 'Pause queue' }).click();
    await expect(page.getByLabel('Reason')).toHaveAccessibleDescription('Enter a reason.');
    await page.getByLabel('Reason').fill('The provider is down');
    await page.getByRole('button', { name: 'Pause queue' }).click();
    await expect(page.getByText('Queue paused.')).toBeVisible();
    await expect(queue).toContainText('The provider is down');
    await expect(rows(page, 'Manual changes').first()).toContainText('pause');
    await page.getByRole('button', { name: 'Resume: mail' }).click();
    await page.getByLabel('Reason').fill('It is back');
    await page.getByRole('button', { name: 'Resume queue' }).click();
    await expect(page.getByText('Queue resumed.')).toBeVisible();
    await expect(queue).not.toContainText('Paused');
  });
}

test('lists are filtered, and what cannot be used is ignored and named', async ({ signedIn }) => {
  const page = await signedIn(admin);
  await page.goto('/platform/jobs/list?state=ready&tenant=nobody');
  await expect(page.locator('.chip-ignored')).toHaveText('Ignored: tenant = nobody');
  await expect(page.locator('.chip-ignored')).toHaveAttribute('title', /no tenant/);
  await page.goto('/platform/jobs');
  await page.getByRole('link', { name: /^Dead/ }).click();
  await expect(page).toHaveURL(/state=dead/);
  await page.getByRole('link', { name: /^Finished/ }).click();
  await expect(page).toHaveURL(/state=ended/);
});

test('the page keeps itself up to date, calmly, and stops when asked', async ({ signedIn }) => {
  const page = await signedIn(admin);
  await page.goto('/platform/jobs');
  await expect(page.locator('[data-live-mark]')).toHaveText('Live');
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(page.locator('[data-live-mark]')).toHaveText('Paused');
  await expect(page.getByRole('button', { name: 'Resume' })).toHaveAttribute('aria-pressed', 'true');
});

const PAGES = ['/platform', '/platform/tenants', '/platform/jobs', '/platform/jobs/list?state=ended', '/platform/partitions', '/platform/backups'];

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every page of the platform can be read by everybody (${colorScheme})`, async ({ signedIn }) => {
    const page = await signedIn(admin, { colorScheme });
    for (const path of PAGES) {
      await page.goto(path);
      const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
      expect(found.violations.map((v) => `${path}: ${v.id} ${v.nodes.map((n) => n.target).join(' ')}`)).toEqual([]);
    }
  });
}

test('on a phone no page of the platform is wider than the screen', async ({ signedIn }) => {
  const page = await signedIn(admin, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  for (const path of PAGES) {
    await page.goto(path);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(390);
  }
});
