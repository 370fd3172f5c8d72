// What all pages do: send forms, open dialogs, copy, and say what happened. Pages work on what the server wrote; nothing
// from outside is ever put in as HTML except what the server escaped.
"use strict";

const csrf = document.querySelector("meta[name=csrf-token]").content;

// Says something to everybody, those who listen too.
function say(text) {
  const line = document.createElement("p");
  line.textContent = text;
  const said = document.getElementById("said");
  said.replaceChildren(line);
  setTimeout(() => line.remove(), 5000);
}

// Sends fields to the panel; the answer as an object, or an error with the panel's words.
async function post(url, fields) {
  let response;
  try {
    response = await fetch(url, { method: "POST", headers: { "x-csrf-token": csrf }, body: new URLSearchParams(fields) });
  } catch {
    throw new Error("The server does not answer.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || `The server answered ${response.status}.`);
  return answer;
}

function refuse(form, message) {
  const place = form.querySelector(".error");
  if (!place) return say(message);
  place.textContent = message;
  place.hidden = false;
}

// Fields of a form, with the button that sent it.
function fieldsOf(form, button) {
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  if (button && button.name) fields.push([button.name, button.value]);
  return fields;
}

async function send(form, button) {
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) return;
  const buttons = form.querySelectorAll("button");
  const fields = fieldsOf(form, button);
  buttons.forEach((each) => (each.disabled = true));
  try {
    let answer = await post(form.dataset.post, fields);
    while (answer.after) answer = await post(form.dataset.post, [...fields, ["after", answer.after]]);
    const shown = form.querySelector(".shown");
    if (answer.show !== undefined && shown) {
      shown.querySelector("[data-show]").textContent = answer.show;
      shown.hidden = false;
    } else {
      const go = answer.go || form.dataset.go;
      if (go) location.assign(go);
      else location.reload();
      return;
    }
  } catch (error) {
    refuse(form, error.message);
  }
  buttons.forEach((each) => (each.disabled = false));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.post) return;
  event.preventDefault();
  send(form, event.submitter);
});

// The clipboard of a page that is not from this machine is closed; then the text is chosen, to be copied by hand.
async function copy(text, near) {
  try {
    await navigator.clipboard.writeText(text);
    say("Copied.");
  } catch {
    const range = document.createRange();
    const code = near.parentElement.querySelector("code");
    if (code) range.selectNodeContents(code);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    say("Press Ctrl+C to copy what is selected.");
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { copy: text, open, fill } = button.dataset;
  if (text !== undefined) copy(text, button);
  if (button.dataset.copyShown !== undefined) copy(button.parentElement.querySelector("[data-show]").textContent, button);
  if (open !== undefined) document.getElementById(open).showModal();
  if (button.dataset.close !== undefined) button.closest("dialog").close();
  if (fill !== undefined) {
    const area = document.getElementById(fill);
    area.value = area.dataset.example;
    area.rows = 10;
    area.focus();
  }
});

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.dataset.submits !== undefined) field.form.submit();
  if (field.dataset.shows !== undefined) {
    for (const each of field.parentElement.querySelectorAll("[data-of]")) each.hidden = each.dataset.of !== field.value;
  }
  if (field.type === "radio" && field.form) {
    for (const each of field.form.querySelectorAll("[data-reveals]")) {
      document.getElementById(each.dataset.reveals).hidden = !each.checked;
    }
  }
});

// A name that is checked while it is typed.
for (const field of document.querySelectorAll("[data-check]")) {
  const said = document.getElementById("name-said");
  const shown = document.querySelector(`[data-url-of=${field.id}]`);
  let last = 0;
  field.addEventListener("input", async () => {
    shown.textContent = shown.dataset.base + field.value;
    const turn = ++last;
    if (!field.value) return (said.textContent = "");
    const response = await fetch(`${field.dataset.check}?value=${encodeURIComponent(field.value)}`).catch(() => null);
    const answer = response && response.ok ? await response.json() : { error: "" };
    if (turn !== last) return;
    said.textContent = answer.error;
    field.setAttribute("aria-invalid", answer.error ? "true" : "false");
  });
}

// Live requests: new rows come on top, written and escaped by the server.
const rows = document.getElementById("live-rows");
if (rows) {
  const live = document.getElementById("live");
  const said = document.getElementById("live-said");
  const ask = async () => {
    if (live.checked && !document.hidden) {
      const top = rows.firstElementChild;
      const after = encodeURIComponent(top ? top.dataset.id : "");
      const response = await fetch(`${rows.dataset.newer}&after=${after}`).catch(() => null);
      if (response && response.ok && !response.redirected) {
        const fresh = document.createElement("template");
        fresh.innerHTML = await response.text();
        const count = fresh.content.childElementCount;
        if (count) said.textContent = count === 1 ? "1 new request" : `${count} new requests`;
        rows.prepend(fresh.content);
        while (rows.childElementCount > Number(rows.dataset.rowsMax)) rows.lastElementChild.remove();
      } else said.textContent = "The server does not answer.";
    }
    setTimeout(ask, 1000);
  };
  setTimeout(ask, 1000);
}
