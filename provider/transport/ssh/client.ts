import { callOver } from "tls-offload-agent/client";
import { API, HOST_LAYOUT, LIMITS, OffloadError } from "tls-offload-agent/contract";
import type { AgentClient } from "../agent-client";
import { Channels } from "./channels";
import { PROHIBITED } from "./link";
import type { SshSession } from "./session";
import type { Survey } from "./survey";

/** For messages. */
export const LOG_PLACE = `${HOST_LAYOUT.stateDir}/logs (or \`journalctl -u ${HOST_LAYOUT.unit}\`)`;

/** The session of the moment: a lost one is opened anew, within the time that the call has. */
export type OpenSession = (seconds: number) => Promise<SshSession>;

const channelsOf = new WeakMap<SshSession, Channels>();

/** The agent of a host that is reached over SSH. */
export function sshClient(host: string, open: OpenSession, command: string): AgentClient {
  return {
    host,
    connect: async (address, port) => {
      const session = await open(LIMITS.sshCommandSeconds);
      return session.forward(address, port).catch((error: unknown) => {
        throw whyNoConnection(error);
      });
    },
    call: async (name, request, options = {}) => {
      const attempt = async (): ReturnType<typeof callOver<typeof API, typeof name>> => {
        const session = await open(options.timeoutSeconds ?? LIMITS.apiRequestSeconds);
        const call = { table: API, name, request, where: `host ${host}`, ...options };
        return callOver(channelsOn(session, command), LOG_PLACE, call);
      };
      try {
        return await attempt();
      } catch (error) {
        // Of anything but a question nobody knows whether it was heard: the transaction looks at what became of it.
        if (API[name].method !== "GET" || !wasCut(error)) throw asAgents(error);
        return attempt().catch((again: unknown) => {
          throw asAgents(again);
        });
      }
    },
  };
}

/** That nobody listens there is what was to be found out. A rule of sshd's, or a lost connection, is not about that. */
function whyNoConnection(error: unknown): unknown {
  if (!(error instanceof OffloadError) || error.code !== "SSH_CHANNEL_REFUSED") return error;
  const { detail } = (error as OffloadError<"SSH_CHANNEL_REFUSED">).parameters;
  return detail === PROHIBITED ? error : new Error(String(detail), { cause: error });
}

/** A login whose command is fixed runs the agent's dial-stdio whatever it is asked. */
export function dialCommand(survey: Survey | null): string {
  const dial = `${HOST_LAYOUT.command} dial-stdio`;
  return survey === null || survey.isRoot || survey.mayDial || !survey.maySudo ? dial : `sudo -n ${dial}`;
}

function channelsOn(session: SshSession, command: string): Channels {
  const known = channelsOf.get(session);
  if (known !== undefined) return known;
  const channels = new Channels(() => session.stream(command));
  channelsOf.set(session, channels);
  return channels;
}

function wasCut(error: unknown): boolean {
  const cause = causeOf(error);
  if (cause instanceof OffloadError) return cause.code === "SSH_CONNECTION_LOST";
  // One that was given up for its time has no code.
  return cause instanceof Error && "code" in cause;
}

/** SSH's own troubles are told as such; a dial-stdio that failed says why the agent does not answer. */
function asAgents(error: unknown): unknown {
  const cause = causeOf(error);
  if (!(error instanceof OffloadError) || !(cause instanceof OffloadError)) return error;
  if (cause.code !== "SSH_COMMAND_FAILED") return cause;
  const { stderr, status } = (cause as OffloadError<"SSH_COMMAND_FAILED">).parameters;
  const detail = stderr === "" ? `\`proxy-agent dial-stdio\` ended with status ${status}` : stderr;
  return new OffloadError("AGENT_UNREACHABLE", error.where, { detail, log: LOG_PLACE }, { cause });
}

function causeOf(error: unknown): unknown {
  return error instanceof OffloadError && error.code === "AGENT_UNREACHABLE" ? error.cause : undefined;
}
