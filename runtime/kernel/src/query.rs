//! Names of files, and queries of them as `fileSearch` and its kin take them.
//!
//! A file of the grammar's own project is named relative to the project's `assets` folder (`trees/oak.obj`), one of
//! another project by its place among all projects (`/ESRI.lib/assets/trees/oak.obj`). What the own project is called
//! nobody says: any name means it that no other project has.

use crate::pattern::{Pattern, Reason};

/// Steps for matching one name with one regular expression.
const WORK: u64 = 1_000_000;

/// Directory (with its slash), base name and extension of a path.
pub fn parts(path: &str) -> (&str, &str, &str) {
    let at = path.rfind('/').map_or(0, |at| at + 1);
    let name = &path[at..];
    match name.rfind('.') {
        Some(dot) if dot > 0 => (&path[..at], &name[..dot], &name[dot + 1..]),
        _ => (&path[..at], name, ""),
    }
}

/// Project and path in it, of a path that begins with a slash.
fn project(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix('/')?;
    Some(rest.split_once('/').unwrap_or((rest, "")))
}

/// A path in a project, from its `assets` folder on.
fn in_assets(path: &str) -> &str {
    path.strip_prefix("assets/").unwrap_or(path)
}

/// The place among sorted names of the file that a grammar means by a name: the one of this name; else the one in its
/// own project's `assets` folder; else one in another project, of which rules that are imported from there speak.
pub(crate) fn find<T>(files: &[T], name_of: impl Fn(&T) -> &str, name: &str) -> Option<usize> {
    let place = |name: &str| files.binary_search_by(|file| name_of(file).cmp(name)).ok();
    let in_project = project(name).map_or(name, |(_, path)| path);
    let own = place(name).or_else(|| place(in_assets(in_project)));
    if own.is_some() || name.starts_with('/') || name.is_empty() {
        return own;
    }
    let first = files.partition_point(|file| name_of(file) < "/");
    let others =
        (first..files.len()).map_while(|place| Some((place, project(name_of(&files[place]))?.1)));
    let mut meant = others.filter(|(_, path)| in_assets(path) == in_assets(name));
    meant.next().map(|(place, _)| place)
}

/// Whether a text fits a pattern with `*` and `?`, upper and lower case alike. Linear in both but for the last star.
fn fits_stars(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().map(|c| c.to_ascii_lowercase()).collect();
    let pattern: Vec<char> = pattern.chars().map(|c| c.to_ascii_lowercase()).collect();
    let (mut t, mut p, mut star) = (0, 0, None);
    while t < text.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p, t));
            p += 1;
        } else if pattern.get(p).is_some_and(|&c| c == '?' || c == text[t]) {
            (t, p) = (t + 1, p + 1);
        } else if let Some((at, from)) = star {
            (p, t, star) = (at + 1, from + 1, Some((at, from + 1)));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

/// A query, read: every term must fit.
#[derive(Debug, Clone)]
pub struct Query {
    terms: Vec<Term>,
}

/// What a term asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// The whole path.
    Path,
    /// The name with its extension.
    Name,
    Extension,
    Project,
}

#[derive(Debug, Clone)]
struct Term {
    about: About,
    /// What must fit a file of another project.
    other: Matcher,
    /// What must fit one of the own project; none when another project is named.
    own: Option<Matcher>,
}

#[derive(Debug, Clone)]
enum Matcher {
    Stars(String),
    Expression(Pattern),
}

impl Matcher {
    fn read(text: &str) -> Result<Self, Reason> {
        match text.strip_prefix('$') {
            Some(expression) => Pattern::read_whole(expression).map(Self::Expression),
            None => Ok(Self::Stars(text.to_owned())),
        }
    }

    fn fits(&self, text: &str) -> bool {
        match self {
            Self::Stars(pattern) => fits_stars(text, pattern),
            Self::Expression(pattern) => {
                let text: Vec<char> = text.chars().collect();
                let search = pattern.search(&text, WORK);
                search.is_ok_and(|mut search| search.starts())
            }
        }
    }
}

