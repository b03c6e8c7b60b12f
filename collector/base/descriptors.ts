import { readdirSync } from 'node:fs';
import { LIMITS } from '../limits.ts';

/** Open files of a process that has just started, where /proc does not tell. */
const AT_START = 32;

/**
 * How many senders may be connected: as many as the limits say, or as `ulimit -n` leaves once descriptors are kept back for scrapes, health
 * checks and files. Past `ulimit -n` the kernel's queue is emptied by closing connections, and nobody is told.
 */
export function sendersThatFit(): number {
  return Math.max(16, Math.min(LIMITS.senders, openFilesLimit() - openFiles() - LIMITS.reservedDescriptors));
}

function openFilesLimit(): number {
  const { report } = process;
  if (!report) return Number.POSITIVE_INFINITY;
  Object.assign(report, { excludeNetwork: true });
  const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } };
  const soft = Number(userLimits?.open_files?.soft);
  return Number.isFinite(soft) ? soft : Number.POSITIVE_INFINITY;
}

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    // only Linux has it
    return AT_START;
  }
}
