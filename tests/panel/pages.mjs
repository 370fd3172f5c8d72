// The other pages' main actions, and what all pages must be: small, quick, and usable in any width and colour.
import assert from "node:assert/strict";
import fs from "node:fs";
import { ask } from "./door.mjs";
import { upload } from "./files.mjs";
import { TOKEN } from "./server.mjs";

const SPACE = "second-space";
const settings = (server) => `${server.control}/panel/spaces/${SPACE}/settings`;

// A file that anybody may read.
async function publish(server, page, name, mimeType, content) {
  await page.goto(`${server.control}/panel/spaces/${SPACE}`);
  await upload(page, [{ name, mimeType, buffer: Buffer.from(content) }]);
  await page.getByLabel(`Choose ${name}`).check();
  await page.getByRole("button", { name: "Manage permissions" }).click();
  await page.getByRole("dialog").getByText("Anybody with the URL").click();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByRole("row", { name }).getByText("Public").waitFor();
}

// Presses a button that sends something, and waits for the page that is then loaded anew: going elsewhere before that
// would be cut off by it.
async function pressed(page, button, path) {
  const [answer] = await Promise.all([
    page.waitForResponse((answer) => answer.url().endsWith(path)),
    page.waitForEvent("load"),
    button.click(),
  ]);
  return answer.status();
}

// The card of a setting that is a document, with the example saved.
async function saveExample(page, title) {
  const card = page.locator("form.card", { has: page.getByRole("heading", { name: title }) });
  await card.getByRole("button", { name: "Start from an example" }).click();
  await card.getByRole("button", { name: "Save" }).click();
  await card.getByRole("button", { name: "Remove" }).waitFor();
  return card;
}

const PAGES = {
  spaces: "/panel",
  create: "/panel/new",
  files: "/panel/spaces/first-space",
  file: "/panel/spaces/first-space/file?key=welcome.html",
  settings: "/panel/spaces/first-space/settings",
  api: "/panel/api",
  connect: "/panel/connect",
  requests: "/panel/requests",
};

