// What Ops have stored: taking files in, sharing them, and seeing who has them.
import { useCallback, useEffect, useMemo, useState } from "react";
import { useClient } from "urql";
import { useSearchParams } from "wouter";
import type { ResultOf } from "../api/graphql";
import { door } from "../api/clients";
import { useSettings } from "../api/settings";
import { useTexts } from "../i18n/language";
import { Viewer } from "../session/operations";
import { useSession } from "../session/session";
import { Button } from "../ui/button";
import { Empty } from "../ui/empty";
import { Shell } from "../ui/shell";
import { useToast } from "../ui/toasts";
import { Intake } from "../uploads/intake";
import { queue } from "../uploads/queue";
import { QueueList } from "../uploads/queue_list";
import { ChosenBar } from "./chosen_bar";
import { FileDetails } from "./file_details";
import { Count, FileListing } from "./file_listing";
import type { FileActs } from "./file_menu";
import { FilePages } from "./file_pages";
import { OwnFileNow, OwnFiles as OwnFilesQuery } from "./own_operations";
import type { OwnFileItem } from "./own_operations";
import { OwnTable } from "./own_table";
import { RemoveDialog } from "./remove_dialog";
import { RenameDialog } from "./rename_dialog";
import { ShareDialog } from "./share_dialog";
import { FileDownloaded } from "./share_operations";
import { SinceFilter } from "./since_filter";
import { StorageBar } from "./storage_bar";
import { useDownload } from "./use_download";
import { useFileListing } from "./use_file_listing";
import { useHiding } from "./use_hiding";
import { useLive } from "./use_live";
import { useNow } from "./use_now";
import { useRemoval } from "./use_removal";
import { useSelection } from "./use_selection";
import { useStorage } from "./use_storage";
import { useStored } from "./use_stored";
import "../design/own.css";

/** The question in front of the page; a file's details have an address of their own, `?file=`. */
type Question = { is: "share"; files: readonly OwnFileItem[] } | { is: "rename"; file: OwnFileItem } | { is: "remove"; files: readonly OwnFileItem[] };

export default function OwnFiles() {
  const { own, renaming, sharing } = useTexts();
  const client = useClient();
  const say = useToast();
  const download = useDownload();
  const now = useNow();
  const { renew } = useSession();
  const hasTrash = useSettings().trashDays !== 0;
  const [question, setQuestion] = useState<Question | null>(null);
  const [params, setParams] = useSearchParams();
  const [change, setChange] = useState<object | null>(null);
  const listing = useHiding<OwnFileItem, ReturnType<typeof useFileListing<OwnFileItem>>>(useFileListing<OwnFileItem>(OwnFilesQuery));
  const { again, put } = listing;
  const { usage, lookAgain } = useStorage();
  const { remove, removeForGood, goal } = useRemoval(listing, lookAgain);
  const chosen = useSelection(listing.items);

  useEffect(() => queue.renewBy(async () => {
    // Another one may have been the first to ask, and it was answered while this one was under way.
    const { data } = await door.query(Viewer, {}, { requestPolicy: "network-only" }).toPromise();
    if (!data?.viewer) await renew();
    return Boolean(data?.viewer);
  }), [renew]);
  useStored(useCallback(() => {
    again();
    lookAgain();
  }, [again, lookAgain]));

  const onDownloaded = useCallback(
    ({ fileDownloaded: { recipient, share } }: ResultOf<typeof FileDownloaded>) => {
      say(own.downloadedBy(recipient.name, share.file.name));
      setChange({});
    },
    [own, say],
  );
  useLive(FileDownloaded, { onMessage: onDownloaded, onGap: again });

  const close = () => setQuestion(null);
  const shown = params.get("file");
  const show = useCallback((id: string | null) => setParams(id === null ? {} : { file: id }), [setParams]);
  /** The files of these ids, as they are now; whatever is not there any more is left out. */
  const lookUp = async (ids: readonly string[]): Promise<OwnFileItem[]> => {
    const answers = await Promise.all(ids.map((id) => client.query(OwnFileNow, { id }, { requestPolicy: "network-only" }).toPromise()));
    return answers.map(({ data }) => data?.file).filter((file) => file != null);
  };
  const shareAll = async (ids: readonly string[]) => {
    const files = await lookUp(ids);
    if (files.length > 0) setQuestion({ is: "share", files });
  };

  const acts = useMemo<FileActs>(
    () => ({
      look: ({ id }) => show(id),
      share: (files) => setQuestion({ is: "share", files }),
      rename: (file) => setQuestion({ is: "rename", file }),
      download: (file) => void download(file),
      remove: (files) => (hasTrash ? void remove(files) : setQuestion({ is: "remove", files })),
    }),
    [download, hasTrash, remove, show],
  );

  return (
    <Shell title={own.title} aside={<Count pages={listing} />}>
      <div className="beneath-title">
        <FilePages />
        {usage && <StorageBar usage={usage} />}
      </div>
      <Intake />
      <QueueList onShare={(ids) => void shareAll(ids)} />
      <FileListing listing={listing} filters={<SinceFilter onSince={listing.setSince} />} empty={<Empty title={own.empty} text={own.emptyText} />}>
        <OwnTable listing={listing} chosen={chosen} acts={acts} goal={goal} now={now} />
        {listing.items.length > 0 && (
          <ChosenBar chosen={chosen}>
            <Button kind="primary" onPress={() => acts.share(chosen.items)}>
              {own.share}
            </Button>
            <Button kind="danger" onPress={() => acts.remove(chosen.items)}>
              {own.remove}
            </Button>
          </ChosenBar>
        )}
      </FileListing>
      {shown !== null && (
        <FileDetails
          id={shown}
          change={change}
          onClose={() => show(null)}
          onRevoked={() => void lookUp([shown]).then((files) => files.forEach(put))}
          onShare={() => void shareAll([shown])}
        />
      )}
      {question?.is === "share" && (
        <ShareDialog
          files={question.files}
          onClose={close}
          onShared={(file) => {
            put(file);
            setChange({});
          }}
          onDone={(people) => {
            close();
            say(people === null ? sharing.doneEvery : sharing.done(people));
          }}
        />
      )}
      {question?.is === "rename" && (
        <RenameDialog
          file={question.file}
          onClose={close}
          onRenamed={(file) => {
            close();
            put(file);
            say(renaming.done(file.name));
          }}
        />
      )}
      {question?.is === "remove" && <RemoveDialog files={question.files} onClose={close} onConfirm={removeForGood} />}
    </Shell>
  );
}
