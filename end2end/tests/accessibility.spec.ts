import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '../fixtures/test';
import { awake, rows } from '../fixtures/frame';
import { owner, staff } from '../fixtures/people';

const PAGES = ['/account', '/t/demo', '/t/demo/orders', '/t/demo/orders?status=cancelled&from=soon', '/t/demo/imports', '/t/demo/imports/new'];
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** The pages to look at, those of one order among them. */
async function pages(page: Page): Promise<string[]> {
  await page.goto('/t/demo/orders?store=harbour&status=open&payment=paid&kind=sale');
  const order = await rows(page, 'Orders').first().getByRole('link').getAttribute('href');
  return [...PAGES, String(order), `${order}/refund`, `${order}/cancel`];
}

test('every page has one first heading, and names every field, button and link', async ({ signedIn }) => {
  const page = await signedIn(staff);
  for (const path of await pages(page)) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 }), path).toHaveCount(1);
    await expect(page.locator('main'), path).toHaveCount(1);
    await expect(page.locator('html'), path).toHaveAttribute('lang', 'en');
    await page.locator('details').evaluateAll((all) => all.forEach((e) => e.setAttribute('open', '')));
    const controls = page.locator('input:not([type=hidden]), select, textarea, button, a[href], summary');
    for (const control of await controls.filter({ visible: true }).all()) {
      await expect(control, `${path}: ${await control.evaluate((e) => e.outerHTML)}`).toHaveAccessibleName(/\S/);
    }
    const ids = await page.locator('[id]').evaluateAll((all) => all.map((e) => e.id));
    expect(ids, `${path}: ids are unique`).toEqual([...new Set(ids)]);
  }
});

test('the first Tab leads to a link that skips to the content', async ({ signedIn }) => {
  const page = await signedIn(owner);
  for (const path of ['/t/demo', '/t/demo/orders', '/account']) {
    await page.goto(path);
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to content' });
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const within = await page.evaluate(() => document.activeElement?.closest('main') !== null);
    expect(within, path).toBe(true);
  }
});

test('the keyboard alone filters the orders, and its place is always visible', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto('/t/demo/orders');
  const filter = page.locator('summary', { hasText: 'Filter' });
  for (let presses = 0; presses < 40 && !(await isFocused(page, filter)); presses += 1) {
    await page.keyboard.press('Tab');
    expect(await focusMark(page), await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200) ?? '')).toBe(true);
  }
  await expect(filter).toBeFocused();
  await page.keyboard.press('Enter');
  for (const label of ['Store', 'Kind', 'Status']) {
    await page.keyboard.press('Tab');
    await expect(page.getByLabel(label, { exact: true })).toBeFocused();
    expect(await focusMark(page), label).toBe(true);
  }
  await page.keyboard.type('Can');
  await expect(page.getByLabel('Status')).toHaveValue('cancelled');
  await page.getByRole('button', { name: 'Apply filters' }).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/t/demo/orders?status=cancelled');
  await expect(rows(page, 'Orders').first()).toContainText('Cancelled');
});

async function isFocused(page: Page, locator: ReturnType<Page['locator']>): Promise<boolean> {
  return locator.evaluate((e) => e === document.activeElement);
}

// Whether the focused thing differs from its look without focus: an outline, a border, a shadow or a ground.
async function focusMark(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    if (!(focused instanceof HTMLElement) || focused === document.body) return true;
    const look = (): string => {
      const [own, around] = [getComputedStyle(focused), getComputedStyle(focused.parentElement ?? focused)];
      return [own, around].map((s) => `${s.outline} ${s.border} ${s.boxShadow} ${s.backgroundColor}`).join();
    };
    const withFocus = look();
    focused.blur();
    const without = look();
    focused.focus({ preventScroll: true });
    return withFocus !== without;
  });
}

test('slash and Ctrl K go to the search, but a slash that is typed stays a slash', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto('/t/demo');
  const search = page.getByRole('combobox', { name: 'Search orders by number, email, customer ID or SKU', exact: true });
  await page.keyboard.press('/');
  await expect(search).toBeFocused();
  await page.keyboard.type('a/b');
  await expect(search).toHaveValue('a/b');
  await page.getByRole('link', { name: 'All orders' }).focus();
  await page.keyboard.press('Control+k');
  await expect(search).toBeFocused();
  await page.keyboard.type('10007');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/t/demo/orders?q=10007');
});

test('Escape closes an open menu and leaves the focus at its button', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto('/t/demo');
  const menu = page.locator('summary', { has: page.locator('.avatar') });
  await menu.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Account', exact: true })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('link', { name: 'Account', exact: true })).toBeHidden();
  await expect(menu).toBeFocused();
});

test('no page of a phone scrolls sideways, and its rooms are at hand', async ({ signedIn }) => {
  const page = await signedIn(staff, PHONE);
  for (const path of await pages(page)) {
    await page.goto(path);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide, path).toBe(0);
  }
  await page.goto('/t/demo');
  const rooms = page.getByRole('navigation', { name: 'Bottom navigation' });
  await expect(rooms).toBeInViewport({ ratio: 1 });
  await rooms.getByRole('link', { name: 'Orders' }).tap();
  await expect(page).toHaveURL('/t/demo/orders');
  await awake(page);
});

test('axe finds nothing against WCAG 2.2 AA, in both themes', async ({ signedIn }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await signedIn(staff, { colorScheme });
    for (const path of await pages(page)) {
      await page.goto(path);
      const { violations } = await new AxeBuilder({ page }).withTags(WCAG).analyze();
      const found = violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html} ${n.failureSummary}`));
      expect(found, `${colorScheme} ${path}`).toEqual([]);
    }
  }
});
