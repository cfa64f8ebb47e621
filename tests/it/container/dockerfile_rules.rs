//! What the Dockerfile must keep to, and its steps played in a folder, but for those that download or compile.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::dockerfile::{Copy, Dockerfile, Stage};
use super::pins::is_pinned;
use super::project;
use crate::harness::server::program;

/// What the rules have against a Dockerfile.
fn complaints(text: &str, ignored: &str) -> Vec<String> {
    let dockerfile = Dockerfile::parse(text);
    let mut complaints = Vec::new();
    let mut earlier: Vec<&str> = Vec::new();
    for stage in &dockerfile.stages {
        if !is_pinned(&stage.image) && !earlier.contains(&stage.image.as_str()) {
            complaints.push(format!("{} is not pinned", stage.image));
        }
        for copy in stage.all("COPY").map(Copy::parse) {
            match copy.from {
                Some(from) if !earlier.contains(&from) => complaints.push(format!("there is no stage {from}")),
                Some(_) => {}
                None => complaints.extend(copy.sources.iter().filter_map(|source| source_complaint(source, ignored))),
            }
        }
        earlier.push(&stage.name);
    }
    complaints.extend(last_stage_complaints(dockerfile.last()));
    if dockerfile.stages.len() < 2 {
        complaints.push("what builds is left in the image".to_owned());
    }
    complaints
}

fn last_stage_complaints(last: &Stage) -> Vec<String> {
    let mut complaints = Vec::new();
    let user = last.all("USER").last().unwrap_or("0");
    let id = user.split(':').next().and_then(|id| id.parse::<u32>().ok());
    if id.is_none_or(|id| id == 0) {
        complaints.push(format!("it runs as {user}, and not as a number other than 0"));
    }
    if last.all("HEALTHCHECK").next().is_none_or(|check| !check.contains("CMD [")) {
        complaints.push("it has no health check".to_owned());
    }
    for volume in last.all("VOLUME") {
        let is_made = last.all("RUN").any(|run| run.contains("install -d") && run.ends_with(volume));
        if !is_made {
            complaints.push(format!("{volume} belongs to root"));
        }
    }
    // The program refuses keys that it does not know, and takes no notice of other variables.
    let set = last.environment();
    complaints.extend(
        set.iter().filter(|(name, _)| !name.starts_with("STRONGROOM__")).map(|(n, _)| format!("{n} is no key")),
    );
    let checked = program().args(["config", "check"]).envs(set).current_dir(std::env::temp_dir()).output().unwrap();
    if !checked.status.success() {
        complaints.push(String::from_utf8_lossy(&checked.stderr).into_owned());
    }
    complaints
}

fn source_complaint(source: &str, ignored: &str) -> Option<String> {
    if !project().join(source).exists() {
        return Some(format!("{source} is not there"));
    }
    (!is_sent(source, ignored)).then(|| format!("{source} is not sent to the engine"))
}

/// Whether .dockerignore lets a path through: it begins with `*`, and then names what is let through.
fn is_sent(path: &str, ignored: &str) -> bool {
    let mut patterns = ignored.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    assert_eq!(patterns.next(), Some("*"), "nothing is sent but what is named");
    patterns.any(|pattern| {
        let named = pattern.strip_prefix('!').expect("what is named begins with an exclamation mark");
        assert!(project().join(named).exists(), ".dockerignore names {named}, which is not there");
        Path::new(path).starts_with(named)
    })
}

fn file(name: &str) -> String {
    std::fs::read_to_string(project().join(name)).unwrap()
}

#[test]
fn the_dockerfile_keeps_the_rules() {
    assert_eq!(complaints(&file("Dockerfile"), &file(".dockerignore")), Vec::<String>::new());
    // Written for the Rust that Cargo.toml asks for.
    let rust = format!("rust:{}.", env!("CARGO_PKG_RUST_VERSION"));
    assert!(Dockerfile::read().stages.iter().any(|stage| stage.image.starts_with(&rust)));
}

