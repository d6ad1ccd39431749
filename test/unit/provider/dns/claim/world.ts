import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import { ownerTexts, type Ownership } from "../../../../../provider/dns/claim/owner-record";
import {
  planPut,
  planRemoval,
  sameRecords,
  standingOf,
  textOf,
  type Holding,
  type Rights,
  type Sight,
} from "../../../../../provider/dns/claim/plan";
import type { RecordData, ZoneChange, ZoneUpdate } from "../../../../../provider/dns/rfc2136/types";
import { MemoryZone } from "../../../../support/dns/memory-zone";
import { byHand, rightsOf, send, sightOf, ZONE } from "./holdings";

/** What happens to the zone; a look may be followed by its write at once, much later, or never. */
export type Step =
  | { readonly kind: "look"; readonly who: number }
  | {
      readonly kind: "put";
      readonly who: number;
      readonly records: readonly RecordData[];
      readonly adopt: boolean;
      /** A create, and not a change. */
      readonly fresh: boolean;
      /** Nobody hears that it was done. */
      readonly lost: boolean;
    }
  | { readonly kind: "remove"; readonly who: number; readonly lost: boolean }
  | { readonly kind: "by hand"; readonly change: ZoneChange };

interface Actor {
  readonly holding: Holding;
  readonly sight: Sight;
  /** What its state has; null: nothing. */
  readonly incarnation: string | null;
  readonly left: readonly RecordData[] | null;
}

export type Outcome = "written" | "overtaken" | "nothing to do" | "refused";

/** Some owners, each with a resource that wants the same name, and a person. Every step is judged. */
export class World {
  readonly zone = new MemoryZone(ZONE);
  private incarnations = 0;
  private readonly actors: Actor[];

  constructor(holdings: readonly Holding[]) {
    this.actors = holdings.map((holding) => {
      return { holding, sight: sightOf(this.zone, holding), incarnation: null, left: null };
    });
  }

  step(step: Step): Outcome | null {
    if (step.kind === "by hand") {
      byHand(this.zone, step.change);
      return null;
    }
    const actor = this.actors[step.who];
    if (actor === undefined) throw new Error("there is no such actor");
    const learn = (news: Partial<Actor>): void => {
      this.actors[step.who] = { ...actor, ...news };
    };
    switch (step.kind) {
      case "look":
        learn({ sight: sightOf(this.zone, actor.holding) });
        return null;
      case "put": {
        const incarnation = (step.fresh ? null : actor.incarnation) ?? String(++this.incarnations);
        const left = step.fresh ? null : actor.left;
        const rights = rightsOf({ owner: ownerOf(step.who), incarnation }, { left, adopt: step.adopt });
        const holding = { ...actor.holding, records: step.records };
        const outcome = this.put(holding, actor.sight, rights);
        if (outcome === "written" && !step.lost) learn({ holding, incarnation, left: step.records });
        return outcome;
      }
      case "remove": {
        const ownership = { owner: ownerOf(step.who), incarnation: actor.incarnation ?? "none" };
        const outcome = this.remove(actor.holding, actor.sight, ownership);
        if (outcome === "written" && !step.lost) learn({ incarnation: null, left: null });
        return outcome;
      }
    }
  }

  private put(holding: Holding, sight: Sight, rights: Rights): Outcome {
    const truth = sightOf(this.zone, holding);
    let plan: ZoneUpdate | null;
    try {
      plan = planPut(holding, sight, rights);
    } catch {
      return "refused";
    }
    const outcome = this.apply(holding, plan, !this.differs(holding, sight));
    if (outcome !== "written") return outcome;
    expect(rights.adopt || isFree(holding, truth, rights)).toBe(true);
    const now = sightOf(this.zone, holding);
    expect(now.ownerRecords).toEqual([ownerTexts(rights)]);
    const own = holding.share === "whole" ? now.records : now.records.filter(isAmong(holding.records));
    expect(own.map(lineOf).sort()).toEqual([...holding.records].map(lineOf).sort());
    // Told at the next look, and nothing of anybody's is lost by it.
    if (now.otherTypes.length === 0) expect(planPut(holding, now, rights)).toBeNull();
    else expect(() => planPut(holding, now, rights)).toThrow("RECORD_IN_THE_WAY");
    return outcome;
  }

  private remove(holding: Holding, sight: Sight, ownership: Ownership): Outcome {
    const truth = sightOf(this.zone, holding);
    const plan = planRemoval(holding, sight, ownership);
    const isUnchanged = isDeepStrictEqual(standingOf(sight), standingOf(truth));
    const outcome = this.apply(holding, plan, isUnchanged);
    if (outcome !== "written") return outcome;
    expect(standingOf(truth)).toEqual({ kind: "owned", ...ownership });
    const now = sightOf(this.zone, holding);
    expect(now.ownerRecords).toEqual([]);
    expect(holding.share === "whole" ? now.records : now.records.filter(isAmong(holding.records))).toEqual(
      [],
    );
    return outcome;
  }

  /** What is not the holding's stays as it is, whatever comes of the update; nothing comes of a stale one. */
  private apply(holding: Holding, plan: ZoneUpdate | null, isUnchanged: boolean): Outcome {
    if (plan === null) return "nothing to do";
    const [all, others] = [this.zone.lines(), this.othersThan(holding)];
    const isWritten = send(this.zone, plan) === "NOERROR";
    expect(isWritten).toBe(isUnchanged);
    expect(this.othersThan(holding)).toEqual(others);
    if (!isWritten) expect(this.zone.lines()).toEqual(all);
    return isWritten ? "written" : "overtaken";
  }

  /** Whether somebody wrote what a plan goes by. */
  private differs(holding: Holding, sight: Sight): boolean {
    const truth = sightOf(this.zone, holding);
    const owners = (one: Sight): string[] => one.ownerRecords.map((texts) => JSON.stringify(texts)).sort();
    const isOwnerNameTaken = sight.ownerRecords.length === 0 && this.zone.at(holding.ownerName).length > 0;
    if (isOwnerNameTaken || !isDeepStrictEqual(owners(sight), owners(truth))) return true;
    const hasOthers = truth.otherTypes.length > 0;
    if (holding.share === "shared") return hasOthers;
    return !sameRecords(sight.records, truth.records) || (truth.records.length === 0 && hasOthers);
  }

  private othersThan({ name, ownerName, types, records, share }: Holding): string[] {
    const kept = new MemoryZone(ZONE);
    kept.records = this.zone.records;
    byHand(kept, { kind: "delete rrset", name: ownerName, type: "TXT" });
    if (share === "whole")
      byHand(kept, ...types.map((type) => ({ kind: "delete rrset", name, type }) as const));
    else byHand(kept, ...records.map((record) => ({ kind: "delete record", record }) as const));
    return kept.lines();
  }
}

function ownerOf(who: number): string {
  return `shop/stack-${who}/Any/name`;
}

/** Nobody else has it, by the owner record or by records that this resource did not leave there. */
function isFree(holding: Holding, truth: Sight, { owner, left }: Rights): boolean {
  const standing = standingOf(truth);
  if (standing.kind === "owned") return standing.owner === owner;
  if (standing.kind === "unreadable") return false;
  if (holding.share === "shared" || truth.records.length === 0) return true;
  return left !== null && sameRecords(left, truth.records);
}

function isAmong(records: readonly RecordData[]): (one: RecordData) => boolean {
  return (one) => records.some((record) => textOf(record) === textOf(one));
}

function lineOf(record: RecordData): string {
  return `${record.ttlSeconds} ${textOf(record)}`;
}
