import { describe, expect, it } from "vitest";
import { checkInputs } from "../../../../provider/resource/check";
import { serverGroupDeclaration } from "../../../../provider/server-group/declaration";
import { CORRECT, HIDDEN } from "../declared";

describe("check", () => {
  it("hands the hidden input on, and leaves the provider's text to the SDK", () => {
    const { inputs } = checkInputs(
      serverGroupDeclaration,
      {},
      { ...CORRECT.serverGroup, __offload: HIDDEN, __provider: "x" },
    );
    expect(inputs["__offload"]).toEqual(HIDDEN);
    expect(inputs).not.toHaveProperty("__provider");
  });

  it("names no property, because the engine prints the value of one that is named", () => {
    const { failures } = checkInputs(serverGroupDeclaration, {}, { __offload: HIDDEN, adopt: "a secret" });
    expect(failures.map(({ property }) => property)).toEqual(["", "", ""]);
  });

  it("takes the handle that a newer version of another stack exported", () => {
    const hidden = { ...HIDDEN, target: { ...HIDDEN.target, later: 1 }, later: { more: true } };
    const { failures } = checkInputs(
      serverGroupDeclaration,
      {},
      { ...CORRECT.serverGroup, __offload: hidden },
    );
    expect(failures).toEqual([]);
  });

  it("refuses a resource without its load balancer", () => {
    expect(checkInputs(serverGroupDeclaration, {}, CORRECT.serverGroup).failures).toEqual([
      {
        property: "",
        reason:
          "loadBalancer: is missing or incomplete. Give a LoadBalancer, or the handle of one that another stack exported (lb.handle). (INPUT_TYPE)",
      },
    ]);
  });

  it("refuses a resource's name that cannot be part of an id", () => {
    const hidden = { ...HIDDEN, owner: "shop/dev/ServerGroup/my servers" };
    expect(
      checkInputs(serverGroupDeclaration, {}, { ...CORRECT.serverGroup, __offload: hidden }).failures,
    ).toEqual([
      {
        property: "",
        reason:
          "the resource's name has characters that an id cannot have. Use letters, digits, and the characters . _ @ * -. (NAME_INVALID)",
      },
    ]);
  });
});
