// @aws-sdk/client-s3 with lib-storage and s3-request-presigner, all with their default checksum settings.
import { createReadStream, createWriteStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  S3Client, CreateBucketCommand, DeleteBucketCommand, PutObjectCommand, GetObjectCommand, CopyObjectCommand,
  DeleteObjectCommand, DeleteObjectsCommand, paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { serve, settings, eachFile } from "./serve.mjs";

const pathStyle = process.argv[2] === "path";
const client = new S3Client({
  endpoint: pathStyle ? settings.endpoint : `http://${settings.domain}:${settings.port}`,
  region: settings.region,
  forcePathStyle: pathStyle,
  maxAttempts: 1,
  credentials: { accessKeyId: settings.accessKey, secretAccessKey: settings.secretKey },
});

async function put(bucket, key, path) {
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: await readFile(path) }));
}

async function download(bucket, key, path, Range) {
  const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range }));
  await pipeline(answer.Body, createWriteStream(path));
}

async function names(bucket, prefix) {
  const keys = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
    for (const { Key } of page.Contents ?? []) keys.push(Key);
  }
  return keys;
}

await serve({
  put,
  names,
  version: () => `@aws-sdk/client-s3 ${createRequire(import.meta.url)("@aws-sdk/client-s3/package.json").version}`,
  create: async (bucket) => void (await client.send(new CreateBucketCommand({ Bucket: bucket }))),
  put_multipart: async (bucket, key, path) => {
    const params = { Bucket: bucket, Key: key, Body: createReadStream(path) };
    await new Upload({ client, params, partSize: 5 << 20 }).done();
  },
  // A stream without a length in it: the SDK must frame it as aws-chunked with a trailing checksum.
  put_stream: async (bucket, key, path) => {
    const Body = Readable.from(createReadStream(path));
    const { size } = await stat(path);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentLength: size }));
  },
  put_tree: (bucket, prefix, folder) => eachFile(folder, prefix, (key, path) => put(bucket, key, path)),
  get: (bucket, key, path) => download(bucket, key, path),
  range: (bucket, key, begin, length, path) => download(bucket, key, path, `bytes=${begin}-${begin + length - 1}`),
  copy: async (bucket, source, target) => {
    const CopySource = encodeURI(`${bucket}/${source}`);
    await client.send(new CopyObjectCommand({ Bucket: bucket, Key: target, CopySource }));
  },
  presign_get: (bucket, key) => getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: 300 }),
  presign_put: (bucket, key) => getSignedUrl(client, new PutObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: 300 }),
  delete: async (bucket, key) => void (await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))),
  delete_tree: async (bucket) => {
    const keys = await names(bucket, "");
    while (keys.length > 0) {
      const Objects = keys.splice(0, 1000).map((Key) => ({ Key }));
      const { Errors } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
      if (Errors?.length) throw new Error(JSON.stringify(Errors[0]));
    }
  },
  drop: async (bucket) => void (await client.send(new DeleteBucketCommand({ Bucket: bucket }))),
});
