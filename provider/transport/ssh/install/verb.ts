import { z } from "zod";
import { isErrorCode, LIMITS, OffloadError } from "tls-offload-agent/contract";
import { tryAsRoot, type RootLogin } from "../root";
import { quoted } from "../shell";

const DOING = "installing the agent";

const answerLine = z.union([
  z.object({ ok: z.literal(true), state: z.string().default("installed") }),
  z.object({
    ok: z.literal(false),
    code: z.string(),
    where: z.string().default(""),
    parameters: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
    message: z.string().default(""),
  }),
]);

/** Makes the host run a bundle that is there. The agent itself does it, and goes back by itself when it does not serve. */
export async function runInstall(login: RootLogin, bundle: string, node: string): Promise<string> {
  const script = `exec ${quoted(node)} ${quoted(bundle)} install --node ${quoted(node)}\n`;
  const timeoutSeconds = LIMITS.hostInstallSeconds;
  const { status, stdout, stderr } = await tryAsRoot(login, { script, doing: DOING, timeoutSeconds });
  const where = `host ${login.session.host}`;
  const answer = parseAnswer(stdout.toString("utf8"));
  if (answer === undefined) {
    const detail = `${stderr.trim()} (exit status ${status})`.trim();
    throw new OffloadError("HOST_COMMAND_FAILED", where, { doing: DOING, detail });
  }
  if (answer.ok) return answer.state;
  const { code, parameters, message } = answer;
  if (!isErrorCode(code)) {
    throw new OffloadError("HOST_COMMAND_FAILED", where, { doing: DOING, detail: message || code });
  }
  const place = answer.where === "" ? where : `${where}: ${answer.where}`;
  throw new OffloadError(code, place, parameters as never);
}

/** The last line that is JSON: a login's own greetings may come before. Exported for its test. */
export function parseAnswer(text: string): z.output<typeof answerLine> | undefined {
  for (const line of text.trim().split("\n").reverse()) {
    if (!line.startsWith("{")) continue;
    try {
      const parsed = answerLine.safeParse(JSON.parse(line));
      if (parsed.success) return parsed.data;
    } catch {
      // Not it.
    }
  }
  return undefined;
}
