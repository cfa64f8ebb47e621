import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { Waiting } from "../ui/waiting";
import { useExplanation } from "../ui/use_explanation";
import type { Pages } from "./use_pages";

/** What stands below a list: that it comes, that it did not come, or a button for more. */
export function ListState<Item>({ pages }: { pages: Pages<Item> }) {
  const { common, shared } = useTexts();
  const explain = useExplanation();
  if (pages.problem) {
    return (
      <div className="form">
        <Notice kind="problem">{explain(pages.problem)}</Notice>
        <div className="actions">
          <Button onPress={pages.retry}>{common.tryAgain}</Button>
        </div>
      </div>
    );
  }
  if (pages.isBusy && pages.items.length === 0) return <Waiting />;
  if (pages.next === null) return null;
  return (
    <Button onPress={pages.more} isPending={pages.isBusy}>
      {shared.more}
    </Button>
  );
}
