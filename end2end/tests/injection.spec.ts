// Hostile text on real pages, with the content security policy on: nothing of it runs, and no page complains.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test, type Page } from '../fixtures/test';
import { cells } from '../fixtures/csv';
import { placeAll } from '../fixtures/orders';
import { makeKey, makePerson, makeStore, stoa, type Store } from '../fixtures/stoa';
import type { Person } from '../fixtures/people';

// Those of server/tests/it/injection, each with its number at its end. What runs calls `pwned` or `PWNED`.
const HOSTILE: string[] = JSON.parse(readFileSync(resolve(__dirname, '../fixtures/hostile.json'), 'utf8'));
const FORMULA = /^[=+\-@\t\r]/;

let store: Store;
let owner: Person;

test.setTimeout(15 * 60_000);

test.beforeAll(async () => {
  expect(new Set(HOSTILE).size).toBe(590);
  store = makeStore();
  owner = makePerson(store.tenant, 'owner');
  stoa(['store', 'create', '--tenant', store.tenant, '--slug', 'hostile', '--name', HOSTILE[1], '--time-zone', 'UTC', '--currency', 'GBP']);
  await placeAll(makeKey(store), store, HOSTILE.map(order));
});

/** As short as a number may be: its beginning and its own number. */
function short(text: string): string {
  return `${[...text].slice(0, 44).join('').trim()} ${text.split(' ').pop()}`;
}

function order(text: string, n: number) {
  const number = short(text);
  return {
    number,
    note: text,
    tags: [number],
    customer: { name: text, external_id: text, email: `n${n}@example.org` },
    items: [{ sku: number, title: text, quantity: 1, unit_price: 100 + n }],
  };
}

function address(text: string): string {
  return `/t/${store.tenant}/orders/${store.slug}/${encodeURIComponent(short(text))}`;
}

type Trap = { page: Page; sprung: string[] };

/** A page on which whatever runs, asks or tries to is written down. */
async function trap(page: Page): Promise<Trap> {
  const sprung: string[] = [];
  for (const name of ['pwned', 'PWNED']) {
    await page.exposeFunction(name, () => sprung.push(`${name} ran on ${page.url()}`));
  }
  page.on('dialog', (dialog) => {
    sprung.push(`dialog on ${page.url()}: ${dialog.message()}`);
    void dialog.dismiss();
  });
  // What the policy had to stop was never text.
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) sprung.push(`stopped on ${page.url()}: ${message.text()}`);
  });
  page.on('popup', (popup) => sprung.push(`popup on ${page.url()}: ${popup.url()}`));
  return { page, sprung };
}

async function harmless({ page, sprung }: Trap, path: string): Promise<void> {
  const answer = await page.goto(path);
  expect(answer?.headers()['content-security-policy'], path).toContain('script-src');
  // Long enough for a handler of an image that cannot be loaded.
  await page.waitForLoadState('load');
  const active = 'img[src="x"], iframe, math, [onload], [onerror], [onfocus], [style*="javascript"], a[href^="javascript:" i]';
  expect(await page.locator(active).count(), path).toBe(0);
  expect(sprung, path).toEqual([]);
}

test('the trap springs', async ({ signedIn }) => {
  const { page, sprung } = await trap(await signedIn(owner));
  await page.goto(`/t/${store.tenant}`);
  await page.evaluate('pwned(), PWNED()');
  expect(sprung.map((words) => words.split(' ')[0])).toEqual(['pwned', 'PWNED']);
});

test('what orders bring along stays text on every page that shows it', async ({ signedIn }) => {
  const trapped = await trap(await signedIn(owner));
  const { page } = trapped;
  const tenant = `/t/${store.tenant}`;
  const seen = new Set<string>();
  let next: string | null = `${tenant}/orders?limit=200`;
  while (next) {
    await harmless(trapped, next);
    for (const href of await page.locator('a.row-link').evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? ''))) seen.add(href);
    const older = page.locator('a[rel="next"]');
    next = (await older.count()) > 0 ? await older.first().getAttribute('href') : null;
  }
  expect(seen.size).toBe(HOSTILE.length);
  for (const href of [...seen].filter((_, n) => n % 10 === 0)) await harmless(trapped, href);
  for (const path of ['', '?from=2020-01-01', '/settings', '/settings/stores/hostile', '/audit', '/imports', '/imports/new', '/backups', '/team', '/usage']) {
    await harmless(trapped, `${tenant}${path}`);
  }
});

test('what is typed into an address stays text', async ({ signedIn }) => {
  const tenant = `/t/${store.tenant}`;
  const typed = HOSTILE.filter((_, n) => n % 12 === 0);
  let trapped = await trap(await signedIn(owner));
  for (const [n, text] of typed.entries()) {
    // Each page reserves address space for its WebAssembly, and a busy browser is late to give it back: one tab runs out of
    // it after a hundred pages in a row.
    if (n % 12 === 11) trapped = await trap(await signedIn(owner));
    const q = encodeURIComponent(text);
    for (const path of [`/orders?q=${q}`, `/audit?actor=${q}&object=${q}`, `/settings/jobs?q=${q}`]) {
      await harmless(trapped, `${tenant}${path}`);
    }
  }
});

test('what people type stays text, and no cell of the record begins as a formula does', async ({ signedIn }) => {
  const trapped = await trap(await signedIn(owner));
  const { page, sprung } = trapped;
  const typed = HOSTILE.slice(0, 20);
  for (const text of typed) {
    await harmless(trapped, `${address(text)}/cancel`);
    await page.getByLabel('Reason').fill(text);
    await page.locator('form[action$="/cancel"] button').click();
    await expect(page.getByText('Order cancelled.')).toBeVisible();
    expect(sprung, text).toEqual([]);
    await harmless(trapped, `/t/${store.tenant}/audit?action=order.cancel`);
  }
  const answer = await page.request.get(`/t/${store.tenant}/audit/export`);
  expect(answer.headers()['content-type']).toContain('text/csv');
  const all = cells(await answer.text());
  for (const text of typed) expect(all.some((cell) => cell.includes(text)), text).toBe(true);
  expect(all.filter((cell) => FORMULA.test(cell) && cell !== '-')).toEqual([]);
});
