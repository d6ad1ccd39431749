import { deadlineIn } from "../../../provider/fleet/deadline";
import { openSession } from "../../../provider/transport/ssh/pool";
import type { Patience } from "../../../provider/transport/ssh/retry";
import type { SshSession } from "../../../provider/transport/ssh/session";
import { connectionTo } from "./connection";
import { recordedLog, type RecordedLog } from "./log";
import type { Sshd } from "./sshd";

type Changes = Readonly<Record<string, unknown>>;

/** A session with host edge-a. */
export function openTo(
  sshd: Sshd,
  changes: Changes = {},
  {
    log = recordedLog(),
    seconds = 20,
    patience = "known",
  }: { log?: RecordedLog; seconds?: number; patience?: Patience } = {},
): Promise<SshSession> {
  return openSession("edge-a", connectionTo(sshd, changes), { log, deadline: deadlineIn(seconds) }, patience);
}

/** "accepted", or why not. A command has really run where it was accepted. */
export async function outcomeOf(
  sshd: Sshd,
  changes: Changes,
  log: RecordedLog = recordedLog(),
): Promise<string> {
  try {
    const session = await openTo(sshd, changes, { log });
    return (await session.exec("echo accepted")).stdout.toString().trim();
  } catch (error) {
    return (error as Error).message;
  }
}

/** The message of what must fail. */
export async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("It did not fail");
}
