// Which events are looked at. It stands in the address of the page, so that it can be linked to and gone back to.
import type { VariablesOf } from "../api/graphql";
import type { ActItem, AuditEvents } from "./operations";

type AuditFilter = NonNullable<VariablesOf<typeof AuditEvents>["filter"]>;

export const FILTERS = ["action", "actor", "object", "since", "until"] as const;
export type FilterName = (typeof FILTERS)[number];
/** As people choose: `since` and `until` are days, both included. */
export type Filter = Partial<Record<FilterName, string>>;

export function filterIn(params: URLSearchParams): Filter {
  const filter: Filter = {};
  for (const name of FILTERS) {
    const value = params.get(name);
    if (value) filter[name] = value;
  }
  return filter;
}

/** The beginning of a day where the reader is, or of one `later`; null for what is no day. */
function beginningOf(day: string | undefined, later = 0): string | null {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day ?? "") ?? [];
  if (year === undefined) return null;
  const moment = new Date(Number(year), Number(month) - 1, Number(date) + later);
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}

/** As the API has it. */
export function asked(filter: Filter): AuditFilter {
  return {
    action: filter.action ?? null,
    actor: filter.actor ?? null,
    object: filter.object ?? null,
    since: beginningOf(filter.since),
    until: beginningOf(filter.until, 1),
  };
}

/** Whether an event that just came is among those. */
export function fits(act: ActItem, filter: Filter): boolean {
  const { since, until } = asked(filter);
  const at = new Date(act.at).getTime();
  return (
    (filter.action === undefined || act.action === filter.action) &&
    (filter.actor === undefined || act.actor === filter.actor) &&
    (filter.object === undefined || act.object === filter.object) &&
    (!since || at >= new Date(since).getTime()) &&
    (!until || at < new Date(until).getTime())
  );
}
