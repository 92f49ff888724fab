import { expect, it } from "vitest";
import { alphabetical, heading } from "./text";

it("sorts names whatever their case", () => {
  expect(["zebra", "Apple", "apple tree", "Banana"].sort(alphabetical)).toEqual([
    "Apple",
    "apple tree",
    "Banana",
    "zebra",
  ]);
  expect(alphabetical("prod", "PROD")).toBe(0);
});

it("writes short words as the abbreviations they are", () => {
  expect([heading("ou"), heading("environment")]).toEqual(["OU", "Environment"]);
});
