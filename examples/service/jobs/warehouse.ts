import axios from 'axios';
import type { Job } from '../job.ts';

export const readStock = (port: number): Job => {
  const warehouse = axios.create({ baseURL: `https://api.warehouse.test:${port}`, timeout: 5_000 });
  return async (n) => {
    await warehouse.get(`/v2/stock/${n}`);
  };
};
