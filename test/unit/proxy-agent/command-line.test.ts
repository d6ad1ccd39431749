import { describe, expect, it } from "vitest";
import { parseCommandLine, UsageError, usageText } from "../../../proxy-agent/command-line";

/** As the command on a host calls the agent. */
const called = (...args: string[]): ReturnType<typeof parseCommandLine> =>
  parseCommandLine([...args, "--state-dir", "/var/lib/tls-offload"], true);

describe("what a person on call types", () => {
  it.each(["status", "drain", "undrain", "facts", "uninstall"])(
    "%s stands in the help, in one line",
    (name) => {
      const lines = usageText(true).split("\n");
      expect(lines.filter((line) => line.startsWith(`  ${name} `))).toHaveLength(1);
      expect(called(name).command).toBe(name);
    },
  );

  it("is told in the words that exist on a host, where nobody knows of files and directories", () => {
    const help = usageText(true);
    expect(help).toMatch(/^usage: proxy-agent <command>/);
    for (const unknown of ["agent.cjs", "--state-dir", "supervise"]) expect(help).not.toContain(unknown);
    expect(Math.max(...help.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(90);
  });

  it("may be a call for help in any way", () => {
    for (const args of [["--help"], ["-h"], ["help"], ["help", "drain"], ["drain", "--help"]]) {
      expect(called(...args).command).toBe("help");
    }
  });

  it("is never half understood", () => {
    const mistakes: [string[], string][] = [
      [[], "there is no command"],
      [["drian"], 'there is no command "drian"'],
      [["drain", "memory"], 'drain takes no "memory"'],
      [["drain", "--why", "memory"], "Unknown option '--why'"],
      [["drain", "--reason"], "--reason"],
    ];
    for (const [args, problem] of mistakes) {
      expect(() => called(...args)).toThrow(UsageError);
      expect(() => called(...args)).toThrow(problem);
      expect(() => called(...args)).toThrow("usage: proxy-agent <command>");
    }
    expect(() => parseCommandLine(["status"], false)).toThrow("--state-dir is missing");
  });
});