impl Query {
    /// Reads a query; `is_project` knows the names of other projects.
    ///
    /// # Errors
    /// What is wrong with a regular expression in it.
    pub fn read(text: &str, is_project: impl Fn(&str) -> bool) -> Result<Self, Reason> {
        let term = |word: String| Term::read(&word, &is_project);
        Ok(Self {
            terms: words(text)
                .into_iter()
                .map(term)
                .collect::<Result<_, _>>()?,
        })
    }

    /// How much there is to compare a name with: characters and steps of expressions.
    pub(crate) fn length(&self) -> usize {
        let length = |term: &Term| match &term.other {
            Matcher::Stars(pattern) => pattern.len(),
            Matcher::Expression(pattern) => pattern.length(),
        };
        self.terms.iter().map(length).sum()
    }

    /// Whether a file of this name answers it.
    pub fn fits(&self, name: &str) -> bool {
        self.terms.iter().all(|term| term.fits(name))
    }

    /// Whether a file of another project answers it when asked by a rule of that project.
    pub fn fits_from_there(&self, name: &str) -> bool {
        let own = project(name).map(|(_, path)| in_assets(path));
        own.is_some_and(|own| self.fits(own))
    }
}

/// The words of a query: spaces part them, unless they are in single quotes.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '\'' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.push(String::new()),
            c => words.last_mut().expect("there is a first word").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

impl Term {
    fn read(word: &str, is_project: &impl Fn(&str) -> bool) -> Result<Self, Reason> {
        const KEYS: [(&str, About); 4] = [
            ("Name=", About::Name),
            ("Ext=", About::Extension),
            ("Path=", About::Path),
            ("Project=", About::Project),
        ];
        let key = KEYS.iter().find(|(key, _)| word.starts_with(key));
        let (about, text) = key.map_or((About::Path, word), |(key, about)| {
            (*about, &word[key.len()..])
        });
        let text = match about {
            About::Extension => text.trim_start_matches('.'),
            About::Path | About::Name | About::Project => text,
        };
        let mark = if text.starts_with('$') { "$" } else { "" };
        let named = match about {
            About::Project => Some((text, "*")),
            About::Path => project(&text[mark.len()..]),
            About::Name | About::Extension => None,
        };
        let own = match named {
            Some((name, _)) if is_project(name) => None,
            Some((_, path)) => Some([mark, in_assets(path)].concat()),
            None => Some(text.to_owned()),
        };
        Ok(Self {
            about,
            other: Matcher::read(text)?,
            own: own.map(|own| Matcher::read(&own)).transpose()?,
        })
    }

