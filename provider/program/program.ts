import * as pulumi from "@pulumi/pulumi";
import { review } from "../resource/check";
import type { Declaration, Unchecked } from "../resource/definition";
import type { Finding } from "../resource/finding";
import type { Target } from "../resource/hidden-input";
import { isPlainObject } from "../resource/parse";
import { hasUnknown } from "../resource/unknowns";
import type { Zone } from "../zone/schema";
import { plain } from "./plain";
import type { Place } from "./place";
import { programFindings } from "./rules";

/** One resource of the running program, as its constructor knows it. */
export interface Member {
  readonly resource: pulumi.CustomResource;
  readonly place: Place;
  readonly declaration: Declaration;
  /** The arguments themselves, whose outputs tell which resource they came from. */
  readonly given: Unchecked;
  readonly target: pulumi.Input<Target> | undefined;
  readonly zone: pulumi.Input<Zone> | undefined;
  /** With defaults; outputs stand as unknown until they are resolved. */
  inputs: Unchecked;
  advice: readonly Finding[];
}

/** A finding, and the resource that it is about. */
export interface MemberFinding {
  readonly member: Member;
  readonly finding: Finding;
}

/**
 * The resources that one run of a program has declared so far, and what was said about them. Kept by the
 * constructors, because Pulumi shows a dynamic provider one resource at a time, and stops at the first that it
 * refuses.
 */
export class Program {
  readonly members: Member[] = [];
  private readonly said = new Set<string>();
  private scheduled = false;
  private failed = false;

  /** `given` is with the hidden input. */
  add(declared: Omit<Member, "inputs" | "advice">, given: Unchecked): void {
    const known = { ...(plain(given) as Unchecked) };
    const member: Member = { ...declared, inputs: {}, advice: [] };
    this.members.push(member);
    this.judge(member, known);
    for (const [name, value] of Object.entries(given)) {
      if (!hasUnknown(known[name])) continue;
      // Secrets among them: `pulumi.secret(text)` is known at once. Runs never for what stays unknown.
      (pulumi.output(value) as pulumi.Output<unknown>).apply((resolved) => {
        known[name] = resolved;
        this.judge(member, known);
      });
    }
  }

  /** Says each thing once. Without a resource argument, because Pulumi would wait for the resource's URN. */
  report({ type, name }: Pick<Place, "type" | "name">, findings: readonly Finding[]): void {
    for (const { severity, text } of findings) {
      const message = text(`${type} ${name}`);
      if (this.said.has(message)) continue;
      this.said.add(message);
      if (severity === "error") this.failed = true;
      void (severity === "error" ? pulumi.log.error(message) : pulumi.log.warn(message));
    }
  }

  private judge(member: Member, known: Unchecked): void {
    const context = { olds: undefined, now: new Date() };
    const { inputs, findings } = review(member.declaration, known, context);
    member.inputs = inputs;
    member.advice = findings.filter(({ severity }) => severity === "warning");
    const shown = pulumi.runtime.isDryRun() ? ["error", "at preview"] : ["error"];
    this.report(
      member.place,
      findings.filter(({ severity }) => shown.includes(severity)),
    );
    this.schedule();
  }

  /**
   * A microtask runs when the program's code has come to its end or to an `await`, before Pulumi has sent the
   * first resource to the engine.
   */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      for (const { member, finding } of programFindings(this.members)) this.report(member.place, [finding]);
      // What check would say as advice it may not come to say, once something is refused.
      if (this.failed) for (const { place, advice } of this.members) this.report(place, advice);
    });
  }
}

const programs = new WeakMap<object, Program>();
const withoutStack = {};

/** The program that runs now: the automation API can run several in one process, each with its own stack. */
export function currentProgram(): Program {
  const stack: unknown = pulumi.runtime.getStackResource();
  const key = isPlainObject(stack) ? stack : withoutStack;
  const program = programs.get(key) ?? new Program();
  programs.set(key, program);
  return program;
}
