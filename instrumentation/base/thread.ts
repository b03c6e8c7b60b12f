/** What a thread may not do is marked: the main thread is spared the loading of worker_threads. */
export const isThread = (): boolean => (process.chdir as { disabled?: boolean }).disabled === true;
