// Files: what can be done to one and to many.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

const SPACE = "first-space";

export async function open(server, page, folder = "") {
  await page.goto(`${server.control}/panel/spaces/${SPACE}?prefix=${encodeURIComponent(folder)}`);
}

// Uploads by button and waits until the page shows them.
export async function upload(page, files) {
  await page.setInputFiles("#pick-files", files);
  for (const { name } of files) await page.getByRole("link", { name, exact: true }).waitFor();
}

const text = (name, content = name) => ({ name, mimeType: "text/plain", buffer: Buffer.from(content) });
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGNk+M+ABzDhkxyxAAClRAETUxmEsgAAAABJRU5ErkJggg==", "base64");

async function dialog(page, open, act) {
  await page.getByRole("button", { name: open }).click();
  await act(page.getByRole("dialog"));
}

export const cases = {
  "files are uploaded, folders made, searched and walked through": async ({ server, page }) => {
    await open(server, page);
    await dialog(page, "Create folder", async (box) => {
      await box.getByLabel("Name").fill("docs");
      await box.getByRole("button", { name: "Create folder" }).click();
    });
    await page.getByRole("link", { name: "docs/" }).click();
    await upload(page, [text("apple.txt"), text("apricot.txt"), text("banana.txt")]);
    await page.fill("#q", "ap");
    await page.press("#q", "Enter");
    await page.waitForURL(/q=ap/);
    assert.equal(await page.locator("a.file").count(), 2);
    await page.getByRole("navigation", { name: "Folder" }).getByRole("link", { name: SPACE }).click();
    await page.getByRole("link", { name: "welcome.html", exact: true }).waitFor();
  },

  "a folder is dropped, with what is in it": async ({ server, page }) => {
    await open(server, page, "docs/");
    const folder = path.join(server.folder, "dropped");
    fs.mkdirSync(path.join(folder, "deep"), { recursive: true });
    for (const name of ["one.txt", "deep/two.txt"]) fs.writeFileSync(path.join(folder, name), name);
    await page.setInputFiles("#pick-folder", folder);
    await page.getByRole("link", { name: "dropped/" }).click();
    await page.getByRole("link", { name: "one.txt", exact: true }).waitFor();
    await page.getByRole("link", { name: "deep/" }).click();
    await page.getByRole("link", { name: "two.txt", exact: true }).waitFor();
    // A drop by hand: browsers give no folders to what a script makes up, files they do.
    await open(server, page, "docs/");
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(["dropped"], "dropped.txt", { type: "text/plain" }));
      for (const kind of ["dragenter", "dragover", "drop"]) {
        document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
      }
    });
    await page.getByRole("link", { name: "dropped.txt", exact: true }).waitFor();
  },

  "a public file is read by its URL in a fresh profile, a private one is not": async ({ server, page, browser }) => {
    await open(server, page, "docs/");
    await page.getByLabel("Choose apple.txt").check();
    await page.getByText("1 chosen").waitFor();
    await dialog(page, "Manage permissions", async (box) => {
      await box.getByText("Anybody with the URL").click();
      await box.getByRole("button", { name: "Save" }).click();
    });
    await page.getByRole("row", { name: /apple.txt/ }).getByText("Public").waitFor();
    const fresh = await browser.newContext();
    const visitor = await fresh.newPage();
    assert.equal((await visitor.goto(`${server.s3}/${SPACE}/docs/apple.txt`)).status(), 200);
    assert.equal(await visitor.textContent("body"), "apple.txt");
    assert.equal((await visitor.goto(`${server.s3}/${SPACE}/docs/banana.txt`)).status(), 403);
    await fresh.close();
  },

  "a file's page: preview, Quick Share, download, metadata": async ({ server, page }) => {
    await open(server, page, "docs/");
    await upload(page, [{ name: "dot.png", mimeType: "image/png", buffer: PNG }]);
    await page.getByRole("link", { name: "dot.png", exact: true }).click();
    const picture = page.locator(".preview img");
    await picture.waitFor();
    await page.waitForFunction(() => document.querySelector(".preview img").naturalWidth > 0);
    for (const [name, seconds] of [["1 hour", 3600], ["6 hours", 21600], ["1 day", 86400], ["3 days", 259200], ["7 days", 604800]]) {
      await page.selectOption("#seconds", { label: name });
      await page.getByRole("button", { name: "Make link" }).click();
      await page.waitForFunction((wanted) => document.querySelector("[data-show]").textContent.includes(`X-Amz-Expires=${wanted}&`), seconds);
      const link = await page.textContent("[data-show]");
      const answer = await fetch(link);
      assert.equal(answer.status, 200, name);
      assert.equal(Buffer.compare(Buffer.from(await answer.arrayBuffer()), PNG), 0);
    }
    const begun = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download" }).click();
    const download = await begun;
    assert.equal(download.suggestedFilename(), "dot.png");
    await page.getByLabel("Cache-Control").fill("max-age=60");
    await page.getByLabel("Your own").fill("colour: green\n");
    await page.getByRole("button", { name: "Save metadata" }).click();
    await page.waitForFunction(() => document.getElementById("user").value.includes("colour: green") && document.getElementById("user").defaultValue.includes("colour"));
    await page.getByRole("button", { name: "Make link" }).click();
    await page.waitForSelector(".shown:not([hidden])");
    const answer = await fetch(await page.textContent("[data-show]"));
    assert.equal(answer.headers.get("cache-control"), "max-age=60");
    assert.equal(answer.headers.get("x-amz-meta-colour"), "green");
    await page.getByLabel("Your own").fill("not a name: x");
    await page.getByRole("button", { name: "Save metadata" }).click();
    await page.getByRole("alert").getByText("is no name for metadata").waitFor();
  },

  "one file is renamed, several moved, a folder too": async ({ server, page }) => {
    await open(server, page, "docs/");
    await page.getByRole("link", { name: "banana.txt", exact: true }).click();
    await page.locator("#to").fill("docs/cherry.txt");
    await page.getByRole("button", { name: "Move", exact: true }).click();
    await page.waitForURL(/cherry/);
    await page.getByRole("heading", { name: "cherry.txt" }).waitFor();
    // A folder takes it under its own name, and the page of the file where it is now is shown.
    for (const [to, key] of [["docs/basket/", "docs/basket/cherry.txt"], ["docs/", "docs/cherry.txt"]]) {
      await page.locator("#to").fill(to);
      await page.getByRole("button", { name: "Move", exact: true }).click();
      await page.waitForFunction((wanted) => document.querySelector("#to")?.defaultValue === wanted, key);
      await page.getByRole("heading", { name: "cherry.txt" }).waitFor();
    }
    await open(server, page, "docs/");
    assert.equal(await page.getByRole("link", { name: "banana.txt", exact: true }).count(), 0);
    await page.getByLabel("Choose cherry.txt").check();
    await page.getByLabel("Choose folder dropped").check();
    await page.getByText("2 chosen").waitFor();
    await dialog(page, "Move or rename", async (box) => {
      await box.getByLabel("To").fill("archive/");
      await box.getByRole("button", { name: "Move" }).click();
    });
    await page.getByRole("link", { name: "cherry.txt", exact: true }).waitFor({ state: "detached" });
    await open(server, page, "archive/");
    await page.getByRole("link", { name: "cherry.txt", exact: true }).waitFor();
    await page.getByRole("link", { name: "dropped/" }).click();
    await page.getByRole("link", { name: "one.txt", exact: true }).waitFor();
  },

  "many are deleted at once": async ({ server, page }) => {
    await open(server, page, "docs/");
    await page.getByLabel("Choose all on this page").check();
    await dialog(page, "Delete", async (box) => {
      await box.getByText("files and folders").waitFor();
      await box.getByRole("button", { name: "Delete" }).click();
    });
    await page.getByText("Nothing here yet").waitFor();
  },

  "versions: kept, restored, deleted for good": async ({ server, page }) => {
    await page.goto(`${server.control}/panel/spaces/${SPACE}/settings`);
    await page.getByRole("button", { name: "Enable versioning" }).click();
    await page.getByRole("button", { name: "Suspend versioning" }).waitFor();
    await open(server, page, "v/");
    await upload(page, [text("note.txt", "first")]);
    await page.setInputFiles("#pick-files", [text("note.txt", "second, and longer")]);
    await page.getByRole("row", { name: /note.txt.*18 B/ }).waitFor();
    await page.getByRole("link", { name: "note.txt", exact: true }).click();
    await page.getByText("second, and longer").waitFor();
    await page.getByRole("button", { name: "Restore" }).click();
    await page.locator(".preview pre").getByText("first").waitFor();
    assert.equal(await page.getByRole("button", { name: "Delete for good" }).count(), 3);
    page.once("dialog", (question) => question.accept());
    await page.getByRole("button", { name: "Delete for good" }).first().click();
    await page.locator(".preview pre").getByText("second, and longer").waitFor();
    assert.equal(await page.getByRole("button", { name: "Delete for good" }).count(), 2);
  },

  "a folder that was deleted is made again where versions are kept": async ({ server, page }) => {
    const make = () => dialog(page, "Create folder", async (box) => {
      await box.getByLabel("Name").fill("again");
      await box.getByRole("button", { name: "Create folder" }).click();
    });
    await open(server, page, "v/");
    await make();
    await page.getByLabel("Choose folder again").check();
    await dialog(page, "Delete", (box) => box.getByRole("button", { name: "Delete" }).click());
    await page.getByRole("link", { name: "again/" }).waitFor({ state: "detached" });
    await make();
    await page.getByRole("link", { name: "again/" }).waitFor();
  },
};
