//! The Dockerfile as stages of instructions.

use super::project;

/// One `FROM` and what follows it.
#[derive(Debug, Default)]
pub struct Stage {
    pub image: String,
    pub name: String,
    pub instructions: Vec<(String, String)>,
}

/// All of them, in order.
pub struct Dockerfile {
    pub stages: Vec<Stage>,
}

impl Dockerfile {
    pub fn read() -> Self {
        Self::parse(&std::fs::read_to_string(project().join("Dockerfile")).unwrap())
    }

    pub fn parse(text: &str) -> Self {
        let without_comments: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
        let mut stages: Vec<Stage> = Vec::new();
        for line in without_comments.join("\n").replace("\\\n", " ").lines().filter(|line| !line.trim().is_empty()) {
            let (name, rest) = line.trim().split_once(' ').unwrap_or((line, ""));
            if name == "FROM" {
                let mut words = rest.split_whitespace();
                let image = words.next().unwrap_or_default().to_owned();
                stages.push(Stage { image, name: words.nth(1).unwrap_or_default().to_owned(), ..Stage::default() });
            } else if let Some(stage) = stages.last_mut() {
                stage.instructions.push((name.to_owned(), rest.trim().to_owned()));
            }
        }
        Self { stages }
    }

    /// The stage that runs.
    pub fn last(&self) -> &Stage {
        self.stages.last().expect("a stage")
    }

    /// The command line of a container that is given none.
    pub fn command_line(&self) -> Vec<String> {
        let words = ["ENTRYPOINT", "CMD"].into_iter().filter_map(|name| self.last().all(name).last());
        words.flat_map(|list| serde_json::from_str::<Vec<String>>(list).expect("a list of words")).collect()
    }
}

impl Stage {
    /// What it sets for the program.
    pub fn environment(&self) -> Vec<(String, String)> {
        let set = self.all("ENV").flat_map(str::split_whitespace);
        set.map(|pair| pair.split_once('=').expect("NAME=value")).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
    }

    /// The arguments of every instruction of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.instructions.iter().filter(move |(own, _)| own == name).map(|(_, arguments)| arguments.as_str())
    }
}

/// `COPY [--from=STAGE] SOURCE… TARGET`
pub struct Copy<'a> {
    pub from: Option<&'a str>,
    pub sources: Vec<&'a str>,
    pub target: &'a str,
}

impl<'a> Copy<'a> {
    pub fn parse(arguments: &'a str) -> Self {
        let mut words: Vec<&str> = arguments.split_whitespace().collect();
        let from = words.first().and_then(|word| word.strip_prefix("--from="));
        if from.is_some() {
            words.remove(0);
        }
        let target = words.pop().unwrap_or_default();
        Self { from, sources: words, target }
    }
}
