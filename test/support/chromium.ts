import { type Browser, chromium } from 'playwright-core';

/** Debian’s Chromium, headless, without its own errands on the network. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: '--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run'.split(
      ' ',
    ),
  });
