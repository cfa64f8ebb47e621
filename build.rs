//! Takes along what npm has brought and built: GraphiQL and GraphQL Playground, where `make tools` has fetched them, and the
//! web front end, where `make web` has built it. Without them the program says how to get them.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
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

/// Where the front end is built to. The folder is always there, for what is missing cargo takes for changed at every build.
const FRONT_END: &str = "web/app/dist";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=web/graphiql");
    println!("cargo::rerun-if-changed=web/playground");
    println!("cargo::rerun-if-changed={FRONT_END}");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    for (name, source) in FETCHED {
        let content = fs::read(Path::new("web").join(source)).unwrap_or_default();
        fs::write(Path::new(&out).join(name), content)?;
    }
    let package = env::var("CARGO_MANIFEST_DIR").map_err(|_| io::ErrorKind::NotFound)?;
    let table = front_end_table(&Path::new(&package).join(FRONT_END))?;
    fs::write(Path::new(&out).join("front_end.rs"), table)
}

/// A table of Rust in which each file of the front end stands with its name, a tag of its content, and its bytes: as they are and,
/// where the build made them, as brotli and gzip. Empty where nothing is built.
fn front_end_table(folder: &Path) -> io::Result<String> {
    let mut paths = Vec::new();
    for folder in [folder.to_path_buf(), folder.join("assets")].iter().filter(|folder| folder.is_dir()) {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_file() && ![".gitignore"].contains(&&*name) && !name.ends_with(".br") && !name.ends_with(".gz") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let mut table = String::from("const BUILT: &[Asset] = &[\n");
    for path in paths {
        let mut hasher = DefaultHasher::new();
        fs::read(&path)?.hash(&mut hasher);
        let coded = |suffix: &str| {
            let coded = format!("{}{suffix}", path.display());
            let bytes = Path::new(&coded).is_file().then(|| format!("include_bytes!({coded:?}) as &[u8]"));
            bytes.map_or("None".to_owned(), |bytes| format!("Some({bytes})"))
        };
        let written = writeln!(
            table,
            "    Asset {{ name: {:?}, tag: \"{:016x}\", plain: include_bytes!({:?}), brotli: {}, gzip: {} }},",
            path.file_name().unwrap_or_default().to_string_lossy(),
            hasher.finish(),
            path.display().to_string(),
            coded(".br"),
            coded(".gz"),
        );
        written.map_err(io::Error::other)?;
    }
    table.push_str("];\n");
    Ok(table)
}
