// Starts and ends the server under test, on free ports and a new data folder.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const TOKEN = "panel-tests-token";
export const PROGRAM = process.env.PANEL_SERVER || path.join(ROOT, "target/release/spacelet");

// What a process may see of the caller's environment: no AWS_*, no proxy, no settings of the user.
export function cleanEnvironment(home) {
  const kept = ["PATH", "LANG", "TZ", "TEST_RUN_MARK"].filter((name) => process.env[name] !== undefined);
  return { LC_ALL: "C.UTF-8", ...Object.fromEntries(kept.map((name) => [name, process.env[name]])), HOME: home };
}

export class Server {
  constructor() {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "spacelet-panel-"));
    this.said = "";
  }

  async start() {
    const options = ["server", path.join(this.folder, "data"), "--address", "127.0.0.1:0", "--control-address", "127.0.0.1:0"];
    this.process = spawn(PROGRAM, [...options, "--token", TOKEN], {
      env: cleanEnvironment(this.folder),
      stdio: ["ignore", "ignore", "pipe"],
    });
    await new Promise((good, bad) => {
      this.process.on("error", bad);
      this.process.on("exit", (code) => bad(new Error(`the server ended with ${code}: ${this.said}`)));
      this.process.stderr.setEncoding("utf8").on("data", (text) => {
        this.said += text;
        if (this.said.includes("Ready.")) good();
      });
    });
    const found = (pattern) => this.said.match(pattern)[1];
    this.s3 = found(/API: (http:\S+)/);
    this.control = found(/Console: (http:\S+)/);
    this.link = found(/(http:\S+\/panel\/sign-in\?code=\S+)/);
  }

  // Bytes that the process has in memory now.
  memory() {
    const status = fs.readFileSync(`/proc/${this.process.pid}/status`, "utf8");
    return Number(status.match(/VmRSS:\s+(\d+) kB/)[1]) * 1024;
  }

  async stop() {
    const ended = new Promise((good) => this.process.once("exit", good));
    if (this.process.exitCode === null && this.process.kill("SIGTERM")) await ended;
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
