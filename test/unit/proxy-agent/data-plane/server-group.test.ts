import { describe, expect, test } from "vitest";
import {
  candidatesOf,
  ServerGroup,
  type Server,
} from "../../../../proxy-agent/data-plane/builtin/worker/server-group";

const server = (key: string, weight = 100): Server => ({ key, id: key, ip: "127.0.0.1", port: 1, weight });
const keys = (servers: readonly Server[]): string => servers.map(({ key }) => key).join("");

describe("who may get a new connection", () => {
  const all = [server("h"), server("c"), server("u"), server("x"), server("w", 0)];

  test("is healthy or unchecked, and has a weight", () => {
    const health = { h: "healthy", c: "unchecked", u: "unknown", x: "unhealthy", w: "healthy" } as const;
    expect(keys(candidatesOf(all, health))).toBe("hc");
  });

  test("may be unknown where nobody better is", () => {
    expect(keys(candidatesOf(all, { h: "unhealthy", c: "unhealthy", x: "unhealthy", w: "healthy" }))).toBe(
      "u",
    );
  });

  test("is never unhealthy", () => {
    expect(candidatesOf([server("x")], { x: "unhealthy" })).toEqual([]);
  });
});

describe("a server group", () => {
  const configured = (offset: number, scheduler: "Wrr" | "Rr" = "Wrr"): ServerGroup => {
    const group = new ServerGroup("g", offset);
    const servers = [3, 1].map((weight, index) => ({
      id: `s${index}`,
      ip: "127.0.0.1",
      port: index + 1,
      weight,
    }));
    group.configure({ id: "g", scheduler, drainTimeoutSeconds: null, servers }, {});
    return group;
  };
  const chosen = (group: ServerGroup, count: number): string[] =>
    Array.from({ length: count }, () => group.choose([])?.id ?? "nobody");

  test("goes by weights with Wrr and ignores them with Rr", () => {
    expect(chosen(configured(0), 4)).toEqual(["s0", "s0", "s1", "s0"]);
    expect(chosen(configured(0, "Rr"), 4)).toEqual(["s0", "s1", "s0", "s1"]);
  });

  test("begins elsewhere in the next worker, so that two connections reach two servers", () => {
    expect([chosen(configured(0, "Rr"), 1), chosen(configured(1, "Rr"), 1)]).toEqual([["s0"], ["s1"]]);
  });

  test("leaves out who was tried", () => {
    const group = configured(0);
    const first = group.choose([]);
    const second = first && group.choose([first]);
    expect([first?.id, second?.id]).toEqual(["s0", "s1"]);
    expect(first && second && group.choose([first, second])).toBeUndefined();
  });
});
