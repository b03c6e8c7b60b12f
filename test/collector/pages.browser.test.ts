import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { type CollectorUnderTest, collectorUnderTest, TOKEN } from '../support/collector.ts';
import { INCIDENTS } from '../support/incidents.ts';
import { httpServer } from '../support/servers.ts';

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  'javascript:alert(1)',
  '</title><script>alert(1)</script>',
  '</textarea></pre><svg onload=alert(1)>',
  '+ADw-script+AD4-alert(1)+ADw-/script+AD4-',
  '{{constructor.constructor("alert(1)")()}}',
  '\u202ethgir-ot-tfel',
];

/** Where pages may lead to: the runbooks, and the provider's own pages. */
const PLACES = [
  'github.com',
  'health.aws.amazon.com',
  'status.stripe.com',
  'support.stripe.com',
  'status.openai.com',
  'help.openai.com',
  'slack-status.com',
  'slack.com',
  'www.githubstatus.com',
  'support.github.com',
];

let browser: Browser;
let c: CollectorUnderTest;
beforeAll(async () => {
  [browser, c] = await Promise.all([launchChromium(), collectorUnderTest()]);
  await c.fail(
    ...INCIDENTS,
    ...HOSTILE.map((text) => ({
      'service.name': text,
      'api.failure.layer': 'payload',
      'api.failure.reason': text,
      'api.provider.name': text,
      'api.provider.code': text,
      'api.provider.message': text,
      'api.provider.request_id': text,
      'server.address': text,
      'url.full': `https://h.test/${text}`,
      'url.template': text,
      'network.peer.address': text,
      'http.request.method': text,
      'http.response.status_code': 400,
      'http.response.body.content': text,
    })),
  );
});
afterAll(async () => {
  await browser.close();
  await c[Symbol.asyncDispose]();
});

/** A page that is signed in by a link’s fragment, with everything it asks for and every dialog noted. */
async function visit(): Promise<{ page: Page; context: BrowserContext; foreign: string[]; dialogs: string[] }> {
  const context = await browser.newContext();
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: c.httpUrl });
  const page = await context.newPage();
  const foreign: string[] = [];
  const dialogs: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(c.httpUrl)) foreign.push(request.url());
  });
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto(`${c.httpUrl}/failures#token=${TOKEN}`);
  await page.waitForSelector('table.failures');
  return { page, context, foreign, dialogs };
}

describe('the pages in Chromium', () => {
  it('sign in by a fragment, which leaves the address bar', async () => {
    const { page, context } = await visit();
    expect(page.url()).toBe(`${c.httpUrl}/failures`);
    await page.click('text=Sign out');
    await page.waitForSelector('input[type=password]');
    await page.fill('input[type=password]', 'nope');
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=That is not the token.');
    await page.fill('input[type=password]', TOKEN);
    await page.keyboard.press('Enter');
    await page.waitForSelector('table.failures');
    await context.close();
  });

  it('show one failure with its checklist, curl and escalation, by keyboard alone', async () => {
    const { page, context } = await visit();
    await page.keyboard.press('/');
    await page.keyboard.type('req_Zs1qXb2T7mKc2');
    await page.keyboard.press('Enter');
    await page.waitForURL(/text=req_Zs1qXb2T7mKc2/);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#checklist');
    expect(await page.locator('h1').textContent()).toContain('api_key_expired');
    expect(await page.locator('.checks li').allInnerTexts()).toHaveLength(5);
    expect(await page.locator('.checks li.here').textContent()).toContain('credentials');
    expect(await page.locator('#curl').textContent()).toContain('"$API_TOKEN"');
    expect(await page.locator('#escalation').textContent()).toContain('req_Zs1qXb0T7mKc2');
    expect(await page.locator('#traceql').textContent()).toContain('span.api.provider.code = "api_key_expired"');
    await page.click('button[data-for=curl]');
    await page.waitForSelector('text=Copied');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await page.locator('#curl').textContent());
    await context.close();
  });

  it('narrow the list by layer, and say what they cannot read', async () => {
    const { page, context } = await visit();
    await page.click('.chips >> text=throttling');
    await page.waitForURL(/layer=throttling/);
    expect(await page.locator('tbody tr').allInnerTexts()).toEqual([expect.stringContaining('rate_limit_exceeded')]);
    await page.goto(`${c.httpUrl}/failures?since=yesterday`);
    expect(await page.locator('[role=alert]').textContent()).toContain('since');
    await context.close();
  });

  it('keep hostile values inert: no dialog, no request elsewhere, no markup', async () => {
    const { page, context, foreign, dialogs } = await visit();
    expect(await page.locator('main img, main svg:not(.trend), main script').count()).toBe(0);
    expect(await page.locator('tbody').textContent()).toContain('<script>alert(1)</script>');
    const links = await page.locator('a.row').evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href));
    expect(links.length).toBeGreaterThanOrEqual(HOSTILE.length);
    for (const link of links) {
      expect(link.startsWith(`${c.httpUrl}/failures/`)).toBe(true);
      await page.goto(link);
      expect(await page.locator('main img, main script, main svg:not(.phases)').count()).toBe(0);
      for (const href of await page
        .locator('a:not([rel~=external])')
        .evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href)))
        expect(href.startsWith(c.httpUrl)).toBe(true);
      const outside = await page
        .locator('a[rel~=external]')
        .evaluateAll((all) => all.map((a) => new URL((a as HTMLAnchorElement).href).host));
      expect(outside.filter((host) => !PLACES.includes(host))).toEqual([]);
      await page.locator('h1').hover();
    }
    expect(foreign).toEqual([]);
    expect(dialogs).toEqual([]);
    await context.close();
  });

  it('cannot be read or framed from a page of another origin, nor changed by its form', async () => {
    const { page, context } = await visit();
    await using evil = await httpServer((_, res) => {
      res.setHeader('content-type', 'text/html');
      res.end(
        `<iframe src="${c.httpUrl}/failures"></iframe><form method=post enctype=text/plain action="${c.httpUrl}/session/end"><button>x</button></form>`,
      );
    });
    await page.goto(`http://localhost:${evil.port}/`);
    const read = await page.evaluate(
      (url) =>
        fetch(url, { credentials: 'include' }).then(
          (r) => r.text(),
          (e: Error) => `refused ${e.name}`,
        ),
      `${c.httpUrl}/api/failures`,
    );
    expect(read).toBe('refused TypeError');
    const frame = page.frames().find((f) => f !== page.mainFrame());
    expect((await frame?.content()) ?? '').not.toContain('api_key_expired');
    const [answer] = await Promise.all([page.waitForResponse(/session\/end/), page.click('button')]);
    expect(answer.status()).toBe(403);
    await page.goto(`${c.httpUrl}/failures`);
    await page.waitForSelector('table.failures');
    await context.close();
  });

  it('work without the script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${c.httpUrl}/failures?layer=auth`);
    await page.fill('input[type=password]', TOKEN);
    await page.click('text=Sign in >> nth=-1');
    await page.waitForURL(/failures\?layer=auth/);
    await page.click('a.row');
    await page.waitForSelector('#curl');
    expect(await page.locator('button.copy:visible').count()).toBe(0);
    await context.close();
  });
});

