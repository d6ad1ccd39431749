import { createRequire } from "node:module";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sanitize } from "../../../../provider/resource/sanitize";

interface StructClass {
  fromJavaScript: (value: unknown) => { toJavaScript: () => unknown };
}
const { Struct } = createRequire(__filename)("google-protobuf/google/protobuf/struct_pb.js") as {
  Struct: StructClass;
};

describe("results for the engine", () => {
  it("never hold what its protocol refuses: an object would be made that no state knows", () => {
    const odd = fc.constantFrom(
      undefined,
      NaN,
      Infinity,
      1n,
      Symbol("s"),
      () => 1,
      new Date(0),
      new Date(NaN),
    );
    const value = fc.anything({
      values: [odd, fc.string(), fc.double(), fc.boolean()],
    });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), (properties) => {
        const clean = sanitize(properties);
        expect(Struct.fromJavaScript(clean).toJavaScript()).toEqual(clean);
        expect(sanitize(clean)).toEqual(clean);
      }),
      { verbose: true },
    );
  });

  it("keep 0, false, empty text and null, which are values", () => {
    const values = { zero: 0, no: false, empty: "", nothing: null, list: [0, null], inner: { x: 0 } };
    expect(sanitize(values)).toEqual(values);
  });

  it("drop what is undefined, at any depth, and keep places in lists", () => {
    expect(sanitize({ a: undefined, b: { c: undefined, d: [undefined, 1] } })).toEqual({
      b: { d: [null, 1] },
    });
  });
});
