import { useQuery } from "urql";
import { Redirect } from "wouter";
import { usePerson } from "../session/session";
import { SecondFactor } from "../settings/factor_operations";

/** Where each role begins. */
const HOMES = { ADMIN: "/people", OPS: "/files", CLIENT: "/files" } as const;

/** The first page: the second factor, where the role needs one and there is none, for nothing else is open then. */
export default function Home() {
  const { role } = usePerson();
  const [{ data, fetching }] = useQuery({ query: SecondFactor });
  if (fetching) return null;
  const isLacking = data?.secondFactor.required && !data.secondFactor.enabled;
  return <Redirect to={isLacking ? "/settings" : HOMES[role]} replace />;
}
