import { spawnSync } from "node:child_process";

const PROGRAMS: Readonly<Record<string, string>> = {
  debootstrap: "debootstrap",
  "systemd-nspawn": "systemd-container",
  ip: "iproute2",
  "ssh-keygen": "openssh-client",
  unshare: "util-linux",
  "apt-get": "apt",
};

/** A network and an overlay as the hosts have them, in namespaces that end with the trial. */
const TRIAL = `
  ip link add trial type bridge
  mount -t tmpfs tmpfs /mnt && cd /mnt && mkdir lower upper work root
  mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay root`;

let answer: string | null | undefined;

/** Why there can be no test hosts on this machine; null: there can. */
export function hostsMissing(): string | null {
  answer ??= findMissing() ?? null;
  return answer;
}

function findMissing(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return "test hosts need a Linux machine and root";
  const missing = Object.keys(PROGRAMS).filter((program) => spawnSync("which", [program]).status !== 0);
  if (missing.length > 0) {
    const packages = missing.map((program) => PROGRAMS[program] ?? program);
    return `not installed: ${missing.join(", ")} (Debian: ${packages.join(", ")})`;
  }
  const trial = spawnSync("unshare", ["--mount", "--net", "--pid", "--fork", "sh", "-ec", TRIAL], {
    encoding: "utf8",
  });
  if (trial.status === 0) return undefined;
  return `no namespaces, bridge or overlay here: ${trial.stderr.trim().split("\n").at(-1) ?? ""}`;
}
