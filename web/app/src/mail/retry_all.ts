import type { Client } from "urql";
import { problemOf } from "../api/problem";
import type { Problem } from "../api/problem";
import { DeadMails, RetryMail } from "./operations";

const PAGE = 100;

/** How many went on their way, how many cannot, and what ended it before the last one. */
export interface Retried {
  sent: number;
  over: number;
  problem: Problem | null;
}

/** Has one mail after the other sent again, the latest first. Those that die meanwhile stand before where it is, and are left alone. */
export async function retryAll(client: Client, onStep: (sent: number) => void): Promise<Retried> {
  const retried: Retried = { sent: 0, over: 0, problem: null };
  const read = (after: string | null) => client.query(DeadMails, { first: PAGE, after }, { requestPolicy: "network-only" }).toPromise();
  let answer = await read(null);
  for (;;) {
    if (!answer.data) return { ...retried, problem: answer.error ? problemOf(answer.error) : { code: "INTERNAL", message: "" } };
    const { nodes, pageInfo } = answer.data.deadMails;
    for (const { id } of nodes) {
      const result = await client.mutation(RetryMail, { id }).toPromise();
      const problem = result.error ? problemOf(result.error) : null;
      if (!problem) retried.sent += 1;
      else if (problem.code === "CONFLICT") retried.over += 1;
      // Not found is what somebody else has had sent.
      else if (problem.code !== "NOT_FOUND") return { ...retried, problem };
      onStep(retried.sent);
    }
    if (!pageInfo.hasNextPage) return retried;
    answer = await read(pageInfo.endCursor);
  }
}
