// The file browser: choosing, doing something to what was chosen, and uploads.
"use strict";

const files = document.getElementById("files");

if (files) {
  const space = files.dataset.space;
  const prefix = files.dataset.prefix;
  const boxes = () => [...files.querySelectorAll("input[data-key]")];
  const chosen = () => boxes().filter((box) => box.checked).map((box) => box.dataset.key);
  const bar = files.querySelector(".chosen");

  function showChosen() {
    const keys = chosen();
    if (!bar) return;
    bar.hidden = keys.length === 0;
    const text = keys.length === 1 ? "1 chosen" : `${keys.length} chosen`;
    document.getElementById("chosen-said").textContent = text;
    for (const each of document.querySelectorAll("[data-chosen]")) {
      each.textContent = keys.length === 1 ? `“${keys[0]}”` : `${keys.length} files and folders`;
    }
    const to = document.getElementById("rename-to");
    to.value = keys.length === 1 ? keys[0] : prefix;
    const all = document.getElementById("choose-all");
    all.checked = keys.length === boxes().length;
    all.indeterminate = keys.length > 0 && !all.checked;
  }

  files.addEventListener("change", (event) => {
    if (event.target.id === "choose-all") boxes().forEach((box) => (box.checked = event.target.checked));
    if (event.target.type === "checkbox") showChosen();
  });
  // A page that was gone back to may have boxes ticked.
  addEventListener("pageshow", showChosen);

  // Works through what was chosen, a share at a time, until the server says that nothing is left.
  async function bulk(form, button) {
    const keys = chosen();
    const progress = document.getElementById("bulk");
    const dialog = form.closest("dialog");
    const fields = [...fieldsOf(form, button), ...keys.map((key) => ["key", key])];
    form.querySelectorAll("button").forEach((each) => (each.disabled = true));
    let done = 0;
    try {
      let answer = { after: "" };
      do {
        answer = await post(form.dataset.bulk, answer.after ? [...fields, ["after", answer.after]] : fields);
        done += answer.done;
        progress.hidden = false;
        progress.removeAttribute("value");
        document.getElementById("chosen-said").textContent = `${done} done`;
      } while (answer.after);
      dialog.close();
      location.reload();
    } catch (error) {
      refuse(form, done ? `${done} done, then: ${error.message}` : error.message);
      form.querySelectorAll("button").forEach((each) => (each.disabled = false));
    }
  }
  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.bulk) return;
    event.preventDefault();
    bulk(event.target, event.submitter);
  });

  // Uploads: six at a time, as many as browsers send to one server, in order.
  const AT_ONCE = 6;
  const SHOWN_MAX = 200;
  const section = document.getElementById("uploads");
  const list = document.getElementById("uploads-list");
  const all = document.getElementById("uploads-all");
  const said = document.getElementById("uploads-said");
  const waiting = [];
  const running = new Set();
  const count = { files: 0, done: 0, failed: 0, cancelled: 0, bytes: 0, sent: 0 };

  function size(bytes) {
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = 0;
    while (bytes >= 1024 && unit < units.length - 1) { bytes /= 1024; unit += 1; }
    return `${unit && bytes < 100 ? bytes.toFixed(1) : Math.floor(bytes)} ${units[unit]}`;
  }

  // A line of its own for the first ones: thousands of lines help nobody.
  function line(upload) {
    if (list.childElementCount >= SHOWN_MAX) return null;
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = upload.key;
    const progress = document.createElement("progress");
    progress.max = 1;
    progress.value = 0;
    progress.setAttribute("aria-label", upload.key);
    const state = document.createElement("span");
    state.textContent = size(upload.file.size);
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.className = "link";
    cancel.textContent = "Cancel";
    cancel.setAttribute("aria-label", `Cancel ${upload.key}`);
    cancel.addEventListener("click", () => end(upload, "cancelled"));
    item.append(name, progress, state, cancel);
    list.append(item);
    return { progress, state, cancel };
  }

  let painted = false;
  function paint() {
    if (painted) return;
    painted = true;
    requestAnimationFrame(() => {
      painted = false;
      const ended = count.done + count.failed + count.cancelled;
      all.value = count.bytes ? count.sent / count.bytes : 0;
      const parts = [`${count.done} of ${count.files} uploaded`, `${size(count.sent)} of ${size(count.bytes)}`];
      if (count.failed) parts.push(`${count.failed} failed`);
      if (count.cancelled) parts.push(`${count.cancelled} cancelled`);
      said.textContent = parts.join(", ");
      if (ended !== count.files) return;
      document.getElementById("uploads-cancel").hidden = true;
      document.getElementById("uploads-close").hidden = false;
      if (count.done && !count.failed && !count.cancelled) location.reload();
    });
  }

  function end(upload, state, message) {
    if (upload.state === "ended") return;
    upload.state = "ended";
    if (state === "cancelled" && upload.request) upload.request.abort();
    running.delete(upload);
    count[state] += 1;
    count.sent += (state === "done" ? upload.file.size : 0) - upload.sent;
    if (state !== "done") count.bytes -= upload.file.size;
    if (upload.line) {
      upload.line.cancel.remove();
      upload.line.progress.value = state === "done" ? 1 : 0;
      upload.line.state.textContent = message || (state === "done" ? "Uploaded" : "Cancelled");
      upload.line.state.classList.toggle("bad", state === "failed");
    }
    paint();
    next();
  }

  function next() {
    while (running.size < AT_ONCE && waiting.length) {
      const upload = waiting.shift();
      if (upload.state !== "ended") start(upload);
    }
  }

  function start(upload) {
    running.add(upload);
    const request = new XMLHttpRequest();
    upload.request = request;
    request.open("PUT", `/panel/spaces/${space}/upload?key=${encodeURIComponent(upload.key)}`);
    request.setRequestHeader("x-csrf-token", csrf);
    request.setRequestHeader("content-type", upload.file.type || "application/octet-stream");
    request.upload.addEventListener("progress", (event) => {
      if (upload.state === "ended") return;
      count.sent += event.loaded - upload.sent;
      upload.sent = event.loaded;
      if (upload.line) upload.line.progress.value = event.total ? event.loaded / event.total : 1;
      paint();
    });
    request.addEventListener("load", () => {
      if (request.status === 200) return end(upload, "done");
      let message = `The server answered ${request.status}.`;
      try { message = JSON.parse(request.responseText).error || message; } catch { /* No JSON: the status says it. */ }
      end(upload, "failed", message);
    });
    request.addEventListener("error", () => end(upload, "failed", "The connection was lost."));
    request.send(upload.file);
  }

  // Begins uploads of pairs of a path below this folder and a file.
  function enqueue(pairs) {
    if (!pairs.length) return;
    section.hidden = false;
    document.getElementById("uploads-cancel").hidden = false;
    document.getElementById("uploads-close").hidden = true;
    for (const [path, file] of pairs) {
      const upload = { key: prefix + path, file, sent: 0, state: "waiting", request: null, line: null };
      upload.line = line(upload);
      count.files += 1;
      count.bytes += file.size;
      waiting.push(upload);
    }
    paint();
    next();
  }

  document.getElementById("uploads-cancel").addEventListener("click", () => {
    for (const upload of [...waiting.splice(0), ...running]) end(upload, "cancelled");
  });
  document.getElementById("uploads-close").addEventListener("click", () => location.reload());
  addEventListener("beforeunload", (event) => { if (running.size) event.preventDefault(); });

  for (const button of document.querySelectorAll("[data-pick]")) {
    const input = document.getElementById(`pick-${button.dataset.pick}`);
    button.addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      enqueue([...input.files].map((file) => [file.webkitRelativePath || file.name, file]));
      input.value = "";
    });
  }

  // Dropping: folders are walked through, a hundred entries at a time as browsers give them.
  const isFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  let depth = 0;
  addEventListener("dragenter", (event) => { if (isFiles(event)) { depth += 1; document.body.classList.add("dropping"); } });
  addEventListener("dragleave", (event) => { if (isFiles(event) && --depth <= 0) { depth = 0; document.body.classList.remove("dropping"); } });
  addEventListener("dragover", (event) => { if (isFiles(event)) event.preventDefault(); });
  addEventListener("drop", async (event) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    depth = 0;
    document.body.classList.remove("dropping");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry());
    const plain = [...event.dataTransfer.files].map((file) => [file.name, file]);
    const pairs = [];
    for (const entry of entries.filter(Boolean)) await walk(entry, "", pairs);
    enqueue(entries.some(Boolean) ? pairs : plain);
  });

  async function walk(entry, path, pairs) {
    if (entry.isFile) {
      const file = await new Promise((good, bad) => entry.file(good, bad)).catch(() => null);
      if (file) pairs.push([path + entry.name, file]);
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const share = await new Promise((good, bad) => reader.readEntries(good, bad)).catch(() => []);
      if (!share.length) return;
      for (const each of share) await walk(each, `${path}${entry.name}/`, pairs);
    }
  }
}
