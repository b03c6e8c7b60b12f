import Module from 'node:module';

const { _load: load } = Module as { _load?: (id: string) => unknown };

/**
 * A built-in module, past `require` and `process.getBuiltinModule`. Instrumentations hook both (require-in-the-middle), and would
 * begin to make spans in an application that never asks for that module itself.
 */
export const builtin = ((id: string) => load?.(id) ?? process.getBuiltinModule(id)) as typeof process.getBuiltinModule;
