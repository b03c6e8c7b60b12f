require('reflect-metadata');
const { inSpan, stop } = require('./sdk.cjs');
const { Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { HttpModule, HttpService } = require('@nestjs/axios');
const { firstValueFrom, retry } = require('rxjs');
const { stay } = require('./calls.cjs');

class App {}
Module({ imports: [HttpModule] })(App);
(async () => {
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  const http = app.get(HttpService);
  await inSpan('job', async () => {
    const said = await firstValueFrom(http.get(`${process.env.URL}/nest/fail`).pipe(retry(1))).catch(
      (e) => e.response.status,
    );
    const fine = await firstValueFrom(http.get(`${process.env.URL}/nest`));
    console.log(said, fine.status);
  });
  await stay();
  await app.close();
  await stop();
})();
