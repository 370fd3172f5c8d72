// What comes from outside and means harm: names, metadata, files, other pages.
import assert from "node:assert/strict";
import { ask } from "./door.mjs";
import { open } from "./files.mjs";

const MARK = "window.broken=1";
const NAMES = [
  `<img src=x onerror=${MARK}>.txt`,
  `"><script>${MARK}</script>.txt`,
  `' onmouseover='${MARK}' x='.txt`,
  `javascript:${MARK}`,
  "{{7*7}} ${7*7}.txt",
  "\u202etxt.exe",
];

async function isWhole(page, where) {
  assert.equal(await page.evaluate(() => window.broken), undefined, where);
  assert.equal(await page.locator("main script, main [onerror], main [onmouseover]").count(), 0, where);
  assert.equal(await page.evaluate(() => [...document.querySelectorAll("a[href]")].some((a) => a.protocol === "javascript:")), false, where);
}

export const cases = {
  "file names, folder names and their actions": async ({ server, page }) => {
    const files = NAMES.map((name) => ({ name: name.replaceAll("/", "∕"), mimeType: "text/plain", buffer: Buffer.from("x") }));
    await open(server, page, `<b onclick=${MARK}>/`);
    await page.setInputFiles("#pick-files", files);
    await page.waitForFunction((count) => document.querySelectorAll("a.file").length === count, files.length);
    await isWhole(page, "the list");
    for (const link of await page.locator("a.file").evaluateAll((links) => links.map((a) => a.href))) {
      await page.goto(link);
      await isWhole(page, link);
    }
    await open(server, page);
    await isWhole(page, "the list with the folder");
    await page.locator("a.folder", { hasText: "onclick" }).click();
    await page.getByLabel("Choose all on this page").check();
    await page.getByRole("button", { name: "Delete" }).click();
    await isWhole(page, "the dialog");
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("Nothing here yet").waitFor();
    await page.goto(`${server.control}/panel/spaces/first-space?prefix=&q=${encodeURIComponent(NAMES[1])}`);
    await isWhole(page, "the search");
  },

  "metadata, content types and uploaded pages": async ({ server, page }) => {
    await open(server, page, "hostile/");
    const html = `<html><script>${MARK}</script><body onload="${MARK}">`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="${MARK}"><script>${MARK}</script></svg>`;
    await page.setInputFiles("#pick-files", [
      { name: "page.html", mimeType: "text/html", buffer: Buffer.from(html) },
      { name: "image.svg", mimeType: "image/svg+xml", buffer: Buffer.from(svg) },
    ]);
    await page.getByRole("link", { name: "page.html", exact: true }).click();
    assert.equal(await page.textContent(".preview pre"), html, "shown as text");
    await isWhole(page, "an uploaded page");
    for (const label of ["Content-Type", "Cache-Control", "Content-Disposition"]) await page.getByLabel(label, { exact: true }).fill(`"><script>${MARK}</script>`);
    await page.getByLabel("Your own").fill(`evil: </textarea><script>${MARK}</script>`);
    await page.getByRole("button", { name: "Save metadata" }).click();
    await page.waitForFunction(() => document.getElementById("user").defaultValue.includes("evil"));
    await isWhole(page, "metadata");
    await open(server, page, "hostile/");
    await page.getByRole("link", { name: "image.svg", exact: true }).click();
    await page.waitForFunction(() => document.querySelector(".preview img").naturalWidth > 0);
    await isWhole(page, "an uploaded picture with a script");
    assert.equal(new URL(await page.locator(".preview img").getAttribute("src")).origin, server.s3);
  },

  "key names, and what is typed into settings": async ({ server, page }) => {
    await page.goto(`${server.control}/panel/api`);
    await page.getByRole("button", { name: "Generate New Key" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill(NAMES[1]);
    await page.getByRole("dialog").getByRole("button", { name: "Generate New Key" }).click();
    await page.waitForSelector("#fresh");
    await isWhole(page, "a new key");
    await page.reload();
    await isWhole(page, "the list of keys");
    await page.goto(`${server.control}/panel/spaces/second-space/settings`);
    await page.getByText("Add a rule").click();
    await page.fill("#origins", `https://a.example/"><script>${MARK}</script>`);
    await page.getByRole("button", { name: "Add rule" }).click();
    await page.locator("td[data-name=Origins]").waitFor();
    await isWhole(page, "a CORS rule");
    assert.match(await page.textContent("td[data-name=Origins]"), /<script>/);
    await page.getByRole("button", { name: /^Remove the rule/ }).click();
    await page.locator("td[data-name=Origins]").waitFor({ state: "detached" });
  },

  "live requests show what anybody sends": async ({ server, page }) => {
    const send = (path) => ask(server.s3 + path, { headers: { authorization: `AWS <img/src=x/onerror=${MARK}>:c2lnbmF0dXJl`, date: new Date().toUTCString() } });
    await send("/first-space/'onmouseover='window.broken=1");
    await page.goto(`${server.control}/panel/requests`);
    await page.locator("td[data-name=Who]", { hasText: "onerror" }).first().waitFor();
    await page.locator("td.why", { hasText: "onmouseover" }).first().waitFor();
    await isWhole(page, "the rows of the page");
    await send("/first-space/second");
    await page.locator("td.why", { hasText: "/first-space/second" }).waitFor();
    await isWhole(page, "a row that came by itself");
  },

  // A page of a public Space is of the same site as the panel, so its requests carry the panel's cookie.
  "a public page on the S3 port cannot drive the panel": async ({ server, page, context }) => {
    await open(server, page);
    await page.setInputFiles("#pick-files", [{ name: "attack.html", mimeType: "text/html", buffer: Buffer.from("<title>attack</title><iframe></iframe>") }]);
    await page.getByLabel("Choose attack.html").check();
    await page.getByRole("button", { name: "Manage permissions" }).click();
    await page.getByRole("dialog").getByText("Anybody with the URL").click();
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /attack.html.*Public/ }).waitFor();
    const attack = await context.newPage();
    await attack.goto(`${server.s3}/first-space/attack.html`);
    const keysBefore = await page.goto(`${server.control}/panel/api`).then((answer) => answer.text());
    const id = keysBefore.match(/id="delete-(DO[A-Z0-9]{18})"/)[1];
    const outcome = await attack.evaluate(async ([control, id]) => {
      const tries = [
        fetch(`${control}/panel/api`, { credentials: "include" }),
        fetch(`${control}/panel/do/delete-key`, { method: "POST", credentials: "include", mode: "no-cors", body: new URLSearchParams({ id }) }),
        fetch(`${control}/panel/spaces/first-space/upload?key=planted.txt`, { method: "PUT", credentials: "include", body: "x" }),
        fetch(`${control}/panel/do/create-space`, { method: "POST", credentials: "include", headers: { "x-csrf-token": "0" }, body: "name=planted" }),
      ];
      return (await Promise.allSettled(tries)).map((each) => (each.status === "fulfilled" ? each.value.type : "refused"));
    }, [server.control, id]);
    assert.deepEqual(outcome, ["refused", "refused", "refused", "refused"]);
    await attack.evaluate((control) => {
      const form = document.createElement("form");
      form.method = "post";
      form.action = `${control}/panel/do/create-space`;
      form.append(Object.assign(document.createElement("input"), { name: "name", value: "planted" }));
      document.body.append(form);
      form.submit();
    }, server.control);
    await attack.waitForURL(/do\/create-space/);
    assert.match(await attack.textContent("body"), /did not come from the panel/);
    await attack.goto(`${server.s3}/first-space/attack.html`);
    const framed = await attack.evaluate((control) => new Promise((good) => {
      const frame = document.querySelector("iframe");
      frame.onload = () => { try { good(frame.contentDocument === null ? "closed" : frame.contentDocument.body.textContent); } catch { good("closed"); } };
      frame.src = `${control}/panel`;
    }), server.control);
    assert.equal(framed, "closed");
    await attack.close();
    await page.goto(`${server.control}/panel`);
    assert(!(await page.content()).includes("planted"));
    await page.goto(`${server.control}/panel/spaces/first-space?q=planted`);
    assert.equal(await page.locator("a.file").count(), 0);
    await page.goto(`${server.control}/panel/api`);
    assert((await page.content()).includes(id), "the key is still there");
  },
};
