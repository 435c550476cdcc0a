/** The page as a person sees it, in a real browser from npm. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OpenedBrowser, openBrowser } from '../support/browser.ts';
import { consoleLogin } from '../support/records.ts';
import { prod, Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let opened: OpenedBrowser;
let page: Page;

beforeAll(async () => {
  sandbox = await Sandbox.start({ APPROVALS: 'hand-over:0' });
  opened = await openBrowser();
}, 120_000);
afterAll(async () => {
  await opened?.close();
  await sandbox?.stop();
});
beforeEach(async () => {
  await sandbox.call('POST', '/api/reset');
  page = await opened.browser.newPage({ viewport: { width: 1_280, height: 900 } });
  await page.goto(sandbox.url);
});

afterEach(() => page.close());

/** Five names of an account fail from one address: with those of others one attack. */
async function spray(index: number): Promise<void> {
  const account = String(200_000_000_000 + index);
  for (let user = 0; user < 5; user++) {
    const more = { recipientAccountId: account, sourceIPAddress: '198.51.100.7', eventID: `${account}-${user}`, eventTime: new Date().toISOString() };
    const detail = consoleLogin({ type: 'IAMUser', userName: `user${user}`, accountId: account }, 'Failure', 'No', more);
    const event = { 'detail-type': 'AWS Console Sign In via CloudTrail', source: 'aws.signin', account, region: 'us-east-1', detail };
    await sandbox.publish({ message: JSON.stringify(event) });
  }
}

async function be(name: string): Promise<void> {
  const value = await page.getByTestId('user').locator('option', { hasText: name }).getAttribute('value');
  await page.getByTestId('user').selectOption(value);
}

