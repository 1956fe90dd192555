// Pictures of the demo for README and docs, into docs/images. Run it with: scripts/e2e.sh --screenshots
import { mkdir, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url));
const SNAPSHOT = fileURLToPath(new URL('../jobs/tests/fixtures/online-retail/online-retail-2010-12.csv', import.meta.url));
const LARGEST = 200_000;
const SIZES = {
  '': { viewport: { width: 1280, height: 860 } },
  '-phone': { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 1.5 },
};

const baseURL = process.env.BASE_URL ?? 'http://127.0.0.1:3000';
const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-background-networking'] });

try {
  await mkdir(FOLDER, { recursive: true });
  const storageState = await signIn();
  const pages = await choosePages(storageState);
  for (const colorScheme of ['light', 'dark']) {
    for (const [suffix, size] of Object.entries(SIZES)) await takeAll(pages, `-${colorScheme}${suffix}`, { ...size, colorScheme, storageState });
  }
} finally {
  await browser.close();
}

async function open(options) {
  const context = await browser.newContext({ baseURL, locale: 'en-GB', reducedMotion: 'reduce', ...options });
  return context.newPage();
}

async function signIn() {
  const page = await open({});
  await page.goto('/login');
  await page.getByLabel('Email').fill('owner@demo.test');
  await page.getByLabel('Password').fill('stoa-demo-password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/t/demo');
  const state = await page.context().storageState();
  await page.context().close();
  return state;
}

/** Address by name of picture: an order that was partly refunded and an import that was checked among them. */
async function choosePages(storageState) {
  const page = await open({ storageState });
  await page.goto('/t/demo/orders?store=harbour&payment=partially_refunded');
  const order = await page.locator('tbody a').first().getAttribute('href');
  await page.goto('/t/demo/imports/new');
  await page.getByLabel('Store', { exact: true }).selectOption('harbour');
  await page.getByLabel('Format').selectOption('online-retail');
  await page.getByLabel('File').setInputFiles(SNAPSHOT);
  await page.getByRole('button', { name: 'Check file' }).click();
  await page.getByRole('button', { name: /^Import / }).waitFor();
  const run = new URL(page.url()).pathname;
  await page.context().close();
  return { dashboard: '/t/demo?store=harbour', orders: '/t/demo/orders?store=harbour', order, import: run };
}

async function takeAll(pages, suffix, options) {
  const page = await open(options);
  for (const [name, address] of Object.entries(pages)) {
    await page.goto(address);
    await page.getByText('Live', { exact: true }).waitFor({ state: 'attached' });
    const path = `${FOLDER}${name}${suffix}.png`;
    await page.screenshot({ path });
    const { size } = await stat(path);
    console.log(`${name}${suffix}.png  ${Math.round(size / 1000)} kB`);
    if (size > LARGEST) throw new Error(`${path} is larger than ${LARGEST} bytes`);
  }
  await page.context().close();
}
