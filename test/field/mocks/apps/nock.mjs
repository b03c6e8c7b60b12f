import axios from 'axios';
import nock from 'nock';

nock.disableNetConnect();
nock('http://api.mock').get('/down').reply(500, {}).get('/error').replyWithError('boom').get('/fine').reply(200, 'x');
for (const path of ['down', 'error', 'fine', 'unknown'])
  console.log(await axios.get(`http://api.mock/${path}`).then(({ status }) => status, String));
