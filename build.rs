//! Takes GraphiQL and GraphQL Playground along, where `make tools` has fetched them; without them the program says how to
//! get them.

use std::path::Path;
use std::{env, fs, io};

const FETCHED: [(&str, &str); 7] = [
    ("graphiql.js", "graphiql/node_modules/graphiql/graphiql.min.js"),
    ("graphiql.css", "graphiql/node_modules/graphiql/graphiql.min.css"),
    ("react.js", "graphiql/node_modules/react/umd/react.production.min.js"),
    ("react-dom.js", "graphiql/node_modules/react-dom/umd/react-dom.production.min.js"),
    ("graphql-ws.js", "graphiql/node_modules/graphql-ws/umd/graphql-ws.min.js"),
    ("playground.js", "playground/node_modules/graphql-playground-react/build/static/js/middleware.js"),
    ("playground.css", "playground/node_modules/graphql-playground-react/build/static/css/index.css"),
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=web/graphiql");
    println!("cargo::rerun-if-changed=web/playground");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    for (name, source) in FETCHED {
        let content = fs::read(Path::new("web").join(source)).unwrap_or_default();
        fs::write(Path::new(&out).join(name), content)?;
    }
    Ok(())
}
