import { expect, test } from '../fixtures/test';
import { admin, owner, viewer } from '../fixtures/people';

for (const scripts of [true, false]) {
  test(`an owner sees how the backups are${scripts ? '' : ', without scripts'}`, async ({ signedIn }) => {
    const page = await signedIn(owner, { javaScriptEnabled: scripts });
    await page.goto('/t/demo');
    await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Backups' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Backups' })).toBeVisible();
    await expect(page.getByText('Next backup')).toBeVisible();
  });
}

test('a viewer is not offered backups, and is refused', async ({ signedIn }) => {
  const page = await signedIn(viewer);
  await page.goto('/t/demo');
  await expect(page.getByRole('link', { name: 'Backups' })).toHaveCount(0);
  const answer = await page.goto('/t/demo/backups');
  expect(answer?.status()).toBe(403);
});

test('the platform sees the backups of everybody, by kind', async ({ signedIn }) => {
  const page = await signedIn(admin);
  await page.goto('/platform/backups');
  await page.getByRole('navigation', { name: 'Type' }).getByRole('link', { name: 'Platform' }).click();
  await expect(page).toHaveURL('/platform/backups?kind=full');
  const answer = await page.goto('/platform/backups?kind=half');
  expect(answer?.status()).toBe(200);
  await expect(page.getByText('Ignored: kind = half')).toBeVisible();
});
