/** The package's version; a test compares it with package.json. */
export const VERSION = '0.2.0';
/** The package's name: instrumentation scope and distribution name of everything it sends. */
export const NAME = 'faultlayer';
