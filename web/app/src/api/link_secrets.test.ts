import { expect, it } from "vitest";
import { takeSecrets } from "./link_secrets";

it("takes the secrets out of an address and leaves the rest", () => {
  expect(takeSecrets("https://files.example.com/room/verify-email?token=a%2Bb&x=1#y")).toEqual({
    secrets: { token: "a+b", invitation: null },
    rest: "/room/verify-email?x=1#y",
  });
  expect(takeSecrets("http://127.0.0.1:8080/signup?invitation=i")).toEqual({ secrets: { token: null, invitation: "i" }, rest: "/signup" });
});
