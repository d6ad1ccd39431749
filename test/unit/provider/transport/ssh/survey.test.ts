import { execSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeUnless } from "../../../../support/needs";
import { parseSurvey, SURVEY_COMMAND } from "../../../../../provider/transport/ssh/survey";

const ANSWER = [
  "Welcome to edge-a! tls-offload:uid=0 is not at the start of a line",
  "tls-offload:uid=1000",
  "tls-offload:user=deploy",
  "tls-offload:machine=aarch64",
  "tls-offload:sudo=yes",
  "tls-offload:systemd=yes",
  "tls-offload:node=v18.19.0 /usr/bin/node",
  "tls-offload:node=v18.19.0 /usr/bin/node",
  "tls-offload:node= /opt/with space/node",
  "tls-offload:bundle=ab12",
  "tls-offload:dial=yes",
  "tls-offload:member=yes",
  "tls-offload:trace=/opt/tls-offload",
  "tls-offload:end=yes",
  "",
];

describe("what a host says of itself", () => {
  it("is understood among a login's own greetings, with either kind of line end", () => {
    for (const lineEnd of ["\n", "\r\n"]) {
      expect(parseSurvey(ANSWER.join(lineEnd))).toEqual({
        user: "deploy",
        isRoot: false,
        maySudo: true,
        hasSystemd: true,
        machine: "aarch64",
        nodes: [
          { path: "/usr/bin/node", version: "v18.19.0" },
          { path: "/opt/with space/node", version: "" },
        ],
        bundleSha256: "ab12",
        mayDial: true,
        isMember: true,
        hasTraces: true,
      });
    }
  });

  it("is not taken for whole when its end is missing, nor when the login runs something else", () => {
    expect(parseSurvey(ANSWER.slice(0, -2).join("\n"))).toBeNull();
    expect(parseSurvey("")).toBeNull();
    expect(parseSurvey("This account is currently not available.\n")).toBeNull();
  });

  it("is asked for in words that a real shell understands", () => {
    const answer = parseSurvey(execSync(SURVEY_COMMAND, { shell: "/bin/sh" }).toString());
    expect(answer).toMatchObject({ user: userInfo().username, isRoot: process.getuid?.() === 0 });
    expect(answer?.machine).not.toBe("");
  });
});

const notRoot = process.getuid?.() === 0 ? null : "root: what root will run has to be its own";

describeUnless(notRoot, "the Node that root will run", () => {
  it("is none that somebody else could replace", () => {
    const directory = mkdtempSync("/var/tls-offload-survey-");
    try {
      const node = join(directory, "node");
      writeFileSync(node, "#!/bin/sh\necho v24.0.0\n", { mode: 0o755 });
      const found = (mode: number): unknown => {
        chmodSync(directory, mode);
        const env = { ...process.env, PATH: `${directory}:${process.env["PATH"] ?? ""}` };
        return parseSurvey(execSync(SURVEY_COMMAND, { shell: "/bin/sh", env }).toString())?.nodes[0];
      };
      expect(found(0o755)).toEqual({ path: node, version: "v24.0.0" });
      expect(found(0o757)).not.toMatchObject({ path: node });
      chmodSync(node, 0o757);
      expect(found(0o755)).not.toMatchObject({ path: node });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
