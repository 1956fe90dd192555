// Many pages of one browser share one event stream. Browsers open six connections to a server at most: with a stream for each
// page, the seventh would never load.
import type { BrowserContext, Request } from '@playwright/test';
import { expect, test, type Locator, type Page } from '../fixtures/test';
import { awake } from '../fixtures/frame';
import { mug, place, tea } from '../fixtures/orders';
import type { Person } from '../fixtures/people';
import { proxy } from '../fixtures/proxy';
import { makeKey, makePerson, makeStore, type Store } from '../fixtures/stoa';

let store: Store;
let key: string;
let owner: Person;

const announced = (page: Page): Locator => page.getByRole('status').filter({ hasText: /new orders?/ });
const mark = (page: Page): Locator => page.locator('.live');
const counted = (n: number): string => (n === 1 ? '1 new order' : `${n} new orders`);

test.beforeEach(async () => {
  store = makeStore();
  key = makeKey(store);
  owner = makePerson(store.tenant, 'owner');
  await place(key, store, 'L-1', [tea]);
});

/** The streams that pages of `context` hold open. */
function streams(context: BrowserContext): Set<Request> {
  const open = new Set<Request>();
  context.on('request', (request) => request.resourceType() === 'eventsource' && open.add(request));
  for (const end of ['requestfinished', 'requestfailed'] as const) context.on(end, (request: Request) => open.delete(request));
  // What a page that is gone had asked for ends without a word.
  const track = (page: Page) => {
    const forget = () => [...open].filter((request) => request.frame().page() === page).forEach((request) => open.delete(request));
    page.on('close', forget);
    page.on('crash', forget);
  };
  context.pages().forEach(track);
  context.on('page', track);
  return open;
}

async function openTabs(first: Page, number: number): Promise<Page[]> {
  const pages = [first];
  while (pages.length < number) pages.push(await first.context().newPage());
  for (const page of pages) {
    await page.goto(`/t/${store.tenant}/orders`);
    await awake(page);
  }
  return pages;
}

/** The one of `pages` that holds the stream; a page that froze may still look as if it did. */
async function holder(open: Set<Request>, pages: Page[]): Promise<Page> {
  const held = () => pages.filter((page) => [...open].some((request) => request.frame().page() === page));
  await expect.poll(() => held().length, { timeout: 15_000 }).toBe(1);
  return held()[0];
}

/** A page that is in the background, or in front again. */
async function show(page: Page, visible: boolean): Promise<void> {
  await page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
    document.dispatchEvent(new Event('visibilitychange'));
  }, visible ? 'visible' : 'hidden');
}

test('nine tabs load, and each shows a new order at once over one stream', async ({ signedIn }) => {
  const first = await signedIn(owner);
  const open = streams(first.context());
  const pages = await openTabs(first, 9);
  expect(open.size).toBe(1);
  for (const [n, item] of [mug, tea].entries()) {
    await place(key, store, `N-${n}`, [item]);
    for (const page of pages) await expect(announced(page)).toHaveText(counted(n + 1));
  }
  // The rest of the site answers as well.
  await pages[8].goto(`/t/${store.tenant}`);
  await awake(pages[8]);
  expect(open.size).toBe(1);
});

test('the stream is handed on when its page closes, leaves, freezes or crashes: nothing is lost or shown twice', async ({ signedIn }) => {
  const first = await signedIn(owner);
  const open = streams(first.context());
  let pages = await openTabs(first, 6);
  const ends: ((page: Page) => Promise<unknown>)[] = [
    (page) => page.close(),
    (page) => page.goto('/account'),
    async (page) => {
      // Chromium freezes no page that it takes for visible, and without a window it takes all for that: the page is told as well.
      await page.evaluate(() => document.dispatchEvent(new Event('freeze')));
      await (await page.context().newCDPSession(page)).send('Page.setWebLifecycleState', { state: 'frozen' });
    },
    async (page) => {
      const session = await page.context().newCDPSession(page);
      void session.send('Page.crash').catch(() => null);
      await page.waitForEvent('crash');
    },
  ];
  let orders = 0;
  for (const end of ends) {
    const leader = await holder(open, pages);
    pages = pages.filter((page) => page !== leader);
    await end(leader);
    // Some orders come in before anybody has noticed, some afterwards.
    await place(key, store, `H-${++orders}`, [tea]);
    await holder(open, pages);
    await place(key, store, `H-${++orders}`, [mug]);
    for (const page of pages) await expect(announced(page)).toHaveText(counted(orders), { timeout: 15_000 });
  }
  expect(pages.length).toBe(2);
  // Long enough for anything that would come twice.
  await pages[0].waitForTimeout(1_500);
  for (const page of pages) await expect(announced(page)).toHaveText(counted(orders));
});

