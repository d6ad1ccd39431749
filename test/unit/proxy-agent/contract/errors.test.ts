import { describe, expect, it } from "vitest";
import { agentErrors } from "../../../../proxy-agent/contract/errors/agent";
import { dnsErrors } from "../../../../proxy-agent/contract/errors/dns";
import { driftErrors } from "../../../../proxy-agent/contract/errors/drift";
import { hostErrors } from "../../../../proxy-agent/contract/errors/hosts";
import { inputErrors } from "../../../../proxy-agent/contract/errors/inputs";
import { runErrors } from "../../../../proxy-agent/contract/errors/run";
import { sshErrors } from "../../../../proxy-agent/contract/errors/ssh";
import { zoneErrors } from "../../../../proxy-agent/contract/errors/zone";
import { ERRORS, messageOf } from "tls-offload-agent/contract";

describe("the registry of errors", () => {
  it("does not answer one code's question with another error's words", () => {
    const parts = [
      agentErrors,
      dnsErrors,
      driftErrors,
      hostErrors,
      inputErrors,
      runErrors,
      sshErrors,
      zoneErrors,
    ];
    const codes = parts.flatMap((part) => Object.keys(part));
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
    expect(Object.keys(ERRORS).sort()).toEqual(codes.sort());
  });

  it("lets nothing that a host said reach a terminal as a command", () => {
    const stderr = "no\u001b[2J\u001b]0;mine\u0007\r\n\tspace\u009b1A";
    expect(messageOf("SSH_COMMAND_FAILED", "host edge-a", { command: "true", status: 1, stderr })).toBe(
      "host edge-a: `true` ended with status 1: no[2J]0;mine\n\tspace1A. Look at what it says. (SSH_COMMAND_FAILED)",
    );
  });
});
