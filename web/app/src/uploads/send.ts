// The two ways of a file to the server: small ones in one request, large ones by tus, in as many as it takes.
import { address } from "../api/prefix";
import { problemIn } from "../api/problem";
import type { Problem } from "../api/problem";

/** Above this, a break would cost too much to begin anew. */
export const TUS_ABOVE_BYTES = 8 << 20;

export interface Listener {
  progress: (sentBytes: number) => void;
  /** With what the server calls it, where that is known. */
  done: (storedId: string | null) => void;
  failed: (problem: Problem) => void;
}

export interface Sending {
  /** Only where it can go on from where it was. */
  pause?: () => void;
  resume?: () => void;
  cancel: () => void;
}

export const send = (file: File, listener: Listener): Sending =>
  file.size > TUS_ABOVE_BYTES ? sendByTus(file, listener) : sendAtOnce(file, listener);

const OPERATION = "mutation UploadFile($file: Upload!) { upload(file: $file) { file { id } } }";
const OFFLINE: Problem = { code: "OFFLINE", message: "" };

interface Body {
  data?: { upload: { file: { id: string } } } | null;
  errors?: { message: string; extensions?: Record<string, unknown> }[];
}

/** A GraphQL multipart request; only XMLHttpRequest tells how much has gone. */
function sendAtOnce(file: File, listener: Listener): Sending {
  const body = new FormData();
  body.append("operations", JSON.stringify({ query: OPERATION, variables: { file: null } }));
  body.append("map", JSON.stringify({ 0: ["variables.file"] }));
  body.append("0", file, file.name);
  const request = new XMLHttpRequest();
  request.open("POST", address("graphql"));
  request.setRequestHeader("GraphQL-Require-Preflight", "1");
  request.responseType = "json";
  request.upload.onprogress = (event) => listener.progress(Math.min(event.loaded, file.size));
  request.onerror = () => listener.failed(OFFLINE);
  request.onload = () => {
    const answer = request.response as Body | null;
    const error = answer?.errors?.[0];
    if (error) listener.failed(problemIn(error.extensions ?? {}, error.message));
    else if (answer?.data) listener.done(answer.data.upload.file.id);
    else listener.failed({ code: "INTERNAL", message: "" });
  };
  request.send(body);
  return { cancel: () => request.abort() };
}

function sendByTus(file: File, listener: Listener): Sending {
  let isWanted = true;
  let storedId: string | null = null;
  const library = import("tus-js-client");
  const upload = library.then(({ Upload }) => new Upload(file, {
    endpoint: address("uploads"),
    metadata: { filename: file.name },
    retryDelays: [500, 2000, 5000, 10_000],
    storeFingerprintForResuming: false,
    onProgress: (sent) => listener.progress(sent),
    onAfterResponse: (_request, response) => {
      storedId = response.getHeader("Strongroom-File") ?? storedId;
    },
    onSuccess: () => listener.done(storedId),
    onError: (error) => {
      const text = "originalResponse" in error ? error.originalResponse?.getBody() : undefined;
      listener.failed(text ? problemOfAnswer(text) : OFFLINE);
    },
  }));
  const start = () => {
    upload.then((one) => { if (isWanted) one.start(); }, () => listener.failed(OFFLINE));
  };
  const stop = (forGood: boolean) => {
    isWanted = false;
    void upload.then((one) => one.abort(forGood)).catch(() => undefined);
  };
  start();
  return {
    pause: () => stop(false),
    resume: () => {
      isWanted = true;
      start();
    },
    cancel: () => stop(true),
  };
}

/** `/uploads` answers errors as `{"code","message","requestId"}`. */
function problemOfAnswer(text: string): Problem {
  try {
    const { message, ...rest } = JSON.parse(text) as Record<string, unknown>;
    return problemIn(rest, typeof message === "string" ? message : "");
  } catch {
    return { code: "INTERNAL", message: "" };
  }
}
