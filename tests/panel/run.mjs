// The panel in a browser: `node tests/panel/run.mjs [PART…]`, after `bash tests/setup` and the release build.
// One server and one signed-in browser for all parts, in order; ends with `N passed, N failed`.
// PANEL_SERVER=FILE: another server program. PANEL_SHOTS=FOLDER: a picture of each page, light and dark, wide and narrow.
import fs from "node:fs";
import { chromium } from "playwright-core";
import { Server } from "./server.mjs";
import * as door from "./door.mjs";
import * as walk from "./walk.mjs";
import * as files from "./files.mjs";
import * as large from "./large.mjs";
import * as hostile from "./hostile.mjs";
import * as pages from "./pages.mjs";

const PARTS = { door, walk, files, large, hostile, pages };
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((file) => fs.existsSync(file));
const FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const CASE_MS = 180_000;

if (!CHROMIUM) {
  console.log("missing: chromium (run bash tests/setup)\n0 passed, 1 failed");
  process.exit(1);
}
const wanted = process.argv.slice(2);
const server = new Server();
let browser;
let passed = 0;
let failed = 0;

async function bounded(work) {
  let timer;
  const late = new Promise((_, bad) => { timer = setTimeout(() => bad(new Error(`not finished in ${CASE_MS / 1000} s`)), CASE_MS); });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

try {
  await server.start();
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(" ") });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  // What a page complains about (a refused script, a wrong policy) fails the case in which it does.
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  // That an answer was a refusal is what some cases are about.
  const isComplaint = (message) => message.type() === "error" && !message.text().startsWith("Failed to load resource");
  page.on("console", (message) => { if (isComplaint(message)) complaints.push(message.text()); });
  const test = { server, browser, context, page, complaints };
  for (const [part, { cases }] of Object.entries(PARTS)) {
    // Signing in, and the Spaces that the walk makes, are what the other parts begin with.
    if (wanted.length && !["door", "walk"].includes(part) && !wanted.includes(part)) continue;
    for (const [name, run] of Object.entries(cases)) {
      complaints.length = 0;
      const begin = Date.now();
      try {
        await bounded(run(test));
        if (complaints.length) throw new Error(`the page complained: ${complaints.join("; ")}`);
        passed += 1;
        console.log(`ok    ${part}: ${name} (${Date.now() - begin} ms)`);
      } catch (error) {
        failed += 1;
        console.log(`FAIL  ${part}: ${name}: ${error.stack}`);
      }
    }
  }
} catch (error) {
  failed += 1;
  console.log(`FAIL  ${error.stack}`);
}
if (browser) await browser.close();
await server.stop();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