    fn fits(&self, name: &str) -> bool {
        let (folder, _, extension) = parts(name);
        let project = project(name);
        let matcher = match (&self.own, project) {
            (_, Some(_)) => &self.other,
            (Some(own), None) => own,
            (None, None) => return false,
        };
        match (self.about, project) {
            (About::Name, _) => matcher.fits(&name[folder.len()..]),
            (About::Extension, _) => matcher.fits(extension),
            (About::Project, Some((project, _))) => matcher.fits(project),
            (About::Project, None) => true,
            (About::Path, Some(_)) => matcher.fits(name),
            (About::Path, None) => {
                let places = ["", "assets/", "/assets/"];
                places
                    .iter()
                    .any(|place| matcher.fits(&[place, name].concat()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference's example, and a project whose rules are imported.
    const FILES: [&str; 8] = [
        "/OtherProject/assets/brick.obj",
        "/OtherProject/assets/glass.png",
        "facade pictures/greek style 1.png",
        "textures/1.png",
        "textures/2.png",
        "textures/4.png",
        "tower.obj",
        "tower.png",
    ];

    fn search(query: &str) -> Vec<&'static str> {
        let query = Query::read(query, |name| name == "OtherProject").unwrap();
        FILES.into_iter().filter(|name| query.fits(name)).collect()
    }

    #[test]
    fn paths_have_four_parts() {
        assert_eq!(
            parts("assets/trees/oak.tall.obj"),
            ("assets/trees/", "oak.tall", "obj")
        );
        assert_eq!(parts("oak"), ("", "oak", ""));
        assert_eq!(parts("a/.hidden"), ("a/", ".hidden", ""));
    }

    #[test]
    fn stars_are_relative_unless_they_begin_so() {
        let textures = ["textures/1.png", "textures/2.png", "textures/4.png"];
        assert_eq!(
            search("*.obj"),
            ["/OtherProject/assets/brick.obj", "tower.obj"]
        );
        assert!(search("?.png").is_empty());
        assert_eq!(search("*/?.png"), textures);
        assert_eq!(search("textures/*"), textures);
        assert_eq!(search("assets/TEXTURES/*"), textures);
        assert_eq!(search("/MyProject/assets/textures/*.png"), textures);
        assert_eq!(
            search("/OtherProject/*.png"),
            ["/OtherProject/assets/glass.png"]
        );
        assert_eq!(search("'facade pictures/greek style *.png'").len(), 1);
        assert_eq!(search("").len(), FILES.len());
    }

    #[test]
    fn expressions_fit_the_whole_path() {
        assert!(search("$[12].png").is_empty());
        assert_eq!(
            search("$textures/[12].png"),
            ["textures/1.png", "textures/2.png"]
        );
        assert_eq!(search("$.*/[12].png"), ["textures/1.png", "textures/2.png"]);
        assert_eq!(
            search("$textures/[2-5].png"),
            ["textures/2.png", "textures/4.png"]
        );
        assert_eq!(
            search("$textures/[12].png|.*.obj"),
            [
                "/OtherProject/assets/brick.obj",
                "textures/1.png",
                "textures/2.png",
                "tower.obj"
            ]
        );
        assert_eq!(search("$facade\\spictures/greek\\sstyle\\s.*.png").len(), 1);
        assert_eq!(
            search("$/MyProject/assets/tower.*"),
            ["tower.obj", "tower.png"]
        );
        assert!(Query::read("$(", |_| false).is_err());
    }

    #[test]
    fn properties_are_anded() {
        assert_eq!(search("Name=1.png"), ["textures/1.png"]);
        assert_eq!(search("Name=*tower* Ext=.obj"), ["tower.obj"]);
        assert_eq!(
            search("Project=OtherProject Ext=obj"),
            ["/OtherProject/assets/brick.obj"]
        );
        assert_eq!(search("Project=MyProject Ext=obj"), ["tower.obj"]);
        assert_eq!(
            search("Path=*textures* Name=$[14].png"),
            ["textures/1.png", "textures/4.png"]
        );
        let query = Query::read("brick.*", |_| false).unwrap();
        assert!(query.fits_from_there(FILES[0]) && !query.fits(FILES[0]));
    }

    #[test]
    fn files_are_found_by_the_names_that_grammars_use() {
        let find = |name: &str| find(&FILES, |file| file, name).map(|place| FILES[place]);
        let (one, glass) = ("textures/1.png", "/OtherProject/assets/glass.png");
        assert_eq!(find(one), Some(one));
        assert_eq!(find("assets/textures/1.png"), Some(one));
        assert_eq!(find("/MyProject/assets/textures/1.png"), Some(one));
        assert_eq!(find("glass.png"), Some(glass));
        assert_eq!(find("assets/glass.png"), Some(glass));
        assert_eq!(find(glass), Some(glass));
        assert_eq!(
            (find(""), find("textures"), find("/x/glass.png")),
            (None, None, None)
        );
    }

    #[test]
    fn many_stars_do_not_hang() {
        assert!(!fits_stars(
            &"a".repeat(2000),
            &"*a".repeat(1000).replace("*a*a", "*a*b")
        ));
    }
}
