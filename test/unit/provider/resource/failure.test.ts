import { OffloadError } from "tls-offload-agent/contract";
import { describe, expect, it } from "vitest";
import { PartialFailure, shown, ShownError } from "../../../../provider/resource/failure";
import type { ResourceLog } from "../../../../provider/engine-log/resource-log";

describe("an error on a person's screen", () => {
  it("is its message and no stack, in the form in which the SDK prints it", () => {
    const error = shown(
      new OffloadError("AGENT_MISSING", "host a", { directory: "/x" }),
      "Certificate www",
      quiet(),
    );
    expect(`${error.toString()}: ${error.stack ?? ""}`).toBe(
      "Certificate www: host a: there is no agent in /x. Run `pulumi up --refresh`: it installs the agent and fills it again. (AGENT_MISSING)",
    );
  });

  it("that is a mistake of ours says so, and leaves its stack in the debug log", () => {
    const said: string[] = [];
    const error = shown(new TypeError("x is not a function"), "Domain d", quiet(said));
    expect(error.message).toContain("PROVIDER_FAILED");
    expect(error.message).not.toContain(".ts:");
    expect(said.join("")).toContain("failure.test.ts");
  });

  it("of a partial failure goes through unchanged, with what the engine needs to keep the resource", () => {
    const failure = new PartialFailure("Domain d", "shop/domain/d", { a: 1, __provider: "text" }, [
      "one",
      "two",
    ]);
    const error = shown(failure, "Domain d", quiet());
    expect(error).toBe(failure);
    expect(error).toBeInstanceOf(ShownError);
    expect(failure).toMatchObject({ id: "shop/domain/d", reasons: ["one", "two"], message: "one\ntwo" });
  });
});

function quiet(debug: string[] = []): ResourceLog {
  const nothing = (): void => undefined;
  return {
    info: nothing,
    warning: nothing,
    progress: nothing,
    debug: (text) => debug.push(text),
    flush: () => Promise.resolve(),
  };
}
