//! What is reached without GraphQL.

use reqwest::Method;

use super::{behind, to_anything, to_the_file};
use crate::harness::client::PASSWORD;
use crate::policy_matrix::operation::{Call, Gate, Operation, Outcome};
use crate::policy_matrix::world::{Who, World};

/// A link answers as if it were not there, whatever the reason.
const LINK: Gate = Gate::Guarded {
    anonymous: Outcome::Status(401),
    bad_token: Outcome::Status(401),
    questions: &[behind("file:download", to_the_file, Outcome::Status(404))],
};

/// Of somebody else's upload `resumable::rights` speaks.
const UPLOAD: Gate = Gate::Guarded {
    anonymous: Outcome::Status(401),
    bad_token: Outcome::Status(401),
    questions: &[behind("file:upload", to_anything, Outcome::Status(403))],
};

const fn resumable(name: &'static str, method: Method) -> Operation {
    Operation { name, case: "", gate: UPLOAD, call: Call::Resumable { method }, ends_session: false }
}

const fn route(name: &'static str, gate: Gate, method: Method, path: fn(&World, Who) -> String) -> Operation {
    Operation { name, case: "", gate, call: Call::Route { method, path, form: None }, ends_session: false }
}

fn link(world: &World, who: Who) -> String {
    world.link(who).to_owned()
}

pub const ROWS: &[Operation] = &[
    route("GET /d/{token}", LINK, Method::GET, link),
    route("HEAD /d/{token}", LINK, Method::HEAD, link),
    Operation { name: "POST /uploads", case: "", gate: UPLOAD, call: Call::BeginResumable, ends_session: false },
    resumable("HEAD /uploads/{id}", Method::HEAD),
    resumable("PATCH /uploads/{id}", Method::PATCH),
    resumable("POST /uploads/{id}", Method::POST),
    resumable("DELETE /uploads/{id}", Method::DELETE),
    route("OPTIONS /uploads", Gate::Open, Method::OPTIONS, |_, _| "/uploads".to_owned()),
    route("OPTIONS /uploads/{id}", Gate::Open, Method::OPTIONS, |_, _| "/uploads/any".to_owned()),
    route("GET /", Gate::Open, Method::GET, |_, _| "/".to_owned()),
    route("GET /config.json", Gate::Open, Method::GET, |_, _| "/config.json".to_owned()),
    // It only shows the form: mail scanners follow links.
    route("GET /verify-email", Gate::Open, Method::GET, |_, _| "/verify-email?token=any".to_owned()),
    Operation {
        name: "POST /verify-email",
        case: "",
        gate: Gate::Public { permission: "account:verify", refused: Outcome::Status(403) },
        call: Call::Route {
            method: Method::POST,
            path: |_, _| "/verify-email".to_owned(),
            form: Some(|world, who| {
                format!("token={}&password={PASSWORD}", world.spent.verification_tokens[&(who, "page")])
            }),
        },
        ends_session: false,
    },
    route("GET /healthz", Gate::Open, Method::GET, |_, _| "/healthz".to_owned()),
    route("GET /readyz", Gate::Open, Method::GET, |_, _| "/readyz".to_owned()),
    route("GET /.well-known/jwks.json", Gate::Open, Method::GET, |_, _| "/.well-known/jwks.json".to_owned()),
    route("GET /graphiql", Gate::Open, Method::GET, |_, _| "/graphiql".to_owned()),
    route("GET /playground", Gate::Open, Method::GET, |_, _| "/playground".to_owned()),
    route("GET /assets/tools/{name}", Gate::Open, Method::GET, |_, _| "/assets/tools/bar.js".to_owned()),
];
