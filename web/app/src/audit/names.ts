// What the things are called that events tell of by their ids: people and files, asked for ten at once as rows come into sight.
import { useEffect, useSyncExternalStore } from "react";
import { useClient } from "urql";
import type { Client } from "urql";
import { TenNames } from "./operations";

export interface Name {
  name: string;
  email?: string;
}

const AT_ONCE = 10;
const GATHER_MS = 20;

class Names {
  private readonly known = new Map<string, Name | null>();
  private readonly wanted = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly client: Client) {}

  readonly listen = (act: () => void) => {
    this.listeners.add(act);
    return () => this.listeners.delete(act);
  };

  /** Null: it has none, or is gone. Undefined: not known yet. */
  of(id: string): Name | null | undefined {
    return this.known.get(id);
  }

  want(id: string): void {
    if (this.known.has(id)) return;
    this.wanted.add(id);
    this.timer ??= setTimeout(() => void this.ask(), GATHER_MS);
  }

  private async ask(): Promise<void> {
    const ids = [...this.wanted].slice(0, AT_ONCE);
    ids.forEach((id) => this.wanted.delete(id));
    const at = (place: number) => ids[place] ?? ids[0] ?? "";
    const variables = { i0: at(0), i1: at(1), i2: at(2), i3: at(3), i4: at(4), i5: at(5), i6: at(6), i7: at(7), i8: at(8), i9: at(9) };
    const { data } = await this.client.query(TenNames, variables, { requestPolicy: "network-only" }).toPromise();
    const found = data && [data.n0, data.n1, data.n2, data.n3, data.n4, data.n5, data.n6, data.n7, data.n8, data.n9];
    // Without an answer the ids stand for themselves until the page is opened again.
    ids.forEach((id, place) => {
      const node = found?.[place];
      this.known.set(id, node && "name" in node ? node : null);
    });
    this.timer = this.wanted.size > 0 ? setTimeout(() => void this.ask(), 0) : undefined;
    this.listeners.forEach((act) => act());
  }
}

const namesOf = new WeakMap<Client, Names>();

/** Whether a thing may have one, by its id. */
export const hasName = (id: string | null): id is string => id !== null && /^(user|file)_/.test(id);

function of(client: Client): Names {
  const names = namesOf.get(client) ?? new Names(client);
  namesOf.set(client, names);
  return names;
}

/** What this is called: null where it has no name or is gone, undefined where that is not known yet. */
export function useName(id: string | null): Name | null | undefined {
  const client = useClient();
  const names = of(client);
  useEffect(() => {
    if (hasName(id)) names.want(id);
  }, [id, names]);
  return useSyncExternalStore(names.listen, () => (hasName(id) ? names.of(id) : null));
}
