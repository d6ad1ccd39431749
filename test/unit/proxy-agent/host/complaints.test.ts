import { describe, expect, it } from "vitest";
import { complaints } from "../../../../proxy-agent/host/complaints";

const SINCE = Date.parse("2026-01-01T00:00:00Z");
const line = (fields: object): string =>
  JSON.stringify({
    time: "2026-01-01T00:00:01Z",
    level: "warn",
    role: "supervise",
    message: "ended",
    ...fields,
  });

describe("why an agent did not serve", () => {
  it("is the last things that went wrong, in words", () => {
    const text = [
      line({ level: "info", message: "started", what: "dns" }),
      line({ what: "control", how: "exit code 3" }),
      line({ role: "control", level: "error", message: "died of a mistake", error: "no memory\n    at x" }),
    ].join("\n");
    expect(complaints(text, SINCE)).toEqual([
      "supervise: ended, control, exit code 3",
      "control: died of a mistake, no memory",
    ]);
  });

  it("is not what went wrong with the version before", () => {
    expect(complaints(line({ time: "2025-12-31T23:59:59Z" }), SINCE)).toEqual([]);
  });

  it("is what Node said, without the lines that lead there", () => {
    const text =
      "file.cjs:1\nthrow new Error()\n\nError: broken at start\n    at main (file.cjs:1:1)\n\nNode.js v24";
    expect(complaints(text, SINCE)).toContain("Error: broken at start");
  });

  it("is not what systemd says of every end", () => {
    const text = "Started a.service.\na.service: Main process exited, code=exited\nSyntaxError: here";
    expect(complaints(text, SINCE)).toEqual(["SyntaxError: here"]);
    const traffic = [
      "a.service: Unit process 12 (node) remains running after unit stopped.",
      "a.service: Found left-over process 12 (node) in control group while starting unit. Ignoring.",
      "This usually indicates unclean termination of a previous run, or service implementation deficiencies.",
    ];
    expect(complaints(traffic.join("\n"), SINCE)).toEqual([]);
  });

  it("survives a half-written line", () => {
    expect(complaints('{"time":"2026', SINCE)).toEqual([]);
  });
});
