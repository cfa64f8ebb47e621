import { graphql } from "../api/graphql";

export const SecondFactor = graphql(`
  query SecondFactor {
    secondFactor {
      enabled
      required
      recoveryCodesLeft
    }
  }
`);

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
