import { graphql } from "../api/graphql";
import type { FragmentOf, ResultOf } from "../api/graphql";

export const Everybodys = graphql(`
  query Everybodys {
    storageUsage {
      limitBytes
      everybody {
        usedBytes
        limitBytes
        trashBytes
        files
        trashedFiles
        largest(first: 10) {
          user {
            id
            name
            email
          }
          usedBytes
          trashBytes
          files
        }
      }
    }
  }
`);

export type Usage = NonNullable<ResultOf<typeof Everybodys>["storageUsage"]["everybody"]>;

export const KeyRotation = graphql(`
  fragment KeyRotation on KeyRotation {
    phase
    begunAt
    lacking
    total
    rewrapped
    failed
  }
`);

export type Rotation = FragmentOf<typeof KeyRotation>;

export const KeyRing = graphql(
  `
    query KeyRing {
      keyRing {
        source
        instances
        keys {
          id
          purpose
          state
          createdAt
          replacedAt
          needs {
            files
            secondFactors
            mails
            tokensUntil
          }
        }
        rotation {
          ...KeyRotation
        }
      }
    }
  `,
  [KeyRotation],
);

export type Ring = ResultOf<typeof KeyRing>["keyRing"];
export type Key = Ring["keys"][number];

export const RotationNow = graphql(
  `
    query RotationNow {
      keyRing {
        rotation {
          ...KeyRotation
        }
      }
    }
  `,
  [KeyRotation],
);
