import { describe, expect, it } from "vitest";
import { claimIn } from "../../../../../../provider/transport/ssh/install/install";
import { parseAnswer } from "../../../../../../provider/transport/ssh/install/verb";

describe("what the agent answers to its installation", () => {
  it("is found after a login's own greetings", () => {
    const text = 'Welcome\n{"motd":"{}"}\n{"ok":true,"state":"upgraded","version":"1.2.0"}\n';
    expect(parseAnswer(text)).toEqual({ ok: true, state: "upgraded" });
  });

  it("is understood from a newer agent, which says more", () => {
    expect(parseAnswer('{"ok":false,"code":"BRAND_NEW","more":[1]}')).toEqual({
      ok: false,
      code: "BRAND_NEW",
      where: "",
      parameters: {},
      message: "",
    });
  });

  it("is no answer when it was cut off", () => {
    for (const text of ["", "Welcome\n", '{"ok":true,"sta', "{}"]) expect(parseAnswer(text)).toBeUndefined();
  });
});

describe("the load balancer of an agent that does not answer", () => {
  it("is known by its document", () => {
    const objects = { a: { id: "a/listener/443", kind: "listener" }, b: { id: "a", kind: "loadBalancer" } };
    expect(claimIn(JSON.stringify({ objects }))).toBe("a");
  });

  it("is none when there is no document, or one that says nothing", () => {
    for (const text of ["", "{", "{}", '{"objects":{}}', "null"]) expect(claimIn(text)).toBeNull();
  });
});
