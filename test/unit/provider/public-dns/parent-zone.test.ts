import { afterEach, describe, expect, it, vi } from "vitest";
import { LIMITS } from "tls-offload-agent/contract";
import { delegatedServers } from "../../../../provider/dns/delegation";
import { lookAtParent } from "../../../../provider/public-dns/parent-zone";

vi.mock("../../../../provider/dns/delegation");

const asked = vi.mocked(delegatedServers);

afterEach(() => {
  vi.useRealTimers();
  vi.resetAllMocks();
});

describe("a machine on which no resolver answers", () => {
  it("is asked for every zone above, and an `up` there is neither refused nor warned", async () => {
    asked.mockResolvedValue([]);
    expect(await lookAtParent("web.lb.example.test")).toBeNull();
    expect(asked.mock.calls).toEqual([["lb.example.test"], ["example.test"], ["test"]]);
  });

  it("holds an `up` up for a while only, however many zones might be above", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    asked.mockImplementation(() => {
      vi.advanceTimersByTime(LIMITS.delegationLookSeconds * 500);
      return Promise.resolve([]);
    });
    expect(await lookAtParent(`${"a.".repeat(100)}test`)).toBeNull();
    expect(asked).toHaveBeenCalledTimes(2);
  });
});
