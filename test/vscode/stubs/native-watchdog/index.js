'use strict';

/* Stands in for the native module, which has no prebuilt binary: the extension host ends when its parent is gone. */

const checkEveryMs = 3000;

exports.start = function start(parentPid) {
  setInterval(() => {
    try {
      process.kill(parentPid, 0);
    } catch {
      process.exit(87);
    }
  }, checkEveryMs).unref();
};
