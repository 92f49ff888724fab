import { describe, expect, it } from "vitest";
import { outcomeOf, toneOf } from "./states";

describe("states", () => {
  it.each([
    ["running", "good"],
    ["InService", "good"],
    ["ALARM", "bad"],
    ["UPDATE_FAILED", "bad"],
    ["Rebooting", "moving"],
    ["stopped", "idle"],
    ["", "none"],
    ["something-new", "idle"],
  ])("%s is %s", (state, tone) => expect(toneOf(state)).toBe(tone));

  it("words every outcome, known or not", () => {
    expect(outcomeOf("region_off")).toMatchObject({ word: "region off", tone: "idle" });
    expect(outcomeOf("")).toMatchObject({ word: "never read" });
    expect(outcomeOf("brand_new")).toMatchObject({ word: "brand new", tone: "bad" });
  });
});
