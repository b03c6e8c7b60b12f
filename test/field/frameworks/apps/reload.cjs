// pm2 starts two workers of the application in a cluster and reloads them: each makes its calls, and is told to end while it stays.
const { execFileSync } = require('node:child_process');
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const pm2 = (...args) =>
  execFileSync(process.execPath, ['node_modules/pm2/bin/pm2', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
const logs = join(process.env.PM2_HOME, 'logs');
const results = () =>
  readdirSync(logs)
    .map((file) => readFileSync(join(logs, file), 'utf8'))
    .join('')
    .match(/200 503 200 503/g)?.length ?? 0;
const until = async (count) => {
  for (let i = 0; results() < count && i < 300; i++) await sleep(100);
  // their exporters have sent
  await sleep(1000);
};

(async () => {
  const { WORKER_OPTIONS: given } = process.env;
  const options = given === undefined ? [] : ['--node-args', given];
  pm2('start', 'apps/sdk-app.cjs', '-i', '2', '--no-autorestart', '--name', 'app', ...options);
  try {
    await until(2);
    pm2('reload', 'app');
    await until(4);
    console.log('workers that have called:', results());
  } finally {
    pm2('kill');
  }
})();
