#!/usr/bin/env bash
# The main job, played against a running server (`make run` in another terminal): an Ops user uploads a document and
# shares it, a Client signs up, confirms the address, lists what was shared and downloads it. Each request is printed as
# the line a person would type.
set -euo pipefail
program=${1:?usage: demo.sh PROGRAM}
url=${STRONGROOM_URL:-http://127.0.0.1:8080}
data_dir=${STRONGROOM__DATA_DIR:-data}
document=tests/fixtures/good/report-libreoffice.docx
run=$(date +%s)
ops=olga.$run@example.com
client=carl.$run@example.com
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '\n\033[1m%s\033[0m\n' "$*" >&2; }

# One word of a command line, in single quotes where it needs any.
quoted() {
    case $1 in
        *[!A-Za-z0-9_./:=@%+-]*) printf " '%s'" "${1//\'/\'\\\'\'}" ;;
        *) printf ' %s' "$1" ;;
    esac
}

# Prints the command, runs it, prints the answer.
type_and_run() {
    local word
    printf '$' >&2
    for word in "$@"; do quoted "$word" >&2; done
    printf '\n' >&2
    "$@" | tee "$work/answer" >&2
    printf '\n' >&2
    if grep -q '"errors"' "$work/answer"; then
        echo "The demo stops here: the server refused this." >&2
        exit 1
    fi
}

# The first text with this name in the last answer.
answered() { grep -o "\"$1\":\"[^\"]*\"" "$work/answer" | head -1 | cut -d'"' -f4; }

graphql() { # TOKEN QUERY
    local authorization=()
    [ -z "$1" ] || authorization=(-H "Authorization: Bearer $1")
    type_and_run curl -sS "$url/graphql" -H 'Content-Type: application/json' "${authorization[@]}" -d "{\"query\": \"$2\"}"
}

curl -sS -o /dev/null "$url/healthz" || { echo "No server answers on $url; start one with 'make run'." >&2; exit 1; }

say "1. An Ops user, made on the command line of the server's machine"
printf '$ echo PASSWORD | strongroom user create --email %s --name Olga --role OPS --password-stdin\n' "$ops" >&2
echo 'a-quiet-library-on-monday' | "$program" user create --data-dir "$data_dir" --email "$ops" --name Olga --role OPS --password-stdin >&2

say "2. She signs in"
graphql '' "mutation { login(input: {email: \\\"$ops\\\", password: \\\"a-quiet-library-on-monday\\\"}) { accessToken } }"
ops_token=$(answered accessToken)

say "3. She uploads a document"
type_and_run curl -sS "$url/graphql" -H "Authorization: Bearer $ops_token" \
    -F 'operations={"query": "mutation($file: Upload!) { upload(file: $file) { file { id name size sha256 } } }", "variables": {"file": null}}' \
    -F 'map={"0": ["variables.file"]}' \
    -F "0=@$document"
file=$(answered id)

say "4. A Client signs up"
graphql '' "mutation { signup(input: {email: \\\"$client\\\", name: \\\"Carl\\\", password: \\\"seven-green-umbrellas\\\"}) { email verificationRequired } }"

say "5. The mail comes (mail.transport = \"file\": it lies in $data_dir/mail)"
for _ in $(seq 100); do
    mail=$(grep -ls "^To: $client" "$data_dir"/mail/*.eml 2> /dev/null | head -1 || true)
    [ -z "$mail" ] || break
    sleep 0.1
done
grep '/verify-email' "$mail" >&2
token=$(grep -o 'token=[A-Za-z0-9_-]*' "$mail" | head -1 | cut -d= -f2)

say "6. He confirms his address with the password he chose, and is signed in"
graphql '' "mutation { verifyEmail(token: \\\"$token\\\", password: \\\"seven-green-umbrellas\\\") { accessToken user { email role } } }"
client_token=$(answered accessToken)

say "7. She shares the document with him, for three downloads"
graphql "$ops_token" "mutation { share(input: {fileId: \\\"$file\\\", recipients: [\\\"$client\\\"], maxDownloads: 3}) { shares { id recipient { email } downloadsLeft } } }"

say "8. He lists what was shared with him, each file with its encrypted, time-limited link"
graphql "$client_token" "{ files { totalCount nodes { name size sha256 uploadedBy { name } downloadLink { url expiresAt } } } }"
link=$(answered url)

say "9. He downloads it"
type_and_run curl -sS -H "Authorization: Bearer $client_token" -o "$work/received.docx" -w '%{http_code} %{content_type}\n' "$link"
(cd "$work" && sha256sum received.docx) >&2
sha256sum "$document" >&2
cmp "$document" "$work/received.docx" && echo "They are the same." >&2

say "10. Nobody else can: not without a sign-in, not with hers"
for authorization in 'X-Nobody: at-all' "Authorization: Bearer $ops_token"; do
    type_and_run curl -sS -H "$authorization" -w ' (%{http_code})' "$link"
done

say "11. And on the server's disk nothing can be read"
if grep -rq -e 'word/document.xml' -e 'Content_Types' "$data_dir/objects"; then
    echo "The plaintext lies there!" >&2
    exit 1
fi
find "$data_dir/objects/sealed" -type f | tail -1 | xargs -r -I{} sh -c 'head -c 48 "{}" | od -An -tx1z' >&2
echo "The whole main job went through."
