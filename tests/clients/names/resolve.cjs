// Lets a Node.js program resolve the service's names to the server under test: `node -r resolve.cjs program.mjs`.
// Only the look-up is replaced: the Host header and the signature still carry the real name.
"use strict";
const dns = require("node:dns");

const suffix = process.env.S3_DOMAIN;
const lookup = dns.lookup;

dns.lookup = (host, options, callback) => {
  if (typeof options === "function") [options, callback] = [{}, options];
  if (host !== suffix && !host.endsWith(`.${suffix}`)) return lookup(host, options, callback);
  const address = "127.0.0.1";
  return options.all ? callback(null, [{ address, family: 4 }]) : callback(null, address, 4);
};
