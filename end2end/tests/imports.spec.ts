import { expect, test, type Page } from '../fixtures/test';
import { RETAIL, file, ordersCsv, type Upload } from '../fixtures/files';
import { fact, figure, rows, stripSum } from '../fixtures/frame';
import { minor } from '../fixtures/money';
import { viewer, type Person } from '../fixtures/people';
import { makePerson, makeStore, type Store } from '../fixtures/stoa';

let store: Store;
let staff: Person;

test.beforeEach(() => {
  store = makeStore();
  staff = makePerson(store.tenant, 'staff');
});

async function upload(page: Page, format: string, upload: string | Upload): Promise<void> {
  await page.goto(`/t/${store.tenant}/imports/new`);
  await page.getByLabel('Format').selectOption(format);
  await page.getByLabel('File').setInputFiles(upload);
  await page.getByRole('button', { name: 'Check file' }).click();
}

// Everything that the progress of a run said while the page was not loaded again.
async function overhear(page: Page): Promise<string[]> {
  const heard: string[] = [];
  await page.exposeFunction('overheard', (words: string) => heard.push(words));
  await page.addInitScript(() => {
    const tell = (window as unknown as { overheard: (words: string) => void }).overheard;
    const look = (): void => {
      const said = document.querySelector('.progress-words')?.parentElement?.textContent;
      if (said) tell(said);
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  });
  return heard;
}

test('a real file is checked, run with live progress, and its figures are the list\'s and the dashboard\'s', async ({ signedIn }) => {
  const page = await signedIn(staff);
  const heard = await overhear(page);
  await upload(page, 'Online Retail CSV', RETAIL);

  await test.step('the check tells what would go in', async () => {
    await expect(page.getByRole('heading', { name: 'Import preview' })).toBeVisible({ timeout: 30_000 });
    await expect(fact(page, 'Lines read')).toHaveText('28,492');
    await expect(fact(page, 'Sales')).toHaveText('1,052');
    await expect(fact(page, 'Returns')).toHaveText('156');
    await expect(fact(page, 'Skipped by rule')).toHaveText('67');
    await expect(fact(page, 'Rejected')).toHaveCount(0);
    await expect(rows(page, 'First orders in the file').first()).toContainText('#536365');
    await expect(rows(page, 'Problems').first()).toContainText('Skipped');
    await page.goto(`/t/${store.tenant}/orders`);
    await expect(page.getByText('No orders yet')).toBeVisible();
    await page.goBack();
  });

  await test.step('the run tells how far it is', async () => {
    heard.length = 0;
    await page.getByRole('button', { name: 'Import 1,208 orders' }).click();
    await expect(page.getByRole('heading', { name: 'Import result' })).toBeVisible({ timeout: 60_000 });
    const midway = heard.map((words) => /^([\d,]+) of 28,49\d lines read, ([\d,]+) orders? stored/.exec(words));
    const counts = midway.flatMap((found) => (found ? [Number(found[2].replaceAll(',', ''))] : []));
    expect(counts.filter((stored) => stored > 0).length, heard.join('\n')).toBeGreaterThan(0);
    expect(counts, 'never backwards').toEqual([...counts].sort((a, b) => a - b));
    expect(heard.some((words) => words.includes('lines per second')), heard.join('\n')).toBe(true);
  });

  const sales = minor(await fact(page, 'Sales in GBP').innerText());
  const returns = minor(await fact(page, 'Returns in GBP').innerText());
  expect([sales, returns]).toEqual([54_036_113, -6_337_656]);

  await test.step('list and dashboard say the same', async () => {
    await page.getByRole('link', { name: 'Show orders' }).click();
    await expect(page.getByText('1,208 orders', { exact: true })).toBeVisible();
    expect(minor(await stripSum(page, 'Total').innerText())).toBe(sales + returns);
    const net = await stripSum(page, 'Net sales').innerText();
    await page.goto(`/t/${store.tenant}?store=main&from=2010-12-01&to=2010-12-13`);
    expect(minor(await figure(page, 'Total').innerText())).toBe(sales + returns);
    await expect(figure(page, 'Net sales')).toHaveText(net);
    await expect(figure(page, 'Orders')).toHaveText('1,052');
  });

  await test.step('the same file again does nothing and says so', async () => {
    await upload(page, 'Online Retail CSV', RETAIL);
    await expect(page.getByText('This file was already imported. No changes were made.')).toBeVisible();
    await expect(fact(page, 'Sales')).toHaveText('1,052');
    await page.goto(`/t/${store.tenant}/imports`);
    await expect(rows(page, 'Imports')).toHaveCount(1);
    await page.goto(`/t/${store.tenant}/orders`);
    await expect(page.getByText('1,208 orders', { exact: true })).toBeVisible();
  });
});

test('good orders go in, and a bad one is told with its line, column and reason', async ({ signedIn }) => {
  const page = await signedIn(staff);
  await upload(page, 'Orders, CSV', ordersCsv());
  const problem = rows(page, 'Problems');
  await expect(problem).toHaveCount(1);
  for (const words of ['5', 'quantity', '#S-3', 'Rejected']) await expect(problem).toContainText(words);
  await page.getByRole('button', { name: 'Import 2 orders' }).click();
  await expect(page.getByRole('heading', { name: 'Import result' })).toBeVisible({ timeout: 30_000 });
  await expect(fact(page, 'Rejected')).toHaveText('1');
  await page.getByRole('link', { name: 'Show orders' }).click();
  await expect(rows(page, 'Orders')).toHaveCount(2);
});

test('a file is recognised by its header', async ({ signedIn }) => {
  const page = await signedIn(staff);
  await upload(page, 'Detect automatically', ordersCsv());
  await expect(page.getByText('Read as Orders, CSV.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Import 2 orders' })).toBeVisible();
  await upload(page, 'Detect automatically', file('other.csv', ['a,b', '1,2']));
  await expect(page.getByLabel('File')).toHaveAccessibleDescription(/format of this file is not known.*shopify-csv/);
});