it('the list is live, sorts, and copies a request ID by a click', async () => {
  const { page, context } = await visit();
  await page.goto(`${c.httpUrl}/failures?sort=times`);
  expect(await page.locator('h1').textContent()).toContain('most frequent first');
  const times = await page.locator('td.times').allTextContents();
  expect(times.map(Number)).toEqual(times.map(Number).toSorted((a, b) => b - a));
  await c.fail({ ...INCIDENTS[0]!, age: 0, 'api.provider.code': 'just_now', 'api.provider.request_id': 'req_live_1' });
  const id = page.locator('bdi[data-copy]', { hasText: 'req_live_1' });
  await id.waitFor({ timeout: 10_000 });
  await id.click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('req_live_1');
  await context.close();
});

describe('every page, on a telephone and a desk, light and dark', () => {
  const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const PAGES = [
    ['the list', '/failures'],
    ['nothing found', '/failures?text=nothing-has-this'],
    ['a wrong filter', '/failures?since=yesterday'],
    ['one failure', 'row'],
    ['a failure that is not kept', '/failures/aaaaaaa-bbbbbbbb'],
    ['providers', '/providers'],
    ['the sign-in', 'signed out'],
  ] as const;
  const views = [390, 1440].flatMap((width) =>
    (['light', 'dark'] as const).map((colorScheme) => [width, colorScheme] as const),
  );

  it.each(views)('has no finding of axe at %s px, %s, and fits', async (width, colorScheme) => {
    const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme, bypassCSP: true });
    const page = await context.newPage();
    await page.goto(`${c.httpUrl}/failures#token=${TOKEN}`);
    const row = await page
      .waitForSelector('a.row:has-text("stripe")')
      .then((a) => a.evaluate((e) => (e as HTMLAnchorElement).href));
    const found: unknown[] = [];
    for (const [name, path] of PAGES) {
      if (path === 'signed out') await context.clearCookies();
      await page.goto(path === 'row' ? row : `${c.httpUrl}${path === 'signed out' ? '/failures' : path}`);
      await page.evaluate(AXE);
      const run = 'axe.run().then(({ violations }) => violations.map((v) => [v.id, ...v.nodes.map((n) => n.html)]))';
      for (const violation of (await page.evaluate(run)) as unknown[]) found.push([name, violation]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) found.push([name, `${wide} px wider than the screen`]);
    }
    expect(found).toEqual([]);
    await context.close();
  });

  it('says what, whose turn and the first check above the fold of a telephone', async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 664 } });
    const page = await context.newPage();
    await page.goto(`${c.httpUrl}/failures#token=${TOKEN}`);
    await page.click('a.row:has-text("api_key_expired")');
    const sentence = page.locator('.sentence');
    expect(await sentence.textContent()).toMatch(
      /^stripe answered 401 api_key_expired to POST .*Turn of: this service's team\. First check: the credentials/,
    );
    const box = (await sentence.boundingBox())!;
    expect(box.y + box.height).toBeLessThan(664);
    await context.close();
  });
});
