// As many values a kind as the promise is about.
process.env['FAULTLAYER_TEST_VALUES'] = '3000';
await import('./rates.test.ts');
