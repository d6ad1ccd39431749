import { z } from "zod";

const MOST = 2;
/** What systemd says of every start and end. */
const NOISE =
  /^(Starting|Started|Stopping|Stopped) |Scheduled restart|Main process exited|Failed with result|left-over|usually indicates unclean|remains running after/;
const logged = z.object({
  time: z.string(),
  level: z.string(),
  role: z.string(),
  message: z.string(),
  error: z.string().optional(),
  what: z.string().optional(),
  how: z.string().optional(),
});

/** The last lines of a log that tell of something wrong: of the agent's own JSON lines, or of plain text. */
export function complaints(text: string, since: number): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  const own = lines.flatMap((line) => complaintOf(line, since));
  const plain = lines.filter((line) => line !== "" && !/^(\{|at )/.test(line) && !NOISE.test(line));
  const errors = plain.filter((line) => /error|fail|cannot|refused/i.test(line));
  return [...own.slice(-MOST), ...(errors.length > 0 ? errors : plain).slice(-MOST)];
}

function complaintOf(line: string, since: number): string[] {
  if (!line.startsWith("{")) return [];
  try {
    const { time, level, role, message, error, what, how } = logged.parse(JSON.parse(line));
    if (level === "info" || Date.parse(time) < since) return [];
    const parts = [`${role}: ${message}`, what, how, error?.split("\n")[0]];
    return [parts.filter((part) => part !== undefined).join(", ")];
  } catch {
    return [];
  }
}
