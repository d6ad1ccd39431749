import { HOST_LAYOUT, LIMITS, OffloadError } from "tls-offload-agent/contract";
import type { SshSession } from "./session";
import { shellCommand } from "./shell";

/** What a login can do on a host, and what is there. */
export interface Survey {
  readonly user: string;
  readonly isRoot: boolean;
  /** `sudo` works without a password. */
  readonly maySudo: boolean;
  readonly hasSystemd: boolean;
  /** As `uname -m` names it: "x86_64". */
  readonly machine: string;
  /**
   * Programs that a user without rights of its own can reach and run, the host's own first. Root will run one: none
   * that somebody else could replace.
   */
  readonly nodes: readonly HostNode[];
  /** SHA-256 of the agent that the host runs or ran; null: none is installed. */
  readonly bundleSha256: string | null;
  /** The login itself may use the agent's socket. */
  readonly mayDial: boolean;
  /** The login is in the agent's group, and so may use the socket once it is there. */
  readonly isMember: boolean;
  /** Anything that an agent leaves behind is there. */
  readonly hasTraces: boolean;
}

export interface HostNode {
  readonly path: string;
  /** "v20.19.2"; empty: it does not run. */
  readonly version: string;
}

/** Everything in one round trip. null: the login runs one fixed command, whatever is asked of it. */
export async function surveyHost(session: SshSession, timeoutSeconds: number): Promise<Survey | null> {
  const { stdout, stderr } = await session.exec(SURVEY_COMMAND, {
    input: "",
    shown: "looking around",
    timeoutSeconds,
  });
  const text = stdout.toString("utf8");
  const survey = parseSurvey(text);
  if (survey === null && text.includes(MARK)) {
    const detail = stderr.trim() === "" ? "its answer is cut off" : stderr.trim();
    throw new OffloadError("HOST_COMMAND_FAILED", `host ${session.host}`, {
      doing: "looking around",
      detail,
    });
  }
  return survey;
}

export function surveySeconds(remainingSeconds: number): number {
  return Math.max(1, Math.min(LIMITS.hostSurveySeconds, remainingSeconds));
}

/** Logins may print greetings of their own: only lines with this mark count. */
const MARK = "tls-offload:";

const { current, runtimes, root, command, unitFile, stateDir, user } = HOST_LAYOUT;

const SURVEY_SCRIPT = `
export LC_ALL=C PATH="$PATH:/usr/local/bin:/usr/sbin:/sbin"
say() { echo "${MARK}$1=$2"; }
fit_for_all() {
  part=$1
  while [ "$part" != / ]; do
    [ -n "$(find "$part" -prune -user 0 ! -perm -002 -perm -001 2>/dev/null)" ] || return 1
    part=$(dirname "$part")
  done
}
say uid "$(id -u)"
say user "$(id -un)"
say machine "$(uname -m)"
if sudo -n /bin/sh -c true </dev/null >/dev/null 2>&1; then say sudo yes; fi
if [ -d /run/systemd/system ]; then say systemd yes; fi
for node in "$(command -v node)" /usr/bin/node /usr/local/bin/node ${runtimes}/*/bin/node; do
  path=$(readlink -f "$node" 2>/dev/null)
  if [ -x "$path" ] && fit_for_all "$path"; then say node "$("$path" --version 2>/dev/null) $path"; fi
done
agent=${current}/agent.cjs
if [ -r $agent ]; then say bundle "$(sha256sum <$agent | cut -c1-64)"; fi
if [ -w ${stateDir}/control.sock ]; then say dial yes; fi
for group in $(id -Gn); do if [ "$group" = ${user} ]; then say member yes; fi; done
for trace in ${root} ${command} ${unitFile} ${stateDir}; do
  if [ -e $trace ] || [ -L $trace ]; then say trace $trace; fi
done
if id ${user} >/dev/null 2>&1; then say trace ${user}; fi
say end yes
`;

/** Exported for its tests, as is the parser. */
export const SURVEY_COMMAND = shellCommand(SURVEY_SCRIPT);

/** null: no, or no whole, answer of the script is in the text. */
export function parseSurvey(text: string): Survey | null {
  const values = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [, key, value] = /^tls-offload:(\w+)=(.*)$/.exec(line.trimEnd()) ?? [];
    if (key !== undefined && value !== undefined) values.set(key, [...(values.get(key) ?? []), value]);
  }
  if (!values.has("end")) return null;
  const one = (key: string): string => values.get(key)?.[0] ?? "";
  return {
    user: one("user"),
    isRoot: one("uid") === "0",
    maySudo: values.has("sudo"),
    hasSystemd: values.has("systemd"),
    machine: one("machine"),
    nodes: nodesOf(values.get("node") ?? []),
    bundleSha256: one("bundle") === "" ? null : one("bundle"),
    mayDial: values.has("dial"),
    isMember: values.has("member"),
    hasTraces: values.has("trace"),
  };
}

function nodesOf(lines: readonly string[]): HostNode[] {
  const versions = new Map<string, string>();
  for (const line of lines) {
    const space = line.indexOf(" ");
    versions.set(line.slice(space + 1), line.slice(0, space));
  }
  return [...versions].map(([path, version]) => ({ path, version }));
}