describe('the page', () => {
  it('plays a scenario, and a responder acknowledges the card and reads the thread', async () => {
    await page.getByTestId('scenario-sign-in-failures').click();
    await page.getByTestId('card').getByText('MEDIUM · OPEN · Console sign-in failures').waitFor();
    await be('Dana Fox');
    await page.getByTestId('action-acknowledge').click();
    await page.getByTestId('card').getByText('dana.fox is on it since').waitFor();
    await page.getByTestId('replies').click();
    await page.getByTestId('thread').getByText('dana.fox acknowledged this and is on it').waitFor();
    expect(await page.getByTestId('exchanges').textContent()).toContain('block_actions acknowledge');
  });

  it('shows a handed-over password that signs in to the emulated IAM, and no longer once the modal is closed', async () => {
    await page.getByTestId('scenario-sign-in-without-mfa').click();
    await be('Bob Ek');
    await page.getByTestId('action-reset-password').click();
    await page.getByTestId('input-mode').selectOption('hand-over');
    await page.getByTestId('input-why').fill('takeover');
    await page.getByTestId('submit').click();
    const shown = page.getByTestId('modal').locator('pre').first();
    await page.getByText('The new console password of alice').waitFor();
    const password = (await shown.textContent()) ?? '';
    expect(await sandbox.call('POST', '/api/aws/sign-in', { account: prod, user: 'alice', password })).toMatchObject({
      ok: true,
      passwordResetRequired: true,
    });
    await page.getByTestId('close').click();
    await page.getByTestId('modal').waitFor({ state: 'detached' });
    expect(await page.locator('body').textContent()).not.toContain(password);
  });

  it('tells a bystander why not, to him only', async () => {
    await page.getByTestId('scenario-sign-in-failures').click();
    await page.getByTestId('card').waitFor();
    await be('Erik Lund');
    await page.getByTestId('action-acknowledge').click();
    await page.getByTestId('ephemeral').getByText('“Acknowledge” is for responders').waitFor();
    await be('Dana Fox');
    await page.getByTestId('ephemeral').waitFor({ state: 'detached' });
  });

  it('takes the slash command, shows the App Home, and says what a field lacks', async () => {
    await page.getByTestId('scenario-plain-text').click();
    await page.getByTestId('card').waitFor();
    await be('Dana Fox');
    await page.getByTestId('command').fill('/signin-status');
    await page.getByTestId('command').press('Enter');
    await page.getByTestId('ephemeral').getByText('1 open incident').waitFor();
    await page.getByTestId('action-more').click();
    await page.getByTestId('option-record-step').click();
    await page.getByTestId('submit').click();
    await page.getByText('Please complete this required field.').waitFor();
    await page.getByTestId('close').click();
    await page.getByTestId('open-home').click();
    await page.getByLabel('App Home').getByText('1 open incident').waitFor();
  });

  it('can be used with the keyboard alone: focus goes into a modal and back, stays where a card is drawn anew, and Escape closes', async () => {
    const hasFocus = (testId: string) => () => page.evaluate((id) => document.activeElement?.getAttribute('data-testid') === id, testId);
    await page.getByTestId('scenario-sign-in-without-mfa').press('Enter');
    await page.getByTestId('card').getByText('alice has').waitFor();
    await be('Bob Ek');
    await page.getByTestId('action-reset-password').press('Enter');
    await page.getByTestId('input-why').waitFor();
    await expect.poll(hasFocus('input-mode')).toBe(true);
    for (let pressed = 0; pressed < 9; pressed++) await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('#app, #bar'))).toBeNull();
    await page.keyboard.press('Escape');
    await page.getByTestId('modal').waitFor({ state: 'detached' });
    await expect.poll(hasFocus('action-reset-password')).toBe(true);
    await page.getByTestId('action-more').press('Enter');
    expect(await page.getByTestId('action-more').getAttribute('aria-expanded')).toBe('true');
    await page.keyboard.press('Escape');
    await page.getByTestId('option-timeline').waitFor({ state: 'hidden' });
    await page.getByTestId('action-reset-password').focus();
    await sandbox.call('POST', '/api/scenarios/sign-in-without-mfa');
    await page
      .getByTestId('card')
      .getByText(/2×|2 times/)
      .first()
      .waitFor();
    expect(await hasFocus('action-reset-password')()).toBe(true);
  });

  it('opens the App Home at its top', async () => {
    await page.setViewportSize({ width: 390, height: 500 });
    await page.getByTestId('open-home').click();
    const home = page.getByLabel('App Home');
    await home.getByText('What can be asked').waitFor();
    expect(await home.evaluate(({ scrollTop, scrollHeight, clientHeight }) => ({ scrollTop, scrolls: scrollHeight > clientHeight }))).toEqual({
      scrollTop: 0,
      scrolls: true,
    });
  });

  it('keeps a menu open while its card is drawn anew', async () => {
    await page.getByTestId('scenario-plain-text').click();
    await page.getByTestId('card').waitFor();
    await page.getByTestId('action-more').click();
    await page.getByTestId('option-record-step').waitFor();
    await sandbox.scenario('plain-text');
    await page.getByTestId('card').getByText('Seen 2×').waitFor();
    expect(await page.getByTestId('option-record-step').isVisible()).toBe(true);
  });

  it('shows direct messages: the log as a file, and “Was this you?” to whoever is asked, who answers it', async () => {
    await page.getByTestId('scenario-sign-in-without-mfa').click();
    await page.getByTestId('card').waitFor();
    await be('Dana Fox');
    await page.getByTestId('command').fill('/signin-audit SIN-1');
    await page.getByTestId('command').press('Enter');
    await page.getByTestId('ephemeral').getByText('are in your direct messages').waitFor();
    await page.getByTestId('action-more-responses').click();
    await page.getByTestId('modal').getByTestId('action-was-this-you').click();
    await page.getByTestId('submit').click();
    await page.getByText('The direct message is sent').waitFor();
    await page.getByTestId('close').click();
    // Under it is the list that it was opened from.
    await page.getByTestId('modal').getByText('More responses').waitFor();
    await page.getByTestId('close').click();
    await page.getByTestId('modal').waitFor({ state: 'detached' });
    await page.getByTestId('open-direct').click();
    await page.getByTestId('file').locator('summary').click();
    await page.getByTestId('file').getByText('SIN-1').first().waitFor();
    expect(await page.getByTestId('direct').count()).toBe(1);
    await be('Erik Lund');
    await page.getByTestId('direct').getByTestId('action-was-not-me').click();
    await page.getByTestId('direct').getByText('You answered “No, it was not me”.').waitFor();
  });

  it('resolves an attack over more incidents than a group of checkboxes takes, those that are left chosen', async () => {
    for (let index = 0; index < 12; index++) await spray(index);
    await be('Dana Fox');
    const first = page.getByTestId('card').filter({ hasText: /· SIN-1\D/ });
    await sandbox.until('one attack', async () => (await first.textContent())?.includes('and 6 more'), 300);
    await first.getByTestId('action-acknowledge').click();
    await first.getByTestId('action-resolve').click();
    const menu = page.getByTestId('input-incidents');
    await menu.waitFor();
    const names = await menu.locator('option').evaluateAll((options) => options.map(({ textContent }) => textContent?.split(' ')[0]));
    expect(names).toEqual(Array.from({ length: 12 }, (_, index) => `SIN-${index + 1}`));
    expect(await menu.locator('option:checked').count()).toBe(12);
    await menu.selectOption(names.slice(0, 11).map((name) => (name as string).slice(4)));
    await page.getByTestId('input-verdict').selectOption('attack');
    await page.getByTestId('submit').click();
    await page.getByTestId('modal').waitFor({ state: 'detached' });
    await page.getByTestId('command').fill('/signin-status');
    await page.getByTestId('command').press('Enter');
    await page.getByTestId('ephemeral').getByText('1 open incident').waitFor();
    await page.getByTestId('ephemeral').getByText('SIN-12').waitFor();
  });

  it('is where a link to a card leads', async () => {
    await sandbox.scenario('sign-in-failures');
    const { ts } = await sandbox.card();
    await page.goto(`${sandbox.url}/archives/C01INCIDENT/p${ts.replace('.', '')}`);
    await page.locator('.linked').getByText('ConsoleSigninFailures').first().waitFor();
  });

  it('fits a phone: nothing on the card is wider than the screen', async () => {
    await page.getByTestId('scenario-mfa-failures').click();
    await page.getByTestId('card').waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await page.getByTestId('action-reset-password').click();
    await page.getByTestId('submit').waitFor();
    const box = await page.getByTestId('submit').boundingBox();
    expect((box?.x ?? 999) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
    await page.getByTestId('close').click();
    await page.getByTestId('open-home').click();
    await page.getByLabel('App Home').getByText('1 open incident').waitFor();
  });
});
