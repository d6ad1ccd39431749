import { OffloadError } from "tls-offload-agent/contract";
import type { Deadline } from "../../fleet/deadline";
import type { ExecResult, SshSession } from "./session";
import { shellCommand } from "./shell";
import type { Survey } from "./survey";

/** A login that is root, or becomes it by sudo. */
export interface RootLogin {
  readonly session: SshSession;
  readonly survey: Survey;
  readonly deadline: Deadline;
}

export interface RootScript {
  /** POSIX shell. It is seen in the host's process list: never a secret in it. */
  readonly script: string;
  /** For messages: "sending the agent". */
  readonly doing: string;
  /** Standard input of the script. */
  readonly input?: Buffer;
  /** At most; never longer than the operation's own time. */
  readonly timeoutSeconds: number;
}

const PREAMBLE = `set -eu
umask 022
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
cd /
`;

export function mayBeRoot({ isRoot, maySudo }: Survey): boolean {
  return isRoot || maySudo;
}

/** Where an agent is installed: throws LOGIN_NOT_IN_GROUP for a login that may neither use nor start it. */
export function requireUse(host: string, survey: Survey): void {
  if (mayBeRoot(survey) || survey.mayDial || survey.isMember) return;
  throw new OffloadError("LOGIN_NOT_IN_GROUP", `host ${host}`, { user: survey.user });
}

/** The only way in which anything on a host is run as root. Throws HOST_COMMAND_FAILED when it does not succeed. */
export async function asRoot(login: RootLogin, script: RootScript): Promise<Buffer> {
  const { status, stdout, stderr } = await tryAsRoot(login, script);
  if (status === 0) return stdout;
  const said = stderr.trim().replace(/\.$/, "");
  const detail = said === "" ? `exit status ${status}` : said;
  const where = `host ${login.session.host}`;
  throw new OffloadError("HOST_COMMAND_FAILED", where, { doing: script.doing, detail });
}

/** The same for a script that says itself how it ended. Throws INSTALL_NEEDS_ROOT. */
export async function tryAsRoot(
  { session, survey, deadline }: RootLogin,
  { script, doing, input, timeoutSeconds }: RootScript,
): Promise<ExecResult> {
  deadline.check(`${doing} (host ${session.host})`);
  const { isRoot, user } = survey;
  if (!mayBeRoot(survey)) {
    throw new OffloadError("INSTALL_NEEDS_ROOT", `host ${session.host}`, { doing, user });
  }
  const command = shellCommand(PREAMBLE + script);
  return session.exec(isRoot ? command : `sudo -n ${command}`, {
    input: input ?? "",
    shown: doing,
    timeoutSeconds: Math.min(timeoutSeconds, deadline.remainingSeconds()),
  });
}