#[test]
fn what_breaks_a_rule_is_seen() {
    let (whole, ignored) = (file("Dockerfile"), file(".dockerignore"));
    for (from, to, expected) in [
        ("debian:bookworm-20260824-slim", "debian:bookworm-slim", "debian:bookworm-slim is not pinned"),
        ("rust:1.95.0-bookworm", "rust", "rust is not pinned"),
        ("USER 10001:10001", "", "it runs as 0"),
        ("USER 10001:10001", "USER root", "it runs as root"),
        ("USER 10001:10001", "USER 0:10001", "it runs as 0:10001"),
        ("HEALTHCHECK", "LABEL check=", "it has no health check"),
        ("install -d", "echo", "/var/lib/strongroom/data belongs to root"),
        ("STRONGROOM__SERVER__LISTEN", "STRONGROOM_LISTEN", "STRONGROOM_LISTEN is no key"),
        ("STRONGROOM__SERVER__LISTEN", "STRONGROOM__SERVER__LISTENS", "server.listens"),
        ("--from=pages", "--from=page", "there is no stage page"),
        ("COPY schema schema", "COPY scheme scheme", "scheme is not there"),
        ("COPY schema schema", "COPY docs docs", "docs is not sent to the engine"),
        ("COPY src src", "COPY . .", ". is not sent to the engine"),
    ] {
        assert!(whole.contains(from), "{from}");
        let complaints = complaints(&whole.replace(from, to), &ignored);
        assert!(complaints.iter().any(|complaint| complaint.contains(expected)), "{to}: {complaints:?}");
    }
    let only_build = whole.split("FROM debian").next().unwrap().split("FROM rust").nth(1).unwrap();
    let alone = complaints(&format!("FROM rust{only_build}"), &ignored);
    assert!(alone.iter().any(|complaint| complaint.contains("is left in the image")), "{alone:?}");
}

#[test]
fn nothing_private_or_built_is_sent_to_the_engine() {
    let ignored = file(".dockerignore");
    for private in [
        ".env",
        ".git/config",
        "data/keys",
        "target/release/strongroom",
        "web/graphiql/node_modules/react/index.js",
        "bench/RESULTS.md",
        "tests/fixtures/make.py",
        "docs/SECURITY.md",
        "keys",
    ] {
        assert!(!is_sent(private, &ignored), "{private}");
    }
    assert!(is_sent("src/main.rs", &ignored) && is_sent("web/tools/bar.js", &ignored));
}

/// The steps of the stages that build, in a folder for each. What npm would fetch is taken from `make tools`; instead of compiling, it is
/// seen whether cargo finds all that it needs, and once the sources are there, whether they find all that they take along.
#[test]
fn each_step_of_the_build_finds_what_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    let compiled = play(&Dockerfile::read(), folder.path());
    assert_eq!(compiled, Ok(2), "the dependencies, then the program");

    let whole = file("Dockerfile");
    for (without, expected) in [
        (" tests/surrealdb-server/src/main.rs", "surrealdb-server"),
        (" build.rs", "build.rs"),
        ("COPY tests/surrealdb-server/Cargo.toml tests/surrealdb-server/\n", "surrealdb-server"),
        ("COPY Cargo.toml Cargo.lock ./\n", "Cargo.toml"),
        ("COPY policies policies\n", "policies"),
        ("COPY schema schema\n", "schema"),
        ("COPY web/tools web/tools\n", "web/tools"),
        ("COPY --from=pages /source/web web\n", "routes.txt"),
        ("RUN cd playground && npm ci --ignore-scripts --no-audit --no-fund\n", "playground"),
        ("COPY web/app/src app/src\n", "main.tsx"),
        ("COPY web/app/dist/.gitignore app/dist/\n", "dist"),
        ("RUN cd app && npm run build && rm -r node_modules\n", "dist/index.html"),
        ("COPY build.rs config.toml ./\n", "config.toml"),
    ] {
        assert!(whole.contains(without), "{without}");
        let folder = tempfile::tempdir().unwrap();
        let outcome = play(&Dockerfile::parse(&whole.replacen(without, "", 1)), folder.path());
        assert!(outcome.as_ref().is_err_and(|complaint| complaint.contains(expected)), "{without}: {outcome:?}");
    }
}

