// The loop of a JavaScript adapter: one JSON command a line on standard input, one JSON answer a line on standard
// output. Commands are ["name", argument…]; answers are {"value": …} or {"error": "…"}.
import { createInterface } from "node:readline";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";

export const settings = {
  endpoint: process.env.S3_ENDPOINT,
  port: Number(new URL(process.env.S3_ENDPOINT).port),
  domain: process.env.S3_DOMAIN,
  region: process.env.S3_REGION,
  accessKey: process.env.S3_ACCESS_KEY,
  secretKey: process.env.S3_SECRET_KEY,
};

export async function serve(adapter) {
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, ...words] = JSON.parse(line);
    let answer;
    try {
      answer = { value: (await adapter[name](...words)) ?? null };
    } catch (error) {
      answer = { error: `${error.name}: ${error.message} ${error.code ?? ""}`.trim() };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

// Calls `send(key, path)` for each file of a folder, eight at a time.
export async function eachFile(folder, prefix, send) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const worker = async () => {
    for (let path = paths.pop(); path; path = paths.pop()) await send(prefix + relative(folder, path), path);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}
