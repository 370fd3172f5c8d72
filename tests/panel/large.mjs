// Large and many: 200 MiB with progress, cancelled and whole; 5,000 files in a folder.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { open } from "./files.mjs";

const BYTES = 200 << 20;

function bigFile(server) {
  const file = path.join(server.folder, "big.bin");
  if (!fs.existsSync(file)) {
    const block = Buffer.alloc(1 << 20);
    for (let at = 0; at < block.length; at += 4) block.writeUInt32LE((at * 2654435761) >>> 0, at);
    for (let at = 0; at < BYTES; at += block.length) fs.appendFileSync(file, block);
  }
  return file;
}

// Keeps the browser from sending faster than this, so that there is a way to see.
async function slowed(page, bytesPerSecond) {
  const session = await page.context().newCDPSession(page);
  const set = (rate) => session.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: rate });
  await session.send("Network.enable");
  await set(bytesPerSecond);
  return () => set(-1);
}

export const cases = {
  "an upload of 200 MiB shows how far it is and can be cancelled": async ({ server, page }) => {
    await open(server, page, "large/");
    const free = await slowed(page, 20 << 20);
    await page.setInputFiles("#pick-files", bigFile(server));
    const progress = page.getByLabel("large/big.bin", { exact: true });
    await page.waitForFunction(() => {
      const { value } = document.querySelector("#uploads-list progress");
      return value > 0.02 && value < 0.9;
    });
    assert(await progress.isVisible());
    assert.match(await page.textContent("#uploads-said"), /^0 of 1 uploaded, [0-9.]+ MiB of 200 MiB$/);
    await page.getByRole("button", { name: "Cancel large/big.bin" }).click();
    await page.getByText("1 cancelled").waitFor();
    await free();
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByText("Nothing here yet").waitFor();
  },

  "an upload of 200 MiB arrives whole, in bounded memory": async ({ server, page }) => {
    await open(server, page, "large/");
    const before = server.memory();
    let most = 0;
    const watch = setInterval(() => { most = Math.max(most, server.memory()); }, 50);
    await page.setInputFiles("#pick-files", bigFile(server));
    await page.getByRole("link", { name: "big.bin", exact: true }).waitFor({ timeout: 120_000 });
    clearInterval(watch);
    console.log(`      memory rose by ${((most - before) / (1 << 20)).toFixed(1)} MiB`);
    assert(most - before < 64 << 20, `${most - before} bytes more`);
    await page.getByRole("link", { name: "big.bin", exact: true }).click();
    const expected = createHash("md5").update(fs.readFileSync(bigFile(server))).digest("hex");
    await page.getByText(`"${expected}"`).waitFor();
  },

  "a folder with 5,000 files is uploaded, paged through and deleted": async ({ server, page }) => {
    const folder = path.join(server.folder, "many");
    fs.mkdirSync(folder);
    for (let at = 0; at < 5000; at += 1) fs.writeFileSync(path.join(folder, `${String(at).padStart(4, "0")}.txt`), `${at}`);
    await open(server, page, "large/");
    await page.setInputFiles("#pick-folder", folder);
    await page.getByRole("link", { name: "many/" }).waitFor({ timeout: 150_000 });
    await page.getByRole("link", { name: "many/" }).click();
    await page.getByRole("link", { name: "0000.txt", exact: true }).waitFor();
    assert.equal(await page.locator("a.file").count(), 200);
    let count = 200;
    while (await page.getByRole("link", { name: "Next page" }).count()) {
      const last = await page.locator("a.file").last().textContent();
      await page.getByRole("link", { name: "Next page" }).click();
      await page.waitForFunction((name) => document.querySelector("a.file").textContent > name, last);
      count += await page.locator("a.file").count();
    }
    assert.equal(count, 5000);
    await open(server, page, "large/many/");
    const took = await page.evaluate(() => performance.getEntriesByType("navigation")[0].responseEnd);
    assert(took < 500, `the page of a large folder took ${took} ms`);
    await open(server, page, "large/");
    await page.getByLabel("Choose folder many").check();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("link", { name: "many/" }).waitFor({ state: "detached", timeout: 120_000 });
  },
};
