import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { clock } from "./summary";

/** Programs that some tests use, and the Debian package of each. */
const TOOLS: Readonly<Record<string, string>> = {
  dig: "bind9-dnsutils",
  strace: "strace",
  openssl: "openssl",
  curl: "curl",
  chromium: "chromium",
  certutil: "libnss3-tools",
  debootstrap: "debootstrap",
  "systemd-nspawn": "systemd-container",
  ip: "iproute2",
  "ssh-keygen": "openssh-client",
  sshd: "openssh-server",
  named: "bind9",
  knotd: "knot",
  knsupdate: "knot-dnsutils",
  faketime: "faketime",
};

/**
 * What Debian starts with a package, at once and at each boot: named and Knot would take port 53 of a machine that
 * only wanted to run tests. The tests start servers of their own.
 */
const SERVICES: Readonly<Record<string, string>> = { sshd: "ssh", named: "named", knotd: "knot" };

/** Where Debian puts servers; not everybody's PATH has it. */
const SERVER_DIRECTORIES: readonly string[] = ["/usr/sbin"];

/** Installs what is missing where that is possible; what stays missing is a skipped test with a reason. */
export function installTools(say: (line: string) => void): void {
  const missing = Object.keys(TOOLS).filter((tool) => !onPath(tool));
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !onPath("apt-get")) {
    say(`not installed: ${missing.join(", ")}; tests that need them are skipped`);
    return;
  }
  const packages = missing.map((tool) => TOOLS[tool] ?? tool);
  const started = performance.now();
  say(`installing ${packages.join(", ")} for the tests (once)`);
  const services = missing.map((tool) => SERVICES[tool]).filter((service) => service !== undefined);
  const done = withoutServices(
    services,
    () => apt(["update", "-q"]) && apt(["install", "-y", "-q", "--no-install-recommends", ...packages]),
  );
  say(
    done
      ? `installed in ${clock(started)}`
      : "could not install all of them; tests that need them are skipped",
  );
}

/**
 * Masked while they are installed, so that nothing starts them; afterwards they are left for their owner to enable.
 * The mask is of the runtime kind, so that none outlives the next boot when this is killed in between.
 */
function withoutServices(services: readonly string[], install: () => boolean): boolean {
  // Where systemd does not run, as in a container, policy-rc.d keeps packages from starting anything.
  if (services.length === 0 || !existsSync("/run/systemd/system")) return install();
  systemctl(["mask", "--runtime", ...services]);
  const done = install();
  systemctl(["unmask", "--runtime", ...services]);
  if (done) systemctl(["disable", ...services]);
  return done;
}

function systemctl(args: readonly string[]): void {
  spawnSync("systemctl", ["--quiet", ...args], { stdio: "ignore" });
}

function apt(args: readonly string[]): boolean {
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return (
    spawnSync("apt-get", args, { stdio: ["ignore", "inherit", "inherit"], env: environment }).status === 0
  );
}

function onPath(tool: string): boolean {
  const directories = [...(process.env["PATH"] ?? "").split(delimiter), ...SERVER_DIRECTORIES];
  return directories.some((directory) => {
    try {
      accessSync(join(directory, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
