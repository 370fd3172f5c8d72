// minio for JavaScript.
import { createWriteStream } from "node:fs";
import { createRequire } from "node:module";
import { pipeline } from "node:stream/promises";
import * as Minio from "minio";
import { serve, settings, eachFile } from "./serve.mjs";

const pathStyle = process.argv[2] === "path";
const client = new Minio.Client({
  endPoint: pathStyle ? "127.0.0.1" : settings.domain,
  port: settings.port,
  useSSL: false,
  region: settings.region,
  pathStyle,
  accessKey: settings.accessKey,
  secretKey: settings.secretKey,
  partSize: 5 << 20,
});

const put = async (bucket, key, path) => void (await client.fPutObject(bucket, key, path));

async function names(bucket, prefix) {
  const keys = [];
  for await (const entry of client.listObjectsV2(bucket, prefix, true)) keys.push(entry.name);
  return keys;
}

await serve({
  put,
  names,
  put_multipart: put,
  version: () => `minio-js ${createRequire(import.meta.url)("minio/package.json").version}`,
  create: (bucket) => client.makeBucket(bucket, settings.region),
  put_tree: (bucket, prefix, folder) => eachFile(folder, prefix, (key, path) => put(bucket, key, path)),
  get: (bucket, key, path) => client.fGetObject(bucket, key, path),
  range: async (bucket, key, begin, length, path) => {
    await pipeline(await client.getPartialObject(bucket, key, begin, length), createWriteStream(path));
  },
  copy: async (bucket, source, target) => {
    await client.copyObject(bucket, target, `/${bucket}/${source}`);
  },
  presign_get: (bucket, key) => client.presignedGetObject(bucket, key, 300),
  presign_put: (bucket, key) => client.presignedPutObject(bucket, key, 300),
  delete: (bucket, key) => client.removeObject(bucket, key),
  delete_tree: async (bucket) => void (await client.removeObjects(bucket, await names(bucket, ""))),
  drop: (bucket) => client.removeBucket(bucket),
});
