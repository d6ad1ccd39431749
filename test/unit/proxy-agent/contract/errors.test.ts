import { describe, expect, it } from "vitest";
import { agentErrors } from "../../../../proxy-agent/contract/errors/agent";
import { driftErrors } from "../../../../proxy-agent/contract/errors/drift";
import { hostErrors } from "../../../../proxy-agent/contract/errors/hosts";
import { inputErrors } from "../../../../proxy-agent/contract/errors/inputs";
import { runErrors } from "../../../../proxy-agent/contract/errors/run";
import { sshErrors } from "../../../../proxy-agent/contract/errors/ssh";
import { ERRORS } from "tls-offload-agent/contract";

describe("the registry of errors", () => {
  it("does not answer one code's question with another error's words", () => {
    const parts = [agentErrors, driftErrors, hostErrors, inputErrors, runErrors, sshErrors];
    const codes = parts.flatMap((part) => Object.keys(part));
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
    expect(Object.keys(ERRORS).sort()).toEqual(codes.sort());
  });
});
