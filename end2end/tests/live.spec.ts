import { expect, test, type Locator, type Page } from '../fixtures/test';
import { awake, figure, rows } from '../fixtures/frame';
import { mug, place, tea } from '../fixtures/orders';
import type { Person } from '../fixtures/people';
import { addStore, makeKey, makePerson, makeStore, type Store } from '../fixtures/stoa';

let store: Store;
let key: string;
let owner: Person;

const announced = (page: Page): Locator => page.getByRole('status').filter({ hasText: /new orders?/ });
const pill = (page: Page): Locator => page.getByRole('link', { name: /new orders?\s*Show/ });

test.beforeEach(async () => {
  store = makeStore();
  key = makeKey(store);
  owner = makePerson(store.tenant, 'owner');
  await place(key, store, 'L-1', [tea]);
});

test('a new order is announced on list and dashboard without moving a row, and one click shows it', async ({ signedIn }) => {
  const [list, home] = [await signedIn(owner), await signedIn(owner)];
  await list.goto(`/t/${store.tenant}/orders`);
  await home.goto(`/t/${store.tenant}`);
  await Promise.all([awake(list), awake(home)]);
  // The region that announces is there, and silent, before anything happens.
  for (const page of [list, home]) await expect(page.locator('.bar [role=status]:not([role=search] *)')).toHaveText('');
  const before = await rows(list, 'Orders').allInnerTexts();
  const place1 = await rows(list, 'Orders').first().boundingBox();
  await expect(figure(home, 'Orders')).toHaveText('1');

  await place(key, store, 'L-2', [mug]);
  for (const page of [list, home]) await expect(announced(page)).toHaveText('1 new order');
  await place(key, store, 'L-3', [mug]);
  for (const page of [list, home]) await expect(announced(page)).toHaveText('2 new orders');

  expect(await rows(list, 'Orders').allInnerTexts()).toEqual(before);
  expect(await rows(list, 'Orders').first().boundingBox()).toEqual(place1);
  await expect(figure(home, 'Orders')).toHaveText('1');

  await pill(list).click();
  await expect(rows(list, 'Orders')).toHaveCount(3);
  await expect(rows(list, 'Orders').first()).toContainText('#L-3');
  await pill(home).click();
  await expect(figure(home, 'Orders')).toHaveText('3');
  await expect(rows(home, 'Latest orders').first()).toContainText('#L-3');
  for (const page of [list, home]) await expect(announced(page)).toHaveCount(0);
});

test('an order is on the screen a moment after it was stored', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto(`/t/${store.tenant}/orders`);
  await awake(page);
  const region = page.locator('.bar [role=status]:not([role=search] *)');
  const told = await region.evaluateHandle((element) => {
    const seen = new Map<string, number>();
    const look = () => seen.set(element.textContent ?? '', Date.now());
    new MutationObserver(look).observe(element, { childList: true, characterData: true, subtree: true });
    return seen;
  });
  const stored: number[] = [];
  for (let n = 1; n <= 10; n++) {
    await place(key, store, `M-${n}`, [tea]);
    stored.push(Date.now());
    await expect(region).toContainText(n === 1 ? '1 new order' : `${n} new orders`);
  }
  const seen = await told.evaluate((seen) => [...seen]);
  const waits = stored.map((at, n) => {
    const words = new RegExp(`^\\D*${n + 1} new order`);
    return (seen.find(([text]) => words.test(text))?.[1] ?? Infinity) - at;
  });
  waits.sort((a, b) => a - b);
  test.info().annotations.push({ type: 'answered to seen', description: `${waits.join(', ')} ms` });
  console.log(`answered to seen: ${waits.join(', ')} ms`);
  expect(waits[9]).toBeLessThan(1000);
});

test('a page of one store does not announce the orders of another', async ({ signedIn }) => {
  const second = addStore(store.tenant, 'second');
  const page = await signedIn(owner);
  await page.goto(`/t/${store.tenant}/orders?store=main`);
  await awake(page);
  await place(makeKey(second), second, 'X-1', [tea]);
  await place(key, store, 'L-2', [tea]);
  await expect(announced(page)).toHaveText('1 new order');
  await page.goto(`/t/${store.tenant}/orders`);
  await expect(rows(page, 'Orders')).toHaveCount(3);
});

test('a change of an order is shown on the next visit and not announced as a new order', async ({ signedIn }) => {
  const [list, order] = [await signedIn(owner), await signedIn(owner)];
  await list.goto(`/t/${store.tenant}/orders`);
  await awake(list);
  await order.goto(`/t/${store.tenant}/orders/main/L-1/cancel`);
  await order.getByRole('button', { name: 'Cancel order #L-1' }).click();
  await expect(order.getByText('Order cancelled.')).toBeVisible();
  await place(key, store, 'L-2', [tea]);
  await expect(announced(list)).toHaveText('1 new order');
  await list.reload();
  await expect(rows(list, 'Orders').nth(1)).toContainText('Cancelled');
});

test('the pill of a filtered list counts only orders that the list would show', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto(`/t/${store.tenant}/orders?q=web`);
  await awake(page);
  await place(key, store, 'TILL-1', [mug]);
  await place(key, store, 'WEB-1', [mug]);
  await expect(announced(page)).toHaveText('1 new order');
  await place(key, store, 'WEB-2', [tea]);
  await expect(announced(page)).toHaveText('2 new orders');
  await pill(page).click();
  await expect(page).toHaveURL(`/t/${store.tenant}/orders?q=web`);
  await expect(rows(page, 'Orders')).toHaveCount(2);
});
