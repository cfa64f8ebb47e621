// What was shared with a Client.
import { useCallback, useState } from "react";
import { useClient } from "urql";
import type { ResultOf } from "../api/graphql";
import { useTexts } from "../i18n/language";
import { Empty } from "../ui/empty";
import { Shell } from "../ui/shell";
import { useToast } from "../ui/toasts";
import { Count, FileListing } from "./file_listing";
import { LongList } from "./long_list";
import { FileShared, SharedFileNow, SharedFiles } from "./shared_operations";
import type { SharedFileItem } from "./shared_operations";
import { SharedRow } from "./shared_row";
import { useDownload } from "./use_download";
import { useFileListing } from "./use_file_listing";
import { useLive } from "./use_live";
import { useNow } from "./use_now";

/** After this the download has begun, and the server has counted it. */
const COUNTED_MS = 2500;

export default function SharedWithMe() {
  const { shared } = useTexts();
  const client = useClient();
  const say = useToast();
  const download = useDownload();
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const now = useNow();
  const listing = useFileListing<SharedFileItem>(SharedFiles);
  const { put, again, order, isNarrowed } = listing;

  const arrive = useCallback(
    ({ fileShared: share }: ResultOf<typeof FileShared>) => {
      say(shared.arrived(share.sharedBy.name, share.file.name));
      setFresh((old) => new Set(old).add(share.file.id));
      if (order === "NEWEST_FIRST" && !isNarrowed) put(share.file);
      else again();
    },
    [again, isNarrowed, order, put, say, shared],
  );
  useLive(FileShared, arrive, again);

  const fetch = async (file: SharedFileItem) => {
    await download(file);
    setTimeout(() => {
      void client.query(SharedFileNow, { id: file.id }, { requestPolicy: "network-only" }).toPromise().then(({ data }) => {
        if (data?.file) put(data.file);
      });
    }, COUNTED_MS);
  };

  return (
    <Shell title={shared.title} aside={<Count pages={listing} />}>
      <FileListing listing={listing} empty={<Empty title={shared.empty} text={shared.emptyText} />}>
        <LongList
          label={shared.list}
          items={listing.items}
          total={listing.total}
          onNearEnd={listing.more}
          row={(file) => <SharedRow file={file} now={now} isNew={fresh.has(file.id)} onDownload={(one) => void fetch(one)} />}
        />
      </FileListing>
    </Shell>
  );
}
