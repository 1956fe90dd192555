// Hostile text on real pages, with the content security policy on: nothing of it runs, and no page complains.
import { expect, test, type Page } from '../fixtures/test';
import { rows } from '../fixtures/frame';
import { place } from '../fixtures/orders';
import { makeKey, makePerson, makeStore, stoa, type Store } from '../fixtures/stoa';
import type { Person } from '../fixtures/people';

const HOSTILE = [
  '<script>document.title="pwned"</script>',
  '<img src=x onerror="document.title=\'pwned\'">',
  '"><svg onload="document.title=\'pwned\'">',
  '</title><script>document.title="pwned"</script>',
  "javascript:document.title='pwned'",
  '" autofocus onfocus="document.title=\'pwned\'" x="',
  '=HYPERLINK("http://evil.test")',
];

let store: Store;
let owner: Person;

test.beforeAll(async () => {
  store = makeStore();
  owner = makePerson(store.tenant, 'owner');
  stoa(['store', 'create', '--tenant', store.tenant, '--slug', 'hostile', '--name', HOSTILE[1], '--time-zone', 'UTC', '--currency', 'GBP']);
  const key = makeKey(store);
  for (const [n, text] of HOSTILE.entries()) {
    const item = { sku: text, title: text, quantity: 1, unit_price: 100 + n };
    await place(key, store, text, [item], { customer: { name: text, email: `n${n}@example.org` } });
  }
});

async function harmless(page: Page, path: string): Promise<void> {
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const answer = await page.goto(path);
  expect(answer?.headers()['content-security-policy'], path).toContain("script-src");
  // Long enough for a handler of an image that cannot be loaded.
  await page.waitForLoadState('load');
  // What is shown may stand in the title; what runs replaces it.
  expect(await page.title(), path).not.toBe('pwned');
  expect(dialogs, path).toEqual([]);
  expect(await page.locator('img[src="x"], svg[onload], [onfocus], [onerror]').count(), path).toBe(0);
}

test('names, titles and SKUs stay text on every page that shows them', async ({ signedIn }) => {
  const page = await signedIn(owner);
  const tenant = `/t/${store.tenant}`;
  await harmless(page, `${tenant}/orders`);
  await expect(rows(page, 'Orders')).toHaveCount(HOSTILE.length);
  const links = await page.locator('a.row-link').evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? ''));
  for (const href of links) await harmless(page, href);
  for (const path of ['', '/settings', '/settings/stores/hostile', '/audit', '/imports/new', '/backups']) {
    await harmless(page, `${tenant}${path}`);
  }
});

test('what is typed into an address stays text', async ({ signedIn }) => {
  const page = await signedIn(owner);
  const tenant = `/t/${store.tenant}`;
  for (const text of HOSTILE) {
    const q = encodeURIComponent(text);
    for (const path of [`/orders?q=${q}`, `/audit?actor=${q}&object=${q}`, `/settings/jobs?q=${q}`]) {
      await harmless(page, `${tenant}${path}`);
    }
  }
});
