import * as pulumi from "@pulumi/pulumi";
import type { Unchecked } from "../resource/definition";
import type { Finding } from "../resource/finding";
import type { Target } from "../resource/hidden-input";
import { isPlainObject } from "../resource/parse";
import type { Place } from "./place";
import { programFindings } from "./rules";

/** One resource of the running program, as its constructor saw it. */
export interface Member {
  readonly resource: pulumi.CustomResource;
  readonly place: Place;
  /** With defaults; outputs stand as unknown. */
  readonly inputs: Unchecked;
  /** The arguments themselves, whose outputs tell which resource they came from. */
  readonly given: Unchecked;
  readonly target: pulumi.Input<Target> | undefined;
}

/** A finding, and the resource that it is about. */
export interface MemberFinding {
  readonly member: Member;
  readonly finding: Finding;
}

/**
 * The resources that one run of a program has declared so far, and what was said about them. Kept by the
 * constructors, because Pulumi shows a dynamic provider one resource at a time.
 */
export class Program {
  readonly members: Member[] = [];
  private readonly said = new Set<string>();
  private scheduled = false;

  add(member: Member): void {
    this.members.push(member);
    if (this.scheduled) return;
    this.scheduled = true;
    // A microtask runs when the program's code has come to its end or to an `await`, before Pulumi has sent
    // the first resource to the engine. The rules only ever find more as resources are added.
    queueMicrotask(() => {
      this.scheduled = false;
      for (const { member: about, finding } of programFindings(this.members))
        this.report(about.place, [finding]);
    });
  }

  /** Says each thing once. Without a resource argument, because Pulumi would wait for the resource's URN. */
  report({ type, name }: Pick<Place, "type" | "name">, findings: readonly Finding[]): void {
    for (const { severity, text } of findings) {
      const message = text(`${type} ${name}`);
      if (this.said.has(message)) continue;
      this.said.add(message);
      void (severity === "error" ? pulumi.log.error(message) : pulumi.log.warn(message));
    }
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
