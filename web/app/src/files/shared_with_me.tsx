// What was shared with a Client.
import { useCallback, useEffect, useRef, useState } from "react";
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
  // When the line was gone for a while: what was shared after this is new.
  const [since, setSince] = useState<string | null>(null);
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
  const newest = useRef("");
  useEffect(() => {
    for (const { myShare } of listing.items) if (myShare && myShare.sharedAt > newest.current) newest.current = myShare.sharedAt;
  }, [listing.items]);
  const remember = useCallback(() => setSince((old) => old ?? newest.current), []);
  useLive(FileShared, { onMessage: arrive, onLoss: remember, onGap: again });

  const fetch = async (file: SharedFileItem) => {
    const problem = await download(file);
    // It was taken back, or has just ended.
    if (problem?.code === "NOT_FOUND") again();
    if (problem) return;
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
          isChanging={listing.isAnew}
          row={(file) => <SharedRow file={file} now={now} isNew={fresh.has(file.id) || isAfter(file, since)} onDownload={(one) => void fetch(one)} />}
        />
      </FileListing>
    </Shell>
  );
}

const isAfter = ({ myShare }: SharedFileItem, since: string | null) => since !== null && myShare !== null && myShare.sharedAt > since;
