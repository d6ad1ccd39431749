import { describe, expect, it } from "vitest";
import { ownerTexts, type Ownership } from "../../../../../provider/dns/claim/owner-record";
import {
  planPut,
  planRemoval,
  standingOf,
  type Holding,
  type Rights,
  type Sight,
} from "../../../../../provider/dns/claim/plan";
import { address, cname, hosts, MINE, OTHERS, proof, record, rightsOf, text, WWW } from "./holdings";

const NOTHING: Sight = { ownerRecords: [], records: [], otherTypes: [] };
const WANTED = record(cname("web.lb.example.net"));

const owned = (ownership: Ownership, more: Partial<Sight> = {}): Sight => ({
  ...NOTHING,
  ownerRecords: [ownerTexts(ownership)],
  ...more,
});

/** "written", "nothing to do", or what a person is told. */
function outcome(holding: Holding, sight: Sight, rights: Partial<Rights> = {}): string {
  try {
    return planPut(holding, sight, rightsOf(MINE, rights)) === null ? "nothing to do" : "written";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("a name", () => {
  it.each<[string, Sight]>([
    ["is free", NOTHING],
    ["is mine, with nothing there", owned(MINE)],
    ["is mine, with another target", owned(MINE, { records: [cname("old.example.net")] })],
    ["is mine, with another TTL", owned(MINE, { records: [cname("web.lb.example.net", 60)] })],
    [
      "is mine, of the create before this one",
      owned({ ...MINE, incarnation: "0" }, { records: WANTED.records }),
    ],
  ])("that %s is written", (_, sight) => {
    expect(outcome(WANTED, sight)).toBe("written");
  });

  it("that leads to one more than is declared is written", () => {
    const records = [address("192.0.2.1"), address("192.0.2.9")];
    expect(outcome(hosts(...records.slice(0, 1)), owned(MINE, { records }))).toBe("written");
    expect(outcome(record(), owned(MINE, { records: WANTED.records }))).toBe("written");
  });

  it("that is as declared is left alone", () => {
    expect(outcome(WANTED, owned(MINE, { records: WANTED.records }))).toBe("nothing to do");
    expect(outcome(record(), owned(MINE))).toBe("nothing to do");
  });

  const REMEDY = "or take it over with `adopt: true`.";
  it.each<[string, Sight, string]>([
    [
      "another stack's",
      owned(OTHERS, { records: [cname("other.example.net")] }),
      `${WWW} belongs to shop/other/CnameRecord/www, not to shop/dev/CnameRecord/www. Choose another name, remove it from the other program, ${REMEDY} (RECORD_OWNED)`,
    ],
    [
      "another stack's that serves nothing there just now",
      owned(OTHERS),
      `${WWW} belongs to shop/other/CnameRecord/www, not to shop/dev/CnameRecord/www. Choose another name, remove it from the other program, ${REMEDY} (RECORD_OWNED)`,
    ],
    [
      "a person's",
      { ...NOTHING, records: [cname("by-hand.example.net")] },
      `${WWW} is there already and was not made by this program: CNAME by-hand.example.net. Remove it, choose another name, ${REMEDY} (RECORD_FOREIGN)`,
    ],
    [
      "a person's although it is as declared",
      { ...NOTHING, records: WANTED.records },
      `${WWW} is there already and was not made by this program: CNAME web.lb.example.net. Remove it, choose another name, ${REMEDY} (RECORD_FOREIGN)`,
    ],
    [
      "nobody can say whose, because another text stands where the owner's would",
      { ...NOTHING, ownerRecords: [["v=spf1 -all"]] },
      `${WWW} is there already and was not made by this program: TXT at _offload-owner.${WWW}. Remove it, choose another name, ${REMEDY} (RECORD_FOREIGN)`,
    ],
    [
      "claimed twice, by me and by another one",
      { ...NOTHING, ownerRecords: [ownerTexts(MINE), ownerTexts(OTHERS)] },
      `${WWW} is there already and was not made by this program: TXT at _offload-owner.${WWW}. Remove it, choose another name, ${REMEDY} (RECORD_FOREIGN)`,
    ],
  ])("that is %s is refused, and written when it is to be taken over", (_, sight, message) => {
    expect(outcome(WANTED, sight)).toBe(message);
    expect(outcome(WANTED, sight, { adopt: true })).toBe("written");
  });

  it("that has records beside which this one cannot stand is refused, to be taken over or not", () => {
    const message = `${WWW} has records of other types (A, TXT), beside which this one cannot stand. Remove these, or choose another name. (RECORD_IN_THE_WAY)`;
    for (const sight of [
      { ...NOTHING, otherTypes: ["A", "TXT"] },
      owned(MINE, { otherTypes: ["A", "TXT"] }),
    ]) {
      expect(outcome(WANTED, sight)).toBe(message);
      expect(outcome(WANTED, sight, { adopt: true })).toBe(message);
    }
  });

  it("whose owner record somebody deleted is known again by what was left there, and by nothing else", () => {
    const left = [address("192.0.2.1"), address("2001:db8::1")];
    const sight = (...records: Sight["records"]): Sight => ({ ...NOTHING, records });
    expect(outcome(hosts(), sight(...[...left].reverse()), { left })).toBe("written");
    for (const other of [
      left.slice(1),
      [...left, address("192.0.2.9")],
      [address("192.0.2.9"), ...left.slice(1)],
    ])
      expect(outcome(hosts(), sight(...other), { left })).toContain("(RECORD_FOREIGN)");
  });

  it("that was this resource's before it was renamed goes on as its own", () => {
    const isMine = (owner: string): boolean => owner === OTHERS.owner || owner === MINE.owner;
    const sight = owned(OTHERS, { records: WANTED.records });
    expect(outcome(WANTED, sight, { isMine })).toBe("written");
    expect(planPut(WANTED, sight, rightsOf(MINE, { isMine }))?.changes).toContainEqual(
      expect.objectContaining({ record: expect.objectContaining({ texts: ownerTexts(MINE) }) as object }),
    );
  });
});

describe("a proof beside those of other stacks", () => {
  const foreign = text("token of other");

  it("is written beside them, and is there when it is among them", () => {
    expect(outcome(proof("dev"), { ...NOTHING, records: [foreign] })).toBe("written");
    const records = [foreign, ...proof("dev").records];
    expect(outcome(proof("dev"), owned(MINE, { records }))).toBe("nothing to do");
  });

  it("is never written or removed by what would touch theirs", () => {
    const sight = owned(MINE, { records: [foreign, ...proof("dev").records] });
    const updates = [
      planPut(proof("dev"), { ...sight, records: [foreign] }, rightsOf(MINE)),
      planRemoval(proof("dev"), sight, MINE),
    ];
    for (const update of updates) {
      expect(update?.changes).not.toContainEqual(
        expect.objectContaining({ kind: "delete rrset", name: proof("dev").name }),
      );
    }
    expect(updates).toHaveLength(2);
  });

  it("is refused where the name leads elsewhere, because a CNAME has no records beside it", () => {
    expect(outcome(proof("dev"), { ...NOTHING, otherTypes: ["CNAME"] })).toBe(
      "_offload-challenge.example.test has records of other types (CNAME), beside which this one cannot stand. Remove these, or choose another name. (RECORD_IN_THE_WAY)",
    );
  });
});

describe("the removal", () => {
  it("of what another incarnation, another owner or nobody has there does nothing", () => {
    const { records } = WANTED;
    for (const sight of [
      NOTHING,
      { ...NOTHING, records },
      owned({ ...MINE, incarnation: "later" }, { records }),
      owned({ ...OTHERS, incarnation: MINE.incarnation }, { records }),
      { ...NOTHING, records, ownerRecords: [["v=spf1 -all"]] },
    ])
      expect(planRemoval(WANTED, sight, MINE)).toBeNull();
    expect(planRemoval(WANTED, owned(MINE, { records }), MINE)).not.toBeNull();
  });

  const { records: left } = WANTED;
  const touches = (update: ReturnType<typeof planRemoval>): unknown =>
    update?.changes.map((change) => (change.kind === "delete rrset" ? change.type : change.kind));

  it("leaves what somebody re-pointed, and takes only the owner record away", () => {
    const changed = owned(MINE, { records: [cname("by-hand.example.net")] });
    expect(touches(planRemoval(WANTED, changed, { ...MINE, left }))).toEqual(["TXT"]);
    expect(touches(planRemoval(WANTED, owned(MINE), { ...MINE, left }))).toEqual(["TXT"]);
    expect(touches(planRemoval(WANTED, owned(MINE, { records: left }), { ...MINE, left }))).toEqual([
      "CNAME",
      "TXT",
    ]);
  });

  it("is conditional on the records that were seen, or a change in between would be lost", () => {
    const update = planRemoval(WANTED, owned(MINE, { records: left }), { ...MINE, left });
    expect(update?.prerequisites).toContainEqual({
      kind: "rrset is",
      name: WWW,
      type: "CNAME",
      records: left,
    });
  });

  it("takes away what is as it was left although the owner record was lost, and nothing else", () => {
    const unowned = { ...NOTHING, records: left };
    expect(planRemoval(WANTED, unowned, { ...MINE, left })?.prerequisites).toEqual([
      { kind: "name not in use", name: WANTED.ownerName },
      { kind: "rrset is", name: WWW, type: "CNAME", records: left },
    ]);
    for (const sight of [
      { ...NOTHING, records: [cname("by-hand.example.net")] },
      { ...unowned, ownerRecords: [["v=spf1 -all"]] },
      owned(OTHERS, { records: left }),
    ])
      expect(planRemoval(WANTED, sight, { ...MINE, left })).toBeNull();
  });
});

it("a name's standing is unreadable wherever it is not one single owner's", () => {
  expect(standingOf({ ownerRecords: [] })).toEqual({ kind: "unowned" });
  expect(standingOf({ ownerRecords: [ownerTexts(MINE)] })).toEqual({ kind: "owned", ...MINE });
  expect(standingOf({ ownerRecords: [ownerTexts(MINE), ownerTexts(MINE)] })).toEqual({ kind: "unreadable" });
  expect(standingOf({ ownerRecords: [["x"]] })).toEqual({ kind: "unreadable" });
});
