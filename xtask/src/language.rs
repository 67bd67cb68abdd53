//! Checks that the project's texts are in plain English: no file holds a word or an opening of the list in `language.txt`.
//!
//! A sentence's opening is looked for in comments, docs and pages. Other words are looked for in whole lines, so that
//! messages and the names of tests are read too.

use crate::workspace::root;
use std::fs;
use std::path::{Path, PathBuf};

/// The list, with the plain words to write in place of each.
const LIST: &str = include_str!("language.txt");

/// Extensions of the files that are read.
const READ: [&str; 13] = ["rs", "md", "py", "pyi", "mjs", "cjs", "js", "mts", "cts", "ts", "swift", "kt", "sql"];

/// Folders that hold what others wrote, what is built, or this list.
const SKIPPED: [&str; 6] = ["target", "node_modules", "fixtures", "vectors", "corpus", "language"];

struct Banned {
    words: String,
    opens: bool,
    instead: &'static str,
}

/// Reads every text of the project, and names each line that is not in plain English.
pub(crate) fn check() -> Result<(), String> {
    let banned = list()?;
    let (mut files, mut found) = (Vec::new(), 0_usize);
    walk(&root(), &mut files)?;
    for file in &files {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let name = file.strip_prefix(root()).unwrap_or(file).display();
        for (number, line) in text.lines().enumerate() {
            for Banned { words, instead, .. } in offences(&banned, line, is_page(file)) {
                found += 1;
                println!("{name}:{}: `{words}`; write: {instead}", number + 1);
            }
        }
    }
    println!("{} files, {found} places that are not in plain English", files.len());
    if found == 0 { Ok(()) } else { Err(format!("{found} places that are not in plain English")) }
}

fn list() -> Result<Vec<Banned>, String> {
    let rows = LIST.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    rows.map(|row| {
        let (kind, rest) = row.split_once(' ').unwrap_or((row, ""));
        let (words, instead) = rest.split_once(" | ").ok_or_else(|| format!("language.txt: no ` | ` in `{row}`"))?;
        match kind {
            "opens" => Ok(Banned { words: words.to_owned(), opens: true, instead }),
            "holds" => Ok(Banned { words: words.to_lowercase(), opens: false, instead }),
            _ => Err(format!("language.txt: `{row}` begins with neither `opens` nor `holds`")),
        }
    })
    .collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') || SKIPPED.contains(&&*name) {
            continue;
        }
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|extension| READ.iter().any(|read| extension == *read))
            && !path.ends_with("xtask/src/language.rs")
        {
            files.push(path);
        }
    }
    Ok(())
}

fn is_page(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "md")
}

fn offences<'b>(banned: &'b [Banned], line: &str, is_page: bool) -> Vec<&'b Banned> {
    let prose = if is_page { Some(line.trim()) } else { comment(line) };
    let spaced = line.replace('_', " ").to_lowercase();
    let is_there = |banned: &&Banned| match prose {
        Some(prose) if banned.opens => sentences(prose).any(|sentence| begins(sentence, &banned.words)),
        _ => !banned.opens && has(&spaced, &banned.words),
    };
    banned.iter().filter(is_there).collect()
}

/// The text of a line's comment or docstring.
fn comment(line: &str) -> Option<&str> {
    let line = line.trim();
    let marks = ["///", "//!", "//", "/**", "*/", "* ", "# ", "\"\"\"", "--"];
    marks.iter().find_map(|mark| line.strip_prefix(mark)).map(str::trim)
}

/// The sentences that begin in a line of prose; a line that goes on with another's sentence begins in lower case.
fn sentences(prose: &str) -> impl Iterator<Item = &str> {
    let prose = prose.trim_start_matches(['-', '*', '#', '|', '>', ' ']);
    prose
        .split(". ")
        .flat_map(|sentence| sentence.split(" | "))
        .map(|sentence| sentence.trim_start_matches(['*', '|', ' ']))
}

/// Whether a sentence begins with words, where `…` stands for anything.
fn begins(sentence: &str, words: &str) -> bool {
    match words.split_once(" … ") {
        Some((first, later)) => begins(sentence, first) && has(sentence, later),
        None => sentence.strip_prefix(words).is_some_and(ends_a_word),
    }
}

fn has(text: &str, words: &str) -> bool {
    let begins_a_word = |place: usize| !text.get(..place).is_some_and(|before| before.ends_with(char::is_alphanumeric));
    let is_bounded = |place: usize| {
        let after = text.get(place + words.len()..).unwrap_or_default();
        (begins_a_word(place) || !words.starts_with(char::is_alphanumeric)) && ends_a_word(after)
    };
    text.match_indices(words).any(|(place, _)| is_bounded(place))
}

fn ends_a_word(after: &str) -> bool {
    !after.starts_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        let list = list().unwrap();
        offences(&list, line, false).into_iter().map(|banned| banned.words.clone()).collect()
    }

    #[test]
    fn an_opening_is_found_at_the_beginning_of_any_sentence_of_a_comment() {
        assert_eq!(words("    /// So many wrong codes, and a customer must wait."), ["So many"]);
        assert_eq!(words("// It waits. Who waits is asked again."), ["Who"]);
        assert!(words("/// Someone who waits is asked again.").is_empty());
        assert!(words("let x = 1; // Whoever comes first").is_empty());
        assert!(words("/// Whoever comes first").is_empty());
    }

    #[test]
    fn words_are_found_in_messages_and_in_the_names_of_tests() {
        let banned = ["is", "told"].join(" ");
        let test = format!("fn a_customer_{}_why() {{", banned.replace(' ', "_"));
        let message = format!("return \"the owner {banned} so\";");
        assert_eq!((words(&test), words(&message)), (vec![banned.clone()], vec![banned]));
    }
}
