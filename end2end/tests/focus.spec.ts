import { expect, test, type Page } from '../fixtures/test';
import { admin, owner } from '../fixtures/people';

const PAGES = ['/t/demo', '/t/demo/orders', '/t/demo/orders?q=1', '/t/demo/imports', '/t/demo/audit', '/t/demo/backups', '/t/demo/team', '/t/demo/settings', '/t/demo/usage', '/account'];
const PLATFORM = ['/platform', '/platform/tenants', '/platform/jobs', '/platform/audit'];
const STEPS = 60;

// What lies under what stays in place: the top bar, and on a phone the bottom bar.
async function hidden(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const at = document.activeElement;
    if (!at || at === document.body || at.closest('.bar, .bottom, .rail, .skip')) return [];
    const box = at.getBoundingClientRect();
    if (box.height === 0) return [];
    const covers = [...document.querySelectorAll('.bar, .bottom')].filter((bar) => getComputedStyle(bar).display !== 'none');
    return covers.flatMap((bar) => {
      const cover = bar.getBoundingClientRect();
      const over = Math.min(box.bottom, cover.bottom) - Math.max(box.top, cover.top);
      // Elements that are taller than the room between the bars cannot be seen whole.
      const fits = box.height < innerHeight - 160;
      return fits && over > 1 ? [`${at.outerHTML.slice(0, 120)} under ${bar.className}`] : [];
    });
  });
}

for (const width of [390, 1440]) {
  test(`what has the focus is never under a bar, at ${width} pixels`, async ({ signedIn }) => {
    test.slow();
    for (const [person, paths] of [[owner, PAGES], [admin, PLATFORM]] as const) {
      const page = await signedIn(person);
      await page.setViewportSize({ width, height: 640 });
      for (const path of paths) {
        await page.goto(path);
        for (let n = 0; n < STEPS; n += 1) {
          await page.keyboard.press('Tab');
          expect(await hidden(page), `${path}, forwards ${n}`).toEqual([]);
        }
        for (let n = 0; n < STEPS; n += 1) {
          await page.keyboard.press('Shift+Tab');
          expect(await hidden(page), `${path}, backwards ${n}`).toEqual([]);
        }
      }
    }
  });
}
