import { execFile, spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";
import { onCleanup, temporaryDirectory, trackProcess } from "./workspace";

const run = promisify(execFile);
const COMMAND_MILLISECONDS = 30_000;
const QUIET = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  "--disable-extensions",
];

/** A headless browser that asks one DNS server and trusts one CA more than usual. */
export interface Browser {
  /** Opens the address and returns the text that a person sees. */
  readonly open: (url: string) => Promise<string>;
  /** The browser's own refresh. */
  readonly refresh: () => Promise<string>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** What keeps the browser from being used as a person would use it; null: nothing. */
export function chromiumMissing(): string | null {
  const missing = ["chromium", "certutil", "unshare"].filter(
    (name) => spawnSync("which", [name]).status !== 0,
  );
  if (missing.length > 0)
    return `not installed: ${missing.join(", ")} (Debian: chromium, libnss3-tools, util-linux)`;
  const mounts = spawnSync("unshare", ["--mount", "true"]).status === 0;
  return mounts ? null : "pointing a browser at a DNS server of ours needs a mount namespace (root)";
}

/** @param nameServer an address on which the DNS server listens at port 53 */
export async function startBrowser(nameServer: string, caPem: string): Promise<Browser> {
  const home = temporaryDirectory("chromium");
  await trust(home, caPem);
  const resolvConf = join(home, "resolv.conf");
  writeFileSync(resolvConf, `nameserver ${nameServer}\n`);
  const script = 'mount --bind "$0" /etc/resolv.conf && exec chromium "$@"';
  const flags = [
    ...QUIET,
    `--user-data-dir=${join(home, "profile")}`,
    "--remote-debugging-pipe",
    "about:blank",
  ];
  const child = spawn("unshare", ["--mount", "sh", "-c", script, resolvConf, ...flags], {
    env: { ...process.env, HOME: home },
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  trackProcess(child);
  onCleanup(() => {
    child.kill("SIGTERM");
  });
  const send = commandPipe(child.stdio[3] as Writable, child.stdio[4] as Readable);
  return page(send);
}

async function trust(home: string, caPem: string): Promise<void> {
  const database = join(home, ".pki", "nssdb");
  mkdirSync(database, { recursive: true });
  const file = join(home, "ca.pem");
  writeFileSync(file, caPem);
  await run("certutil", ["-d", `sql:${database}`, "-N", "--empty-password"]);
  await run("certutil", ["-d", `sql:${database}`, "-A", "-t", "C,,", "-n", "ca", "-i", file]);
}

type Send = (
  method: string,
  params?: object,
  sessionId?: string,
) => Promise<Readonly<Record<string, unknown>>>;

async function page(send: Send): Promise<Browser> {
  const { targetInfos } = await send("Target.getTargets");
  const target = (targetInfos as { targetId: string; type: string }[]).find(({ type }) => type === "page");
  const attached = await send("Target.attachToTarget", { targetId: target?.targetId, flatten: true });
  const session = String(attached["sessionId"]);
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result } = await send("Runtime.evaluate", { expression, returnByValue: true }, session);
    return (result as { value?: unknown }).value;
  };
  const loaded = async (before: unknown): Promise<string> => {
    const deadline = Date.now() + COMMAND_MILLISECONDS;
    for (;;) {
      const now = await evaluate("document.readyState === 'complete' ? performance.timeOrigin : 0").catch(
        () => 0,
      );
      if (now !== 0 && now !== before) return String(await evaluate("document.body.innerText"));
      if (Date.now() > deadline) throw new Error("The browser does not finish loading the page");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return {
    open: async (url) => {
      const before = await evaluate("performance.timeOrigin");
      const { errorText } = await send("Page.navigate", { url }, session);
      if (typeof errorText === "string") throw new Error(`The browser says ${errorText} to ${url}`);
      return loaded(before);
    },
    refresh: async () => {
      const before = await evaluate("performance.timeOrigin");
      await send("Page.reload", {}, session);
      return loaded(before);
    },
  };
}

/** The DevTools protocol over two pipes: JSON texts, each ended by a zero byte. */
function commandPipe(input: Writable, output: Readable): Send {
  const waiting = new Map<number, (message: Message) => void>();
  let pending = "";
  output.setEncoding("utf8").on("data", (text: string) => {
    const parts = (pending + text).split("\0");
    pending = parts.pop() ?? "";
    for (const part of parts) {
      const message = JSON.parse(part) as Message;
      if (message.id !== undefined) waiting.get(message.id)?.(message);
    }
  });
  let lastId = 0;
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = (lastId += 1);
      const timer = setTimeout(() => {
        reject(new Error(`The browser does not answer to ${method}`));
      }, COMMAND_MILLISECONDS);
      waiting.set(id, ({ result, error }) => {
        clearTimeout(timer);
        waiting.delete(id);
        if (error === undefined) resolve(result ?? {});
        else reject(new Error(`${method}: ${error.message}`));
      });
      input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
}