test('no stream is held while no tab can be seen, and what was missed is counted afterwards', async ({ signedIn }) => {
  const first = await signedIn(owner);
  const open = streams(first.context());
  const pages = await openTabs(first, 3);
  // A leader in the background hands on to a page that can be seen.
  const leader = await holder(open, pages);
  await show(leader, false);
  await expect.poll(async () => (await holder(open, pages)) !== leader, { timeout: 15_000 }).toBe(true);
  for (const page of pages) await show(page, false);
  await expect.poll(() => open.size, { timeout: 15_000 }).toBe(0);
  for (const n of [1, 2, 3]) await place(key, store, `B-${n}`, [tea]);
  await show(pages[0], true);
  await expect(announced(pages[0])).toHaveText(counted(3));
  await expect(mark(pages[0])).toHaveText('Live');
  for (const page of pages) await show(page, true);
  await place(key, store, 'B-4', [tea]);
  for (const page of pages) await expect(announced(page)).toHaveText(counted(4));
  expect(open.size).toBe(1);
});

test('a page loaded earlier than the one that holds the stream misses nothing', async ({ signedIn }) => {
  const first = await signedIn(owner);
  const open = streams(first.context());
  const [old] = await openTabs(first, 1);
  await show(old, false);
  await expect.poll(() => open.size, { timeout: 15_000 }).toBe(0);
  for (const n of [1, 2]) await place(key, store, `E-${n}`, [tea]);
  const late = await first.context().newPage();
  await late.goto(`/t/${store.tenant}/orders`);
  await awake(late);
  await place(key, store, 'E-3', [mug]);
  await expect(announced(late)).toHaveText(counted(1));
  await expect(announced(old)).toHaveText(counted(3));
  await show(old, true);
  await expect(announced(old)).toHaveText(counted(3));
  await expect(announced(late)).toHaveText(counted(1));
});

test('pages of different tenants share nothing, nor do those of an earlier session', async ({ signedIn }) => {
  const other = makeStore();
  const otherKey = makeKey(other);
  const first = await signedIn(owner);
  const open = streams(first.context());
  const [mine] = await openTabs(first, 1);
  const second = makePerson(store.tenant, 'viewer');
  const stranger = makePerson(other.tenant, 'owner');
  const origin = String(process.env.BASE_URL);
  const enter = async ({ email, password }: Person) => {
    const answer = await first.context().request.post('/login', { form: { email, password }, maxRedirects: 0, headers: { Origin: origin } });
    expect(answer.status()).toBe(303);
  };
  // Somebody else signs in, in the same browser: the page of before hears nothing any more, and says so.
  await enter(second);
  const theirs = await first.context().newPage();
  await theirs.goto(`/t/${store.tenant}/orders`);
  await awake(theirs);
  await expect(mark(mine)).toHaveText(/Offline since/, { timeout: 15_000 });
  await place(key, store, 'S-1', [tea]);
  await expect(announced(theirs)).toHaveText(counted(1));
  await expect(announced(mine)).toHaveCount(0);
  // And somebody of another tenant.
  await enter(stranger);
  const foreign = await first.context().newPage();
  await foreign.goto(`/t/${other.tenant}/orders`);
  await awake(foreign);
  await place(key, store, 'S-2', [tea]);
  await place(otherKey, other, 'X-1', [mug]);
  await expect(announced(foreign)).toHaveText(counted(1));
  expect([...open].filter((request) => request.url().includes(`/t/${other.tenant}/`)).length).toBe(1);
});

test('without locks every tab that can be seen holds a stream of its own, and lets it go in the background', async ({ signedIn }) => {
  const first = await signedIn(owner);
  await first.context().addInitScript(() => delete (Navigator.prototype as { locks?: unknown }).locks);
  const open = streams(first.context());
  const pages = await openTabs(first, 2);
  expect(open.size).toBe(2);
  await show(pages[0], false);
  await expect.poll(() => open.size, { timeout: 15_000 }).toBe(1);
  await place(key, store, 'W-1', [tea]);
  await expect(announced(pages[1])).toHaveText(counted(1));
  await show(pages[0], true);
  await expect(announced(pages[0])).toHaveText(counted(1));
});

test('a connection that breaks without a word is noticed within half a minute, and nothing is lost', async ({ signedIn }) => {
  test.setTimeout(180_000);
  const broken = await proxy(String(process.env.BASE_URL));
  try {
    const first = await signedIn(owner, { baseURL: broken.url });
    const pages = await openTabs(first, 2);
    broken.silence();
    await place(key, store, 'P-1', [tea]);
    const began = Date.now();
    for (const page of pages) await expect(mark(page)).toHaveText(/Offline since \d\d:\d\d/, { timeout: 40_000 });
    const noticed = Date.now() - began;
    console.log(`a silent connection was noticed after ${noticed} ms`);
    expect(noticed).toBeLessThan(34_000);
    broken.resume();
    for (const page of pages) await expect(announced(page)).toHaveText(counted(1), { timeout: 40_000 });
    for (const page of pages) await expect(mark(page)).toHaveText('Live');
  } finally {
    await broken.close();
  }
});
