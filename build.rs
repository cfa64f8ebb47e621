//! Takes GraphiQL along, where `make graphiql` has fetched it; without it the program says how to get it.

use std::path::Path;
use std::{env, fs, io};

const FETCHED: [(&str, &str); 4] = [
    ("graphiql.js", "graphiql/graphiql.min.js"),
    ("graphiql.css", "graphiql/graphiql.min.css"),
    ("react.js", "react/umd/react.production.min.js"),
    ("react-dom.js", "react-dom/umd/react-dom.production.min.js"),
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=web/graphiql");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    for (name, source) in FETCHED {
        let content = fs::read(Path::new("web/graphiql/node_modules").join(source)).unwrap_or_default();
        fs::write(Path::new(&out).join(name), content)?;
    }
    Ok(())
}
