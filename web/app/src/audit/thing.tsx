import { hasName, useName } from "./names";
import { useWords } from "./words";

/** Something an event tells of: by its name or in words where it has any, and by its id or code otherwise. */
export function Thing({ id }: { id: string }) {
  const name = useName(id);
  const { detail } = useWords();
  if (name) return <bdi title={name.email ?? id}>{name.name}</bdi>;
  return name === undefined ? "…" : (detail(id) ?? <code>{id}</code>);
}

/** Whether there is more to say of it than an id. */
export function useIsTelling(): (id: string) => boolean {
  const { detail } = useWords();
  return (id) => hasName(id) || detail(id) !== undefined;
}
