import type { Client } from "urql";
import { expect, it } from "vitest";
import { DeadMails } from "./operations";
import { retryAll } from "./retry_all";

const refusal = (code: string) => ({ error: { graphQLErrors: [{ message: "", extensions: { code } }] } });

/** A server with these pages of mails, which answers a retry by the mail's id: an error's code, or nothing. */
function clientOf(pages: string[][]) {
  const tried: string[] = [];
  const client = {
    query: (query: unknown, { after }: { after: string | null }) => {
      expect(query).toBe(DeadMails);
      const at = Number(after ?? 0);
      const pageInfo = { hasNextPage: at + 1 < pages.length, endCursor: String(at + 1) };
      const deadMails = { nodes: pages[at]?.map((id) => ({ id })), pageInfo };
      return { toPromise: () => Promise.resolve(pages[at] ? { data: { deadMails } } : {}) };
    },
    mutation: (_: unknown, { id }: { id: string }) => {
      tried.push(id);
      return { toPromise: () => Promise.resolve(/^[A-Z]/.test(id) ? refusal(id) : { data: { retryMail: true } }) };
    },
  };
  return { client: client as unknown as Client, tried };
}

it("goes through all pages, counts what cannot be sent, and passes by what somebody else has had sent", async () => {
  const { client, tried } = clientOf([["a", "CONFLICT"], ["NOT_FOUND", "b", "c"]]);
  const steps: number[] = [];
  expect(await retryAll(client, (sent) => steps.push(sent))).toEqual({ sent: 3, over: 1, problem: null });
  expect(tried).toEqual(["a", "CONFLICT", "NOT_FOUND", "b", "c"]);
  expect(steps).toEqual([1, 1, 1, 2, 3]);
});

it("stops at a problem, and says how far it came", async () => {
  const { client, tried } = clientOf([["a", "UNAVAILABLE", "b"]]);
  const retried = await retryAll(client, () => undefined);
  expect([retried.sent, retried.problem?.code]).toEqual([1, "UNAVAILABLE"]);
  expect(tried).toEqual(["a", "UNAVAILABLE"]);
});
