// The user's document, step by step: a Space, its URL, welcome.html, a key that is shown once, clients that use it, and
// its end.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { ROOT, cleanEnvironment } from "./server.mjs";

const run = promisify(execFile);
const KEY = { id: "", secret: "" };

const BOTO3 = `
import os, sys, boto3
from botocore.exceptions import ClientError
client = boto3.client("s3", endpoint_url=os.environ["S3_ENDPOINT"], region_name="nyc3",
    aws_access_key_id=os.environ["S3_ACCESS_KEY"], aws_secret_access_key=os.environ["S3_SECRET_KEY"])
try:
    client.put_object(Bucket="first-space", Key="from-boto3.txt", Body=b"boto3")
    print(client.get_object(Bucket="first-space", Key="from-boto3.txt")["Body"].read().decode())
    print("waiting", flush=True)
    sys.stdin.readline()
    client.list_buckets()
except ClientError as error:
    print(error.response["Error"]["Code"])
`;

export const cases = {
  "a name is checked as it is typed": async ({ server, page }) => {
    await page.goto(`${server.control}/panel`);
    await page.getByRole("main").getByRole("link", { name: "Create a Space" }).first().click();
    await page.waitForURL("**/panel/new");
    const said = page.locator("#name-said");
    for (const [name, rule] of [["ab", /3 to 63/], ["Abc", /lower-case/], ["a..b", /dot/], ["1.2.3.4", /IPv4/], ["-abc", /begins/]]) {
      await page.fill("#name", name);
      await page.waitForFunction((source) => new RegExp(source).test(document.getElementById("name-said").textContent), rule.source);
    }
    await page.fill("#name", "first-space");
    await page.waitForFunction(() => document.getElementById("name-said").textContent === "");
    assert.equal(await said.textContent(), "");
    assert.match(await page.locator("#name-rules code").textContent(), /\/first-space$/);
  },

  "creating ends in the file browser, with the URL and welcome.html": async ({ server, page, browser }) => {
    await page.goto(`${server.control}/panel/new`);
    await page.fill("#name", "first-space");
    assert.equal(await page.isChecked("input[value=private]"), true);
    await page.getByRole("main").getByRole("button", { name: "Create a Space" }).click();
    await page.waitForURL("**/panel/spaces/first-space");
    const url = await page.locator("#url").textContent();
    assert.equal(url, `${server.s3}/first-space`);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.control });
    await page.getByRole("button", { name: "Copy URL", exact: true }).click();
    await page.getByText("Copied.").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), url);
    await page.getByRole("link", { name: "welcome.html", exact: true }).waitFor();
    const fresh = await browser.newContext();
    const visitor = await fresh.newPage();
    assert.equal((await visitor.goto(`${url}/welcome.html`)).status(), 200);
    assert.match(await visitor.textContent("h1"), /Welcome/);
    assert.equal((await visitor.goto(url)).status(), 403, "the listing is private");
    await fresh.close();
  },

  "a second Space of that name is refused, another one is empty": async ({ server, page }) => {
    await page.goto(`${server.control}/panel/new`);
    await page.fill("#name", "first-space");
    await page.waitForFunction(() => document.getElementById("name-said").textContent === "Space already exists.");
    await page.getByRole("main").getByRole("button", { name: "Create a Space" }).click();
    await page.getByRole("alert").getByText("Space already exists.").waitFor();
    await page.fill("#name", "second-space");
    await page.selectOption("#region", "ams3");
    await page.check("input[value=public]");
    await page.getByRole("main").getByRole("button", { name: "Create a Space" }).click();
    await page.waitForURL("**/panel/spaces/second-space");
    await page.getByText("Nothing here yet").waitFor();
    assert.equal((await fetch(`${server.s3}/second-space`)).status, 200, "anybody may list it");
    await page.goto(`${server.control}/panel`);
    const row = page.getByRole("row", { name: /second-space/ });
    assert.match(await row.textContent(), /ams3/);
  },

  "a key is generated, and its secret shown once": async ({ server, page }) => {
    await page.goto(`${server.control}/panel`);
    await page.getByRole("link", { name: "API", exact: true }).click();
    await page.getByRole("button", { name: "Generate New Key" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("laptop");
    await page.getByRole("dialog").getByRole("button", { name: "Generate New Key" }).click();
    await page.waitForSelector("#fresh");
    KEY.id = await page.locator("#fresh-id").textContent();
    KEY.secret = await page.locator("#fresh-secret").textContent();
    assert.match(KEY.id, /^DO[A-Z0-9]{18}$/);
    assert.match(KEY.secret, /^[A-Za-z0-9/+]{43}$/);
    for (const client of ["aws-cli", "boto3", "s3cmd", "rclone", "terraform", "javascript"]) {
      await page.selectOption("#client", client);
      const shown = page.locator(`[data-of=${client}] pre`);
      assert.equal(await shown.isVisible(), true);
      const text = await shown.textContent();
      assert(text.includes(KEY.id) && text.includes(KEY.secret), client);
    }
    await page.reload();
    assert.equal(await page.locator("#fresh").count(), 0, "gone on the next visit");
    assert(!(await page.content()).includes(KEY.secret));
    assert((await page.content()).includes(KEY.id));
    await page.goBack();
    assert(!(await page.content()).includes(KEY.secret), "nor does going back bring it");
  },

  "boto3 and s3cmd upload with the key, and deleting it revokes it": async ({ server, page }) => {
    const folder = path.join(server.folder, "clients");
    fs.mkdirSync(folder, { recursive: true });
    const environment = { ...cleanEnvironment(folder), S3_ENDPOINT: server.s3, S3_ACCESS_KEY: KEY.id, S3_SECRET_KEY: KEY.secret };
    const config = path.join(folder, "s3cfg");
    const host = server.s3.slice("http://".length);
    fs.writeFileSync(config, `[default]\naccess_key = ${KEY.id}\nsecret_key = ${KEY.secret}\nhost_base = ${host}\nhost_bucket = ${host}\nuse_https = False\n`);
    fs.writeFileSync(path.join(folder, "from-s3cmd.txt"), "s3cmd");
    await run("s3cmd", ["-c", config, "put", path.join(folder, "from-s3cmd.txt"), "s3://first-space/from-s3cmd.txt"], { env: environment });

    const client = execFile(path.join(ROOT, ".venv/bin/python"), ["-c", BOTO3], { env: environment });
    let said = "";
    const ended = new Promise((good) => client.on("exit", good));
    const waiting = new Promise((good, bad) => {
      client.stdout.on("data", (text) => { said += text; if (said.includes("waiting")) good(); });
      client.on("exit", () => bad(new Error(`boto3: ${said}`)));
    });
    client.stderr.on("data", (text) => { said += text; });
    await waiting;
    assert.match(said, /^boto3\n/);
    await page.goto(`${server.control}/panel/spaces/first-space`);
    await page.getByRole("link", { name: "from-boto3.txt", exact: true }).waitFor();
    await page.getByRole("link", { name: "from-s3cmd.txt", exact: true }).waitFor();

    await page.goto(`${server.control}/panel/api`);
    await page.getByRole("button", { name: "Delete laptop" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete key" }).click();
    await page.getByRole("row", { name: new RegExp(KEY.id) }).waitFor({ state: "detached" });
    client.stdin.write("\n");
    await ended;
    assert.match(said, /InvalidAccessKeyId/, "the client that was running is refused");
  },

  "a limited key, edited": async ({ server, page }) => {
    await page.goto(`${server.control}/panel/api`);
    await page.getByRole("button", { name: "Generate New Key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("reader");
    await dialog.getByText("Limited access").click();
    await dialog.getByRole("button", { name: "Generate New Key" }).click();
    await dialog.getByRole("alert").getByText("Choose at least one Space").waitFor();
    await dialog.getByLabel("first-space").selectOption("read");
    await dialog.getByRole("button", { name: "Generate New Key" }).click();
    await page.waitForSelector("#fresh");
    const row = page.getByRole("row", { name: /reader/ });
    assert.match(await row.textContent(), /first-space: read/);
    await row.getByRole("button", { name: "Edit reader" }).click();
    await page.getByRole("dialog").getByLabel("first-space").selectOption("readwrite");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByText("first-space: read and write").waitFor();
  },

  "a token is made, works, and is gone": async ({ server, page }) => {
    await page.goto(`${server.control}/panel/api`);
    await page.getByRole("button", { name: "Generate New Token" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("reads keys");
    await dialog.getByLabel("Everything").uncheck();
    await dialog.getByLabel("spaces_key:read").check();
    await dialog.getByRole("button", { name: "Generate New Token" }).click();
    const token = await page.locator("#fresh-token").textContent();
    const keys = (path = "keys", method = "GET") =>
      fetch(`${server.control}/v2/spaces/${path}`, { method, headers: { authorization: `Bearer ${token}` } });
    assert.equal((await keys()).status, 200);
    assert.equal((await keys("keys", "POST")).status, 403);
    page.once("dialog", (question) => question.accept());
    await page.getByRole("button", { name: "Delete token reads keys" }).click();
    await page.getByRole("button", { name: "Delete token reads keys" }).waitFor({ state: "detached" });
    assert.equal((await keys()).status, 401);
    assert(!(await page.content()).includes(token));
  },
};
