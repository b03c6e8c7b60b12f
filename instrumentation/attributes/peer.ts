import { Block } from '../span/block.ts';

/** Addresses that are remembered; then they are forgotten together. */
const LIMIT = 256;
const peers = new Map<string, Block>();

/** `network.peer.*` of one connection after another to the same few addresses. */
export function peerOf(address: string, port: number): Block {
  const known = peers.get(address);
  if (known?.values[1] === port) return known;
  const peer = new Block().set('network.peer.address', address).set('network.peer.port', port);
  if (peers.size >= LIMIT) peers.clear();
  peers.set(address, peer);
  return peer;
}