const REFUSED: [string, string, Upload, RegExp][] = [
  ['a file of another format', 'Online Retail CSV', ordersCsv(), /is not in the format online-retail/],
  ['a file that is no text', 'Orders, CSV', { ...file('photo.csv', []), buffer: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x0a]) }, /UTF-8/],
  ['a cut off .gz', 'Orders, JSON lines', { ...file('orders.jsonl.gz', []), buffer: Buffer.from('1f8b0800000000000003', 'hex') }, /gz|compressed|cut off/i],
];

for (const [what, format, bad, reason] of REFUSED) {
  test(`${what} is refused with its reason, and nothing is stored`, async ({ signedIn }) => {
    const page = await signedIn(staff);
    await upload(page, format, bad);
    await expect(page.getByRole('alert')).toContainText(reason, { timeout: 30_000 });
    await expect(page.getByRole('alert')).toContainText('No orders were imported.');
    await page.getByRole('link', { name: 'Choose file' }).click();
    await expect(page.getByLabel('File')).toBeVisible();
    await page.goto(`/t/${store.tenant}/orders`);
    await expect(page.getByText('No orders yet')).toBeVisible();
  });
}

test('an empty file is refused at its field, and the choices stay', async ({ signedIn }) => {
  const page = await signedIn(staff);
  await upload(page, 'Orders, JSON lines', { ...file('empty.jsonl', []), buffer: Buffer.alloc(0) });
  await expect(page.getByLabel('File')).toHaveAccessibleDescription(/empty/);
  await expect(page.getByLabel('Format')).toHaveValue('orders-jsonl');
});

test('a viewer is not offered to import, and is refused', async ({ signedIn }) => {
  const page = await signedIn(viewer);
  await page.goto('/t/demo/imports');
  await expect(page.getByRole('heading', { level: 1, name: 'Imports' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Import file' })).toHaveCount(0);
  const answer = await page.goto('/t/demo/imports/new');
  expect(answer?.status()).toBe(403);
  await expect(page.getByRole('heading', { level: 1, name: 'No access' })).toBeVisible();
});
