import { expect, it } from 'vitest';
import { grpcName, layerOfConnect, layerOfGrpc } from '../../../src/layers/grpc.ts';

/** gRPC, Status codes; the layers are those of the HTTP statuses that gRPC's gateways map them to. */
const CODES = [
  'CANCELLED service',
  'UNKNOWN service',
  'INVALID_ARGUMENT payload',
  'DEADLINE_EXCEEDED service',
  'NOT_FOUND endpoint',
  'ALREADY_EXISTS payload',
  'PERMISSION_DENIED auth',
  'RESOURCE_EXHAUSTED throttling',
  'FAILED_PRECONDITION payload',
  'ABORTED service',
  'OUT_OF_RANGE payload',
  'UNIMPLEMENTED endpoint',
  'INTERNAL service',
  'UNAVAILABLE service',
  'DATA_LOSS service',
  'UNAUTHENTICATED auth',
];

it('tells the layer of each of the sixteen codes, by number and by name', () => {
  CODES.forEach((row, i) => {
    const [name, layer] = row.split(' ') as [string, string];
    expect([grpcName(String(i + 1)), layerOfGrpc(String(i + 1))]).toEqual([name, layer]);
    expect(layerOfConnect(name === 'CANCELLED' ? 'canceled' : name.toLowerCase())).toBe(layer);
  });
  expect([grpcName('17'), layerOfGrpc('99'), layerOfConnect('no_such')]).toEqual(['UNKNOWN', 'service', undefined]);
});
