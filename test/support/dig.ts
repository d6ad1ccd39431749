import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What `dig` printed, in parts. */
export interface DigAnswer {
  readonly status: string;
  /** "qr", "aa", "tc", "rd", "ra". */
  readonly flags: readonly string[];
  /** "www.example.test. 600 IN CNAME web.lb.example.test.", one space between fields. */
  readonly question: readonly string[];
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly output: string;
}

/**
 * Whether the real `dig` can be run; installs it by apt where that is allowed. The reason when it cannot: a test
 * that needs it is skipped, and says so.
 */
export async function digMissing(): Promise<string | null> {
  const works = (): Promise<boolean> =>
    run("dig", ["-v"]).then(
      () => true,
      () => false,
    );
  if (await works()) {
    return null;
  }
  if (process.getuid?.() !== 0) {
    return "dig is not installed (Debian package bind9-dnsutils), and installing it needs root";
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = (): Promise<unknown> => run("apt-get", ["install", "-y", "bind9-dnsutils"], { env });
  try {
    await install().catch(() => run("apt-get", ["update"], { env }).then(install));
  } catch {
    return "dig is not installed, and apt could not install bind9-dnsutils";
  }
  return (await works()) ? null : "bind9-dnsutils is installed, but dig does not run";
}

/** Asks the server once: no retry, no fallback to TCP unless the arguments say so. */
export async function dig(
  server: { address: string; port: number },
  ...args: readonly string[]
): Promise<DigAnswer> {
  const base = [`@${server.address}`, "-p", String(server.port), "+tries=1", "+time=5"];
  const { stdout } = await run("dig", [...base, ...args], { maxBuffer: 16 * 1024 * 1024 });
  return parse(stdout);
}

function parse(output: string): DigAnswer {
  const header = /status: (\w+)/.exec(output);
  const flags = /;; flags: ([^;]*);/.exec(output);
  return {
    status: header?.[1] ?? "",
    flags: (flags?.[1] ?? "").split(" ").filter((flag) => flag !== ""),
    question: section(output, "QUESTION"),
    answer: section(output, "ANSWER"),
    authority: section(output, "AUTHORITY"),
    output,
  };
}

function section(output: string, name: string): string[] {
  const lines = output.split("\n");
  const start = lines.indexOf(`;; ${name} SECTION:`);
  if (start === -1) {
    return [];
  }
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.trim() === "");
  return rest.slice(0, end === -1 ? undefined : end).map((line) => line.trim().split(/\s+/).join(" "));
}
