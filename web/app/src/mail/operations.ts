import { graphql } from "../api/graphql";
import type { ResultOf } from "../api/graphql";

export const DeadMails = graphql(`
  query DeadMails($first: Int!, $after: String) {
    deadMails(first: $first, after: $after) {
      nodes {
        id
        template
        recipient
        failedAt
        attempts
        reason
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      totalCount
    }
  }
`);

export type DeadMail = ResultOf<typeof DeadMails>["deadMails"]["nodes"][number];

export const RetryMail = graphql(`
  mutation RetryMail($id: ID!) {
    retryMail(id: $id)
  }
`);
