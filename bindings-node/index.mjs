import entry from './index.cjs';

export const { Fleet, conformance } = entry;
export * from './lib/errors.cjs';
