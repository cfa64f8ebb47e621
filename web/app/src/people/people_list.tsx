// Everybody with an account.
import { useCallback, useState } from "react";
import { useClient } from "urql";
import { Link } from "wouter";
import { ListState } from "../files/list_state";
import { LongList } from "../files/long_list";
import { readPage } from "../files/connection";
import { useNow } from "../files/use_now";
import { usePages } from "../files/use_pages";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { usePerson } from "../session/session";
import { Empty } from "../ui/empty";
import { ROLES } from "../ui/role_choice";
import type { Role } from "../ui/role_choice";
import { SearchBox } from "../ui/search_box";
import { Select } from "../ui/select";
import { Shell } from "../ui/shell";
import { useHeadingFocus } from "../ui/use_heading_focus";
import { People } from "./operations";
import type { PersonItem } from "./operations";
import { PersonDialog } from "./person_dialog";
import { PersonRow } from "./person_row";
import "../design/list.css";
import "../design/own.css";
import "../design/settings.css";
import "../design/people.css";

const PAGE = 100;
const STANDINGS = { all: null, active: false, disabled: true } as const;
type Standing = keyof typeof STANDINGS;

export function PeopleList() {
  const { people, roles, invitations } = useTexts();
  const formats = useFormats();
  const client = useClient();
  const now = useNow();
  const self = usePerson();
  const [search, setSearch] = useState("");
  const [role, setRole] = useState<Role | "">("");
  const [standing, setStanding] = useState<Standing>("all");
  const [managed, setManaged] = useState<PersonItem | null>(null);
  const [deletions, setDeletions] = useState(0);

  const read = useCallback(
    (after: string | null) => {
      const variables = { first: PAGE, after, emailContains: search || null, role: role || null, disabled: STANDINGS[standing] };
      return readPage(client, People, variables, (data) => data.users);
    },
    [client, search, role, standing],
  );
  const pages = usePages<PersonItem>(read);
  const { put, drop } = pages;

  // The button that asked for it is gone with the person.
  useHeadingFocus(deletions);

  const isEmpty = pages.isThere && pages.items.length === 0 && !pages.isBusy && !pages.problem;
  return (
    <Shell
      title={people.title}
      aside={
        <div className="actions">
          {pages.isThere && <p className="count" role="status">{people.count(formats.number(pages.total), pages.total === 1)}</p>}
          <Link href="/invitations" className="button primary">
            {invitations.invite}
          </Link>
        </div>
      }
    >
      <div className="tools">
        <SearchBox label={people.search} onSearch={setSearch} />
        <Select<Role | ""> label={people.role} value={role} onChange={setRole}>
          <option value="">{people.everyRole}</option>
          {ROLES.map((one) => (
            <option key={one} value={one}>
              {roles[one]}
            </option>
          ))}
        </Select>
        <Select<Standing> label={people.standing} value={standing} onChange={setStanding}>
          <option value="all">{people.everyStanding}</option>
          <option value="active">{people.isActive}</option>
          <option value="disabled">{people.isDisabled}</option>
        </Select>
      </div>
      {isEmpty && <Empty title={people.none} text={people.noneText} />}
      <LongList
        label={people.list}
        items={pages.items}
        total={pages.total}
        isChanging={pages.isAnew}
        onNearEnd={pages.more}
        row={(person) => <PersonRow person={person} now={now} isSelf={person.id === self.id} onManage={setManaged} />}
      />
      <ListState pages={pages} />
      {managed && (
        <PersonDialog
          person={managed}
          onClose={() => setManaged(null)}
          onChanged={put}
          onDeleted={(id) => {
            drop(id);
            setDeletions((count) => count + 1);
          }}
        />
      )}
    </Shell>
  );
}
