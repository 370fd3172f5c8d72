// Signing in, and who is refused.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import http from "node:http";
import path from "node:path";
import { promisify } from "node:util";
import { PROGRAM, TOKEN, cleanEnvironment } from "./server.mjs";

// A request as a program writes it, with any Host and any headers.
export function ask(url, { method = "GET", headers = {}, body = "" } = {}) {
  return new Promise((good, bad) => {
    const request = http.request(url, { method, headers, setHost: headers.host === undefined }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => { text += part; }).on("end", () => good({ status: response.statusCode, headers: response.headers, text }));
    });
    request.on("error", bad);
    request.end(body);
  });
}

async function signedIn(server) {
  const answer = await ask(`${server.control}/panel/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ token: TOKEN }).toString(),
  });
  assert.equal(answer.status, 303);
  const cookie = answer.headers["set-cookie"][0];
  assert.match(cookie, /; HttpOnly; SameSite=Strict$/);
  return cookie.split(";")[0];
}

export const cases = {
  "the printed link signs in, once": async ({ server, page }) => {
    await page.goto(`${server.control}/`);
    await page.waitForURL("**/panel/sign-in");
    await page.goto(server.link);
    await page.waitForURL("**/panel");
    await page.getByRole("heading", { name: "Spaces", exact: true }).waitFor();
    const again = await ask(server.link);
    assert.equal(again.status, 403);
    assert.equal(again.headers["set-cookie"], undefined);
    const [cookie] = await page.context().cookies(server.control);
    assert.equal(cookie.httpOnly, true);
    assert.equal(cookie.sameSite, "Strict");
    assert(!cookie.value.includes(TOKEN));
  },

  "a link that was used is answered with how to get another, and that signs in": async ({ server, browser }) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(server.link);
    await page.getByRole("alert").getByText("used already").waitFor();
    await page.getByText("spacelet panel").waitFor();
    const { stdout } = await promisify(execFile)(PROGRAM, ["panel", "--data", path.join(server.folder, "data")], { env: cleanEnvironment(server.folder) });
    await page.goto(stdout.trim());
    await page.waitForURL("**/panel");
    await context.close();
  },

  "the token signs in, a wrong one does not": async ({ server, browser }) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${server.control}/panel/sign-in`);
    await page.fill("#token", "no-such-token");
    await page.click("text=Sign in >> nth=-1");
    await page.getByRole("alert").waitFor();
    await page.fill("#token", TOKEN);
    await page.click("button[type=submit]");
    await page.waitForURL("**/panel");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL("**/panel/sign-in");
    await page.goto(`${server.control}/panel/api`);
    await page.waitForURL("**/panel/sign-in");
    await context.close();
  },

  "a cookie counts only for the panel's own pages": async ({ server }) => {
    const cookie = await signedIn(server);
    const get = async (headers) => (await ask(`${server.control}/panel`, { headers: { cookie, ...headers } })).status;
    assert.equal(await get({ "sec-fetch-site": "same-origin" }), 200);
    assert.equal(await get({ "sec-fetch-site": "none" }), 200);
    for (const site of ["same-site", "cross-site"]) assert.equal(await get({ "sec-fetch-site": site }), 403);
    assert.equal(await get({}), 403);
    assert.equal(await get({ origin: server.control }), 200);
    assert.equal(await get({ origin: server.s3 }), 403);
  },

  "a write needs the session's own token as well": async ({ server }) => {
    const cookie = await signedIn(server);
    const own = { cookie, "sec-fetch-site": "same-origin" };
    const page = await ask(`${server.control}/panel`, { headers: own });
    const csrf = page.text.match(/name="csrf-token" content="([0-9a-f]+)"/)[1];
    const write = async (headers) => {
      const url = `${server.control}/panel/do/delete-key`;
      return (await ask(url, { method: "POST", headers, body: "id=NOSUCHKEY" })).status;
    };
    assert.equal(await write(own), 403);
    assert.equal(await write({ ...own, "x-csrf-token": "0" }), 403);
    assert.equal(await write({ ...own, "x-csrf-token": csrf, "sec-fetch-site": "same-site" }), 403);
    assert.equal(await write({ ...own, "x-csrf-token": csrf, "sec-fetch-site": "none" }), 403);
    assert.equal(await write({ "x-csrf-token": csrf, "sec-fetch-site": "same-origin" }), 401);
    assert.equal(await write({ ...own, "x-csrf-token": csrf }), 404, "admitted, and there is no such key");
    const other = (await ask(`${server.control}/panel`, { headers: { ...own, cookie: await signedIn(server) } })).text;
    const csrfOfOther = other.match(/name="csrf-token" content="([0-9a-f]+)"/)[1];
    assert.equal(await write({ ...own, "x-csrf-token": csrfOfOther }), 403);
  },

  "a name of another site that points here is refused": async ({ server }) => {
    const cookie = await signedIn(server);
    const port = new URL(server.control).port;
    const get = (host, path = "/panel") => ask(server.control + path, { headers: { host, cookie, "sec-fetch-site": "same-origin" } });
    for (const host of [`rebound.example:${port}`, "rebound.example", "10.0.0.7", `localhost.rebound.example:${port}`]) {
      assert.equal((await get(host)).status, 403, host);
      assert.equal((await get(host, "/panel/sign-in")).status, 403, host);
    }
    assert.equal((await get(`localhost:${port}`)).status, 200);
  },

  "the panel's cookie opens nothing else, and nothing of a bearer token opens the panel": async ({ server }) => {
    const cookie = await signedIn(server);
    const keys = await ask(`${server.control}/v2/spaces/keys`, { headers: { cookie, "sec-fetch-site": "same-origin" } });
    assert.equal(keys.status, 401);
    const panel = await ask(`${server.control}/panel`, { headers: { authorization: `Bearer ${TOKEN}` } });
    assert.equal(panel.status, 303);
  },

  "every answer carries the strict policy": async ({ server }) => {
    const cookie = await signedIn(server);
    for (const path of ["/panel", "/panel/sign-in", "/panel/api", "/panel/spaces/no-such-space"]) {
      const { headers } = await ask(server.control + path, { headers: { cookie, "sec-fetch-site": "same-origin" } });
      const policy = headers["content-security-policy"];
      assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:/, path);
      assert.match(policy, /frame-ancestors 'none'$/, path);
      assert(!policy.includes("unsafe"), path);
      assert.equal(headers["x-content-type-options"], "nosniff", path);
      assert.equal(headers["cache-control"], "no-store", path);
    }
  },
};
