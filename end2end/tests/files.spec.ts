import { expect, test } from '../fixtures/test';

test('built files carry hashes in their names and are kept for ever', async ({ page }) => {
  const answers = new Map<string, string>();
  page.on('response', (answer) => {
    const path = new URL(answer.url()).pathname;
    if (path.startsWith('/pkg/')) answers.set(path, answer.headers()['cache-control'] ?? '');
  });
  await page.goto('/login');
  await page.waitForLoadState('networkidle');
  expect([...answers.keys()].map((path) => path.split('.').pop()).sort()).toContain('css');
  for (const [path, rule] of answers) {
    expect(path).toMatch(/^\/pkg\/.+\.[\w-]{16,}\.\w+$/);
    expect(rule, path).toBe('public, max-age=31536000, immutable');
  }
});
