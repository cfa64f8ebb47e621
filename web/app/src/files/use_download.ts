import { useCallback } from "react";
import { useClient } from "urql";
import { problemOf } from "../api/problem";
import type { Problem } from "../api/problem";
import { useTexts } from "../i18n/language";
import { useToast } from "../ui/toasts";
import { useExplanation } from "../ui/use_explanation";
import { CreateDownloadLink } from "./shared_operations";

/**
 * Downloads a file as the browser does: with its own progress, and on after a break. The link of the API is followed on this very
 * origin, where the cookie is good. Answers what was in the way.
 */
export function useDownload(): (file: { id: string; name: string }) => Promise<Problem | null> {
  const client = useClient();
  const { shared } = useTexts();
  const say = useToast();
  const explain = useExplanation();
  return useCallback(
    async (file) => {
      const { data, error } = await client.mutation(CreateDownloadLink, { id: file.id }).toPromise();
      const problem = error ? problemOf(error) : null;
      if (problem) {
        say(`${file.name}: ${explain(problem)}`);
      } else if (data) {
        follow(new URL(data.createDownloadLink.url).pathname);
        say(shared.started(file.name));
      }
      return problem;
    },
    [client, explain, say, shared],
  );
}

/** A refusal does not take the page away, since the link says that it is a download. */
function follow(path: string): void {
  const link = document.createElement("a");
  link.href = path;
  link.download = "";
  document.body.append(link);
  link.click();
  link.remove();
}