/// How often something would have been compiled, or what was missing.
fn play(dockerfile: &Dockerfile, folder: &Path) -> Result<usize, String> {
    let mut compiled = 0;
    let building = &dockerfile.stages[..dockerfile.stages.len() - 1];
    for stage in building {
        let inside = |path: &str, directory: &Path| {
            path.strip_prefix('/').map_or_else(|| directory.join(path), |path| folder.join(&stage.name).join(path))
        };
        let mut directory = folder.join(&stage.name);
        for (instruction, arguments) in &stage.instructions {
            match instruction.as_str() {
                "WORKDIR" => {
                    directory = inside(arguments, &directory);
                    std::fs::create_dir_all(&directory).unwrap();
                }
                "COPY" => {
                    let copy = Copy::parse(arguments);
                    let target = inside(copy.target, &directory);
                    for source in &copy.sources {
                        let from = copy.from.map_or_else(
                            || project().join(source),
                            |stage| folder.join(stage).join(source.trim_start_matches('/')),
                        );
                        copy_like_the_engine(&from, &target, copy.target.ends_with('/'))?;
                    }
                }
                "RUN" if arguments.contains("cargo build") => {
                    match compiled {
                        0 => cargo_finds_its_targets(&directory)?,
                        _ => sources_find_what_they_include(&directory)?,
                    }
                    compiled += 1;
                }
                // Building it takes seconds, and is what `make web` does: here it is seen whether it has what it is made of.
                "RUN" if arguments.contains("npm run build") => {
                    let app = directory.join("app");
                    for needed in ["node_modules/vite", "index.html", "routes.txt", "scripts/build.mjs", "src/main.tsx"]
                    {
                        expect(&app.join(needed))?;
                    }
                    std::fs::remove_file(app.join("node_modules")).unwrap();
                    std::fs::write(app.join("dist/index.html"), "")
                        .map_err(|_| "web/app/dist is missing".to_owned())?;
                }
                "RUN" if arguments.contains("npm ci") => {
                    let page = arguments.strip_prefix("cd ").and_then(|run| run.split(" && ").next()).unwrap();
                    let fetched = project().join("web").join(page).join("node_modules");
                    std::os::unix::fs::symlink(fetched, directory.join(page).join("node_modules")).unwrap();
                }
                "RUN" => run(Command::new("sh").args(["-c", arguments]).current_dir(&directory))?,
                other => return Err(format!("{other} cannot be played")),
            }
        }
    }
    Ok(compiled)
}

/// Of a folder the content is copied, not the folder.
fn copy_like_the_engine(from: &Path, target: &Path, into: bool) -> Result<(), String> {
    if from.is_dir() {
        std::fs::create_dir_all(target).unwrap();
        return run(Command::new("cp").arg("-r").arg(from.join(".")).arg(target));
    }
    let parent = if into { target } else { target.parent().unwrap() };
    std::fs::create_dir_all(parent).unwrap();
    run(Command::new("cp").arg(from).arg(target))
}

/// With --locked and without a network, as the lock file has everything.
fn cargo_finds_its_targets(directory: &Path) -> Result<(), String> {
    let cargo = || {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(directory).env_remove("RUSTC_WORKSPACE_WRAPPER").args(["--locked", "--offline"]);
        cargo
    };
    run(cargo().args(["tree", "--depth", "0", "--edges", "normal,build", "--package", "strongroom"]))?;
    let output = cargo().args(["metadata", "--no-deps", "--format-version", "1"]).output().unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).map_err(|failure| failure.to_string())?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let targets = packages.flat_map(|package| package["targets"].as_array().into_iter().flatten());
    let paths: Vec<PathBuf> = targets.filter_map(|target| Some(target["src_path"].as_str()?.into())).collect();
    for expected in ["src/main.rs", "src/lib.rs", "build.rs"] {
        let path = directory.canonicalize().unwrap().join(expected);
        if !path.exists() || !paths.contains(&path) {
            return Err(format!("{expected} is no target"));
        }
    }
    Ok(())
}

/// Files that are built in by a path which is written out, and those that build.rs takes along silently where they are.
fn sources_find_what_they_include(directory: &Path) -> Result<(), String> {
    let mut folders = vec![directory.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let source = std::fs::read(&entry).unwrap();
            let source = String::from_utf8_lossy(&source);
            let macros = ["include_str!(", "include_bytes!("];
            for included in macros.iter().flat_map(|name| source.split(name).skip(1)) {
                let named = included.trim_start_matches("concat!(").strip_prefix('"');
                if let Some(path) = named.and_then(|path| path.split('"').next()) {
                    expect(&entry.parent().unwrap().join(path))?;
                }
            }
        }
    }
    let build = std::fs::read_to_string(directory.join("build.rs")).unwrap();
    let fetched = build.split('"').filter(|text| text.contains("/node_modules/")).collect::<Vec<_>>();
    assert_eq!(fetched.len(), 7, "the pages that build.rs names");
    expect(&directory.join("web/app/dist/index.html"))?;
    fetched.iter().try_for_each(|path| expect(&directory.join("web").join(path)))
}

fn expect(path: &Path) -> Result<(), String> {
    if path.exists() { Ok(()) } else { Err(format!("{} is missing", path.display())) }
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|failure| failure.to_string())?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}
