#!/usr/bin/env bash
# curl through the main job, each request as a person would type it: two people sign up, confirm their addresses and log in;
# one uploads three files and shares them, the other lists them page by page and downloads one. Subscriptions are not for it:
# it speaks no WebSocket subprotocol. tests/it/clients.rs runs it.
set -euo pipefail
url=$STRONGROOM_URL/graphql
password=a-quiet-library-on-monday
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "curl: $*" >&2
    cat "$work/answer" >&2
    exit 1
}

# The text, number or truth with this name in the last answer; the LAST'th of them, if given.
answered() { # NAME [NUMBER]
    grep -o "\"$1\":\(\"[^\"]*\"\|[0-9a-z]*\)" "$work/answer" | sed -n "${2:-1}p" | cut -d: -f2- | tr -d '"'
}

is() { [ "$(answered "$1")" = "$2" ] || fail "$1 is not $2"; }

# A variable is given as NAME=TEXT, or as NAME:=JSON.
graphql() { # TOKEN QUERY [VARIABLE…]
    local token=$1 query=$2 authorization=() variables='' variable
    shift 2
    for variable in "$@"; do
        case $variable in
            *:=*) variables+="${variables:+, }\"${variable%%:=*}\": ${variable#*:=}" ;;
            *) variables+="${variables:+, }\"${variable%%=*}\": \"${variable#*=}\"" ;;
        esac
    done
    [ -z "$token" ] || authorization=(--header "Authorization: Bearer $token")
    curl --silent --show-error --max-time 60 --output "$work/answer" "${authorization[@]}" --json "{\"query\": \"$query\", \"variables\": {$variables}}" "$url"
}

succeed() { ! grep -q '"errors"' "$work/answer" || fail "refused"; }

# A multipart request: operations, map, files, in this order.
send_files() { # TOKEN OPERATIONS MAP NAME…
    local token=$1 operations=$2 map=$3 files=() index=0 name
    shift 3
    for name in "$@"; do
        files+=(--form "$index=@$STRONGROOM_DOCUMENT;filename=\"$name\"")
        index=$((index + 1))
    done
    curl --silent --show-error --max-time 60 --output "$work/answer" --header "Authorization: Bearer $token" \
        --form "operations=$operations" --form "map=$map" "${files[@]}" "$url"
    succeed
}

mailed_token() { # ADDRESS
    local mail
    for _ in $(seq 300); do
        mail=$(grep -ls "^To: $1" "$STRONGROOM_MAIL"/*.eml 2> /dev/null | head -1 || true)
        [ -z "$mail" ] || break
        sleep 0.1
    done
    grep -o 'token=[A-Za-z0-9_-]*' "$mail" | head -1 | cut -d= -f2
}

become() { # ADDRESS ROLE [INVITATION]
    # shellcheck disable=SC2016
    local sign_up='mutation($e: String!, $p: String!, $r: Role!, $i: String) { signup(input: {email: $e, name: $e, password: $p, role: $r, invitation: $i}) { verificationRequired } }'
    # shellcheck disable=SC2016
    local login='mutation($e: String!, $p: String!) { login(input: {email: $e, password: $p}) { accessToken } }'
    graphql '' "$sign_up" "e=$1" "p=$password" "r=$2" ${3:+"i=$3"}
    succeed
    # shellcheck disable=SC2016
    graphql '' 'mutation($t: String!, $p: String!) { verifyEmail(token: $t, password: $p) { user { role } } }' \
        "t=$(mailed_token "$1")" "p=$password"
    succeed
    is role "$2"
    graphql '' "$login" "e=$1" 'p=not-the-one-of-monday'
    is code INVALID_CREDENTIALS
    graphql '' "$login" "e=$1" "p=$password"
    succeed
    token=$(answered accessToken)
}

become curl-ops@example.com OPS "$STRONGROOM_INVITATION"
ops=$token
become curl-client@example.com CLIENT
client=$token

# shellcheck disable=SC2016
{
    upload='{"query": "mutation($file: Upload!) { upload(file: $file) { file { id sha256 } } }", "variables": {"file": null}}'
    upload_many='{"query": "mutation($files: [Upload!]!) { uploadMany(files: $files) { files { id sha256 } } }", "variables": {"files": [null, null]}}'
    share='mutation($f: ID!, $r: [String!]!) { share(input: {fileId: $f, recipients: $r}) { shares { id } } }'
    list='query($a: String) { files(first: 2, after: $a, orderBy: NAME) { totalCount nodes { id name } pageInfo { hasNextPage endCursor } } }'
    link='mutation($f: ID!) { createDownloadLink(fileId: $f) { url } }'
}
send_files "$ops" "$upload" '{"0": ["variables.file"]}' 'annual report.docx'
is sha256 "$(sha256sum < "$STRONGROOM_DOCUMENT" | cut -d' ' -f1)"
files=("$(answered id)")
send_files "$ops" "$upload_many" '{"0": ["variables.files.0"], "1": ["variables.files.1"]}' budget.docx 'Übersicht – 概要.docx'
files+=("$(answered id 1)" "$(answered id 2)")
for file in "${files[@]}"; do
    graphql "$ops" "$share" "f=$file" 'r:=["curl-client@example.com"]'
    succeed
done

graphql "$client" "$list"
is totalCount 3
is hasNextPage true
[ "$(answered name 1), $(answered name 2)" = 'annual report.docx, budget.docx' ] || fail 'the first page is another'
file=$(answered id)
graphql "$client" "$list" "a=$(answered endCursor)"
is name 'Übersicht – 概要.docx'
is hasNextPage false

graphql "$client" "$link" "f=$file"
curl --silent --show-error --fail --max-time 60 --header "Authorization: Bearer $client" --output "$work/received" "$(answered url)"
cmp "$STRONGROOM_DOCUMENT" "$work/received" || fail 'what came is not what was sent'
echo 'curl: 2 signed up and logged in, 3 uploaded, 3 listed in 2 pages, 1 downloaded'
