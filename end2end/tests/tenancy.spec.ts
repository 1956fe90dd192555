import { expect, test, type Page } from '../fixtures/test';
import { rows } from '../fixtures/frame';
import { ordersCsv } from '../fixtures/files';
import { owner, stranger } from '../fixtures/people';

// Every answer has its own.
const RANDOM = ['content-security-policy', 'date', 'x-request-id', 'x-response-time'];

type Answer = { status: number; headers: [string, string][]; body: string };

async function get(page: Page, path: string): Promise<Answer> {
  const answer = await page.request.get(path, { maxRedirects: 0 });
  const headers = Object.entries(answer.headers()).filter(([name]) => !RANDOM.includes(name));
  const body = (await answer.text()).replaceAll(/nonce="[^"]*"/g, '');
  return { status: answer.status(), headers: headers.sort(), body };
}

test('a stranger gets for every page of a tenant what a tenant gives that does not exist', async ({ signedIn }) => {
  const ours = await signedIn(owner);
  await ours.goto('/t/demo/orders?store=harbour');
  await rows(ours, 'Orders').first().getByRole('link').click();
  await expect(ours.getByRole('heading', { level: 2, name: 'Items' })).toBeVisible();
  const order = new URL(ours.url()).pathname;
  await ours.goto('/t/demo/imports/new');
  await ours.getByLabel('Format').selectOption('Orders, CSV');
  await ours.getByLabel('File').setInputFiles(ordersCsv());
  await ours.getByRole('button', { name: 'Check file' }).click();
  await expect(ours.getByRole('heading', { name: 'Import preview' })).toBeVisible({ timeout: 30_000 });
  const run = new URL(ours.url()).pathname;

  const theirs = await signedIn(stranger);
  const below = ['', '/orders', '/imports', '/imports/new', '/events'].map((path) => `/t/demo${path}`);
  for (const path of [...below, order, `${order}/refund`, `${order}/cancel`, run]) {
    expect((await get(ours, path === '/t/demo/events' ? '/t/demo' : path)).status, path).toBe(200);
    const answer = await get(theirs, path);
    expect(answer.status, path).toBe(404);
    expect(answer, path).toEqual(await get(theirs, path.replace('/t/demo', '/t/no-such-tenant')));
  }
});

test('a stranger sees the same words, and nothing of the tenant\'s frame', async ({ signedIn }) => {
  const page = await signedIn(stranger);
  await page.goto('/t/demo/orders');
  await expect(page.getByRole('heading', { level: 1, name: 'Page not found' })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Main navigation' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Go to the home page' }).click();
  await expect(page).toHaveURL('/t/other');
  await expect(page.getByText('Harbour')).toHaveCount(0);
});
