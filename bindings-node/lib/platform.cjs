'use strict';

/** npm's name for this platform: its system, its processor, and on Linux its C library. */
function platform() {
  const { platform: system, arch, report } = process;
  if (system !== 'linux') return `${system}-${arch}`;
  return `${system}-${arch}-${report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'gnu'}`;
}

module.exports = { platform };
