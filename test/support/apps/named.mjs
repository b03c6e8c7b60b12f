// An ES module that takes the client by name.
import { get } from 'node:http';

const url = process.argv[2];
await new Promise((resolve) => get(`${url}/named/http`, (res) => res.resume().on('end', resolve)));
console.log((await fetch(`${url}/named/fetch`)).status);
