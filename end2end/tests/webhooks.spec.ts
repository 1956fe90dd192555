import { expect, test } from '../fixtures/test';
import { owner, viewer } from '../fixtures/people';

for (const scripts of [true, false]) {
  test(`an owner makes a webhook, pauses and deletes it${scripts ? '' : ', without scripts'}`, async ({ signedIn }) => {
    const page = await signedIn(owner, { javaScriptEnabled: scripts });
    const address = `https://1.1.1.1/${scripts ? 'scripts' : 'plain'}`;
    await page.goto('/t/demo');
    await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Webhooks' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Webhooks' })).toBeVisible();
    await page.getByLabel('URL').fill(address);
    // Nothing of the kind happens here: nobody is sent anything.
    await page.getByLabel(/^tenant\.restored/).check();
    await page.getByRole('button', { name: 'Create webhook' }).click();
    await expect(page.locator('code.once')).toHaveText(/^whsec_/);
    await page.goto('/t/demo/settings/webhooks');
    await expect(page.locator('code.once')).toHaveCount(0);
    await page.getByRole('link', { name: address }).click();
    await page.getByRole('button', { name: 'Pause webhook' }).click();
    await expect(page.getByText('Webhook paused.')).toBeVisible();
    await page.getByRole('link', { name: 'Delete webhook' }).click();
    await page.getByRole('button', { name: 'Delete webhook' }).click();
    await expect(page.getByText('Webhook deleted.')).toBeVisible();
    await expect(page.getByRole('link', { name: address })).toHaveCount(0);
  });
}

test('an address within the network is refused beside its field, and what was typed stays', async ({ signedIn }) => {
  const page = await signedIn(owner);
  await page.goto('/t/demo/settings/webhooks');
  await page.getByLabel('URL').fill('https://169.254.169.254/latest');
  await page.getByRole('button', { name: 'Create webhook' }).click();
  await expect(page.getByLabel('URL')).toHaveAccessibleDescription(/public URL/);
  await expect(page.getByLabel('URL')).toHaveValue('https://169.254.169.254/latest');
});

test('a viewer is not offered webhooks, and is refused', async ({ signedIn }) => {
  const page = await signedIn(viewer);
  await page.goto('/t/demo');
  await expect(page.getByRole('link', { name: 'Webhooks' })).toHaveCount(0);
  const answer = await page.goto('/t/demo/settings/webhooks');
  expect(answer?.status()).toBe(403);
});
