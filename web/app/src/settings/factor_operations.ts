import { graphql } from "../api/graphql";
import type { ResultOf } from "../api/graphql";

export const SecondFactor = graphql(`
  query SecondFactor {
    secondFactor {
      enabled
      required
      recoveryCodesLeft
    }
    passkeys {
      id
      lastUsedAt
    }
  }
`);

/** Whether nothing else is open until there is a second factor. A passkey is one from its first use on. */
export function isLacking({ secondFactor, passkeys }: ResultOf<typeof SecondFactor>): boolean {
  return secondFactor.required && !secondFactor.enabled && passkeys.every((passkey) => passkey.lastUsedAt === null);
}

export const EnrolSecondFactor = graphql(`
  mutation EnrolSecondFactor($password: String!) {
    enrolSecondFactor(password: $password) {
      secret
      qrSvg
    }
  }
`);

export const ConfirmSecondFactor = graphql(`
  mutation ConfirmSecondFactor($code: String!) {
    confirmSecondFactor(code: $code) {
      codes
    }
  }
`);

export const RenewRecoveryCodes = graphql(`
  mutation RenewRecoveryCodes($password: String!) {
    renewRecoveryCodes(password: $password) {
      codes
    }
  }
`);

export const DisableSecondFactor = graphql(`
  mutation DisableSecondFactor($password: String!) {
    disableSecondFactor(password: $password)
  }
`);