export const cases = {
  "file listing": async ({ server, page }) => {
    await page.goto(settings(server));
    const listed = async () => (await fetch(`${server.s3}/${SPACE}`)).status;
    assert.equal(await listed(), 200);
    await page.locator("input[name=listing][value=private]").check();
    await page.getByRole("button", { name: "Save listing" }).click();
    await page.waitForFunction(() => document.querySelector("input[name=listing][value=private]").defaultChecked);
    assert.equal(await listed(), 403);
  },

  "CORS rules are kept by the rules of S3": async ({ server, page }) => {
    await page.goto(settings(server));
    await page.getByText("Add a rule").click();
    await page.fill("#origins", "https://app.example");
    await page.fill("#allowed", "*");
    await page.getByLabel("PUT").check();
    await page.getByRole("button", { name: "Add rule" }).click();
    await page.locator("td[data-name=Origins]", { hasText: "https://app.example" }).waitFor();
    const asked = await fetch(`${server.s3}/${SPACE}/x`, {
      method: "OPTIONS",
      headers: { origin: "https://app.example", "access-control-request-method": "PUT" },
    });
    assert.equal(asked.headers.get("access-control-allow-origin"), "https://app.example");
    await page.getByText("Add a rule").click();
    await page.fill("#origins", "https://*.*.example");
    await page.getByRole("button", { name: "Add rule" }).click();
    await page.getByRole("alert").getByText("more than one *").waitFor();
  },

  "lifecycle and policy, with the error where it is wrong": async ({ server, page }) => {
    await page.goto(settings(server));
    const policy = page.locator("form.card", { has: page.getByRole("heading", { name: "Bucket policy" }) });
    await policy.locator("textarea").fill('{\n  "Version": }');
    await policy.getByRole("button", { name: "Save bucket policy" }).click();
    await policy.getByRole("alert").getByText("line 2, column 14").waitFor();
    await policy.locator("textarea").fill('{"Version": "2012-10-17", "Statement": [{"Effect": "Maybe", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::second-space/*"}]}');
    await policy.getByRole("button", { name: "Save bucket policy" }).click();
    await policy.getByRole("alert").getByText("InvalidArgument").waitFor();
    await policy.locator("textarea").fill("");
    await policy.getByRole("button", { name: "Start from an example" }).click();
    await policy.getByRole("button", { name: "Save bucket policy" }).click();
    await policy.getByRole("button", { name: "Remove" }).waitFor();
    assert.match(await policy.locator("textarea").inputValue(), /arn:aws:s3:::second-space/);
    await policy.getByRole("button", { name: "Remove" }).click();
    await policy.getByRole("button", { name: "Start from an example" }).waitFor();
    const lifecycle = page.locator("form.card", { has: page.getByRole("heading", { name: "Lifecycle rules" }) });
    await lifecycle.getByRole("button", { name: "Start from an example" }).click();
    await lifecycle.getByRole("button", { name: "Save lifecycle rules" }).click();
    await lifecycle.getByRole("button", { name: "Remove" }).waitFor();
    assert.match(await lifecycle.locator("textarea").inputValue(), /expire-logs/);
  },

  "the CDN is switched on, purged and off": async ({ server, page }) => {
    await publish(server, page, "logo.txt", "text/plain", "logo");
    await page.goto(settings(server));
    await page.selectOption("#ttl", "60");
    await page.getByRole("button", { name: "Enable the CDN" }).click();
    await page.getByRole("button", { name: "Save TTL" }).waitFor();
    assert.equal(await page.inputValue("#ttl"), "60");
    const host = `${SPACE}.ams3.cdn.digitaloceanspaces.com`;
    const read = async () => (await ask(`${server.s3}/logo.txt`, { headers: { host } })).headers["cf-cache-status"];
    assert.equal(await read(), "MISS");
    assert.equal(await read(), "HIT");
    assert.equal(await pressed(page, page.getByRole("button", { name: "Purge cache" }), "/purge"), 200);
    assert.equal(await read(), "MISS");
    await page.goto(`${server.control}/panel/requests?bucket=${SPACE}`);
    const rows = await page.getByRole("row", { name: /GET \/logo.txt/ }).locator("td[data-name=Status]").allTextContents();
    assert.deepEqual(rows.map((text) => text.trim()), ["200 CDN MISS", "200 CDN HIT", "200 CDN MISS"], "the newest first");
    await page.goto(settings(server));
    await page.getByRole("button", { name: "Disable the CDN" }).click();
    await page.getByRole("button", { name: "Enable the CDN" }).waitFor();
  },

  "a website is served once it is set, and what is shown can be saved again": async ({ server, page }) => {
    await publish(server, page, "index.html", "text/html", "<h1>At home</h1>");
    const visit = () => ask(`${server.s3}/`, { headers: { host: `${SPACE}.s3-website-ams3.localhost` } });
    assert.notEqual((await visit()).status, 200);
    await page.goto(settings(server));
    const website = await saveExample(page, "Website");
    assert.match(await website.locator("textarea").inputValue(), /<Suffix>index.html<\/Suffix>/);
    const home = await visit();
    assert.equal(home.status, 200);
    assert.equal(home.text, "<h1>At home</h1>");
    assert.equal(await pressed(page, website.getByRole("button", { name: "Save" }), "/document"), 200);
    assert.equal((await visit()).text, "<h1>At home</h1>");
    await website.getByRole("button", { name: "Remove" }).click();
    await website.getByRole("button", { name: "Start from an example" }).waitFor();
    assert.notEqual((await visit()).status, 200);
  },

  "access logs come into the Space that is set": async ({ server, page }) => {
    const api = (path, method, body) => fetch(server.control + path, { method, body, headers: { authorization: `Bearer ${TOKEN}` } });
    assert.equal((await api("/emulator/spaces", "POST", '{"name": "log-space", "region": "ams3"}')).status, 201);
    await page.goto(settings(server));
    const logging = await saveExample(page, "Access logs");
    assert.match(await logging.locator("textarea").inputValue(), /<TargetBucket>log-space<\/TargetBucket>/);
    assert.match(await logging.locator("textarea").inputValue(), /<TargetPrefix>logs\/<\/TargetPrefix>/);
    await fetch(`${server.s3}/${SPACE}/logo.txt`);
    const { logs } = await (await api("/emulator/logs/flush", "POST")).json();
    assert(logs.objects >= 1 && logs.records >= 1 && logs.dropped === 0, JSON.stringify(logs));
    await page.goto(`${server.control}/panel/spaces/log-space?prefix=logs/`);
    await page.locator("a.file").first().click();
    await page.locator(".preview pre").getByText("REST.GET.OBJECT logo.txt").waitFor();
    await page.goto(settings(server));
    await logging.getByRole("button", { name: "Remove" }).click();
    await logging.getByRole("button", { name: "Start from an example" }).waitFor();
    assert.equal((await api("/emulator/spaces/log-space?force=true", "DELETE")).status, 204);
  },

  "a Space is destroyed only with its name": async ({ server, page }) => {
    await page.goto(settings(server));
    await page.getByRole("button", { name: "Destroy" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Type the Space").fill("first-space");
    await dialog.getByRole("button", { name: "Destroy" }).click();
    await dialog.getByRole("alert").getByText("That is not").waitFor();
    await dialog.getByLabel("Type the Space").fill(SPACE);
    await dialog.getByRole("button", { name: "Destroy" }).click();
    await page.waitForURL("**/panel");
    assert(!(await page.content()).includes(SPACE));
    assert.equal((await fetch(`${server.s3}/${SPACE}/x`)).status, 404);
  },

  "live requests come in by themselves, filtered, with the reason": async ({ server, page }) => {
    await page.goto(`${server.control}/panel/requests?bucket=first-space`);
    await fetch(`${server.s3}/first-space/no-such-file-1`);
    await fetch(`${server.s3}/another-space/no-such-file-2`);
    await ask(`${server.s3}/no-such-file-3`, { headers: { host: "first-space.nyc3.digitaloceanspaces.com" } });
    const byHost = page.getByRole("row", { name: /no-such-file-3/ });
    await byHost.waitFor();
    assert.match(await byHost.textContent(), /first-space/);
    const row = page.getByRole("row", { name: /no-such-file-1/ });
    await row.waitFor();
    assert.match(await row.textContent(), /GetObject.*(403|404)/);
    assert.match(await row.textContent(), /anonymous/);
    assert(((await row.locator(".why p").textContent()) || "").length > 10, "it says why");
    assert.equal(await page.getByRole("row", { name: /no-such-file-2/ }).count(), 0);
  },

  "Connect fills in each client": async ({ server, page }) => {
    await page.goto(`${server.control}/panel/connect`);
    const clients = await page.locator("#client option").evaluateAll((all) => all.map((each) => each.value));
    assert.equal(clients.length, 10);
    for (const client of clients) {
      await page.selectOption("#client", client);
      const shown = page.locator("[data-of]:not([hidden]) pre");
      assert.equal(await shown.count(), 1);
      assert.match(await shown.textContent(), client === "doctl" ? /DIGITALOCEAN/ : /first-space/, client);
    }
  },

  "the first load takes less than 100 ms and 150 KiB, from nowhere else": async ({ server, context }) => {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.setCacheDisabled", { cacheDisabled: true });
    let bytes = 0;
    session.on("Network.loadingFinished", (event) => { bytes += event.encodedDataLength; });
    const hosts = new Set();
    page.on("request", (request) => hosts.add(new URL(request.url()).origin));
    const took = [];
    // The best of some, in a tab that is there already: the machine may be busy, and starting a tab is the browser's.
    for (let at = 0; at < 30 && !took.some((ms) => ms < 100); at += 1) {
      bytes = 0;
      await page.goto(`${server.control}/panel`, { waitUntil: "load" });
      took.push(await page.evaluate(() => performance.getEntriesByType("navigation")[0].loadEventStart));
      assert(bytes > 0 && bytes < 150 << 10, `${bytes} bytes`);
      assert.deepEqual([...hosts], [server.control]);
    }
    console.log(`      ${took.map((ms) => ms.toFixed(0)).join(", ")} ms, ${bytes} bytes`);
    await page.close();
    assert(Math.min(...took) < 100, `${took} ms`);
  },

  "every page fits 400 px and has names for all controls, light and dark": async ({ server, page }) => {
    for (const colorScheme of ["light", "dark"]) {
      for (const width of [1280, 400]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        for (const [name, path] of Object.entries(PAGES)) {
          await page.goto(server.control + path);
          const is = await page.evaluate(() => ({
            width: document.documentElement.scrollWidth,
            nameless: [...document.querySelectorAll("input:not([type=hidden]):not([hidden]), select, textarea, button, progress")].filter(
              (each) => !(each.labels && each.labels.length) && !each.getAttribute("aria-label") && !each.textContent.trim(),
            ).map((each) => each.outerHTML.slice(0, 120)),
          }));
          assert(is.width <= width, `${name} is ${is.width} px wide at ${width}`);
          assert.deepEqual(is.nameless, [], name);
          if (process.env.PANEL_SHOTS) {
            fs.mkdirSync(process.env.PANEL_SHOTS, { recursive: true });
            await page.screenshot({ path: `${process.env.PANEL_SHOTS}/${name}-${colorScheme}-${width}.png`, fullPage: name !== "requests" });
          }
        }
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1280, height: 800 });
  },

  "the keyboard alone creates a folder": async ({ server, page }) => {
    await page.goto(`${server.control}/panel/spaces/first-space`);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
    await page.getByRole("button", { name: "Create folder" }).focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "folder-name");
    await page.keyboard.type("by-keyboard");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "by-keyboard/" }).waitFor();
  },
};
