// A call by axios, which uses node:http, and two by the package undici, which Bun replaces by its own.
import axios from 'axios';
import { fetch, request } from 'undici';

const [url] = process.argv.slice(2);
console.log((await axios.get(`${url}/denied`, { validateStatus: null })).status);
console.log((await fetch(`${url}/denied`)).status);
const { statusCode, body } = await request(`${url}/ok`);
console.log(statusCode, await body.text());
